import type { Fold } from '../fold.ts'
import type { Ticket } from '../ticket.ts'
import type { conversationEvents } from './events.ts'
import type { ConversationState, PendingDelivery } from './state.ts'

export const conversationFold: Fold<typeof conversationEvents> = {
  messageReceived: (t, data, { at }) => ({
    ...exchanged(t, data, at),
    lastDirection: 'inbound',
  }),
  questionArrived: (_t, { subject, requester }) => ({ subject, requester }),
  messageQueued: (t, { messageId, holdMs, kind, oneWay, ...data }, { at }) => {
    const notBefore = new Date(Date.parse(at) + holdMs).toISOString()
    if (kind !== 'reply') return { pending: [...t.pending, { messageId, notBefore }] }
    const pending = [...t.pending, { messageId, notBefore, revocable: true as const }]
    return { ...exchanged(t, data, at), pending, lastDirection: 'outbound', oneWay }
  },
  messageCancelled: (t, { messageId }) => ({
    pending: without(t.pending, messageId),
    messageCount: t.messageCount - 1,
  }),
  messageSent: (t, { messageId }) => ({
    pending: without(t.pending, messageId),
    undelivered: t.undelivered.filter((id) => id !== messageId),
  }),
  messageFailed: (t, { messageId }) => givenUp(t, messageId),
  messageDoubtful: (t, { messageId, parked }) =>
    parked
      ? givenUp(t, messageId)
      : {
          pending: t.pending.map(({ revocable, ...p }) =>
            revocable && p.messageId !== messageId ? { ...p, revocable } : p,
          ),
        },
  messageRetried: (t, { messageId }, { at }) => ({
    pending: [...without(t.pending, messageId), { messageId, notBefore: at }],
    undelivered: t.undelivered.filter((id) => id !== messageId),
  }),
  messageBounced: (t, { messageId }) => ({ undelivered: withId(t.undelivered, messageId) }),
  messageDelayed: () => ({}),
  noteAdded: () => ({}),
}

const exchanged = (
  t: Ticket,
  { preview, hasAttachments }: { preview: string; hasAttachments: boolean },
  at: string,
): Partial<ConversationState> => ({
  preview,
  messageCount: t.messageCount + 1,
  lastMessageAt: at,
  hasAttachments: t.hasAttachments || hasAttachments,
})

/** Nothing more is tried unless a person says so. */
const givenUp = (t: Ticket, messageId: string): Partial<ConversationState> => ({
  pending: without(t.pending, messageId),
  undelivered: withId(t.undelivered, messageId),
})

const without = (pending: PendingDelivery[], id: string): PendingDelivery[] =>
  pending.filter((p) => p.messageId !== id)
const withId = (ids: string[], id: string): string[] => (ids.includes(id) ? ids : [...ids, id])
