/** A message that has left `decide` and not yet reached an end at the mail server. */
export interface PendingDelivery {
  messageId: string
  /** ISO time before which it does not leave. */
  notBefore: string
  /**
   * An answer of which no attempt is known: it can be taken back until one begins to send it. What
   * lists show of it until then.
   */
  revocable?: LastMessage
}

/** What lists show of a conversation. */
export interface LastMessage {
  /** Number of its event: the later one is shown. */
  no: number
  /** ISO time. */
  at: string
  direction: 'inbound' | 'outbound'
  preview: string
  hasAttachments: boolean
  oneWay: boolean
}

/** Messages: what a ticket's workflow holds of them, never their bodies (claim check). */
export interface ConversationState {
  pending: PendingDelivery[]
  /**
   * Ids of outbound messages that failed, bounced or are doubtful and have not been retried since.
   */
  undelivered: string[]
  preview: string
  lastDirection: 'inbound' | 'outbound'
  messageCount: number
  hasAttachments: boolean
  oneWay: boolean
  lastMessageAt: string
  /** What would be shown without the answers that can be taken back; null where there are none. */
  standing: LastMessage | null
}

export const noConversationState = (): ConversationState => ({
  pending: [],
  undelivered: [],
  preview: '',
  lastDirection: 'inbound',
  messageCount: 0,
  hasAttachments: false,
  oneWay: false,
  lastMessageAt: '',
  standing: null,
})
