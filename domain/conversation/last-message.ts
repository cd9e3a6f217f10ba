import type { Ticket } from '../ticket.ts'
import type { ConversationState, LastMessage, PendingDelivery } from './state.ts'

/**
 * What lists show of a conversation: its last message. An answer that can still be taken back may
 * be gone again, so as long as there is one, the ticket holds beside it what stands without it.
 */

/** @returns the conversation with one more message of somebody else. */
export function withReceived(
  t: Ticket,
  message: { preview: string; hasAttachments: boolean },
  at: string,
): Partial<ConversationState> {
  const shown = { ...message, at, no: t.version, direction: 'inbound' as const }
  const { standing } = t
  return {
    ...showing({ ...shown, hasAttachments: t.hasAttachments || message.hasAttachments }),
    ...(standing ? { standing: after(standing, { ...shown, oneWay: standing.oneWay }) } : {}),
    messageCount: t.messageCount + 1,
  }
}

/** @returns the conversation with one more answer, which can be taken back. */
export function withRevocable(
  t: Ticket,
  { messageId, notBefore }: PendingDelivery,
  answer: { preview: string; hasAttachments: boolean; oneWay: boolean },
  at: string,
): Partial<ConversationState> {
  const shown: LastMessage = { ...answer, at, no: t.version, direction: 'outbound' }
  return {
    ...showing({ ...shown, hasAttachments: t.hasAttachments || answer.hasAttachments }),
    oneWay: answer.oneWay,
    standing: t.standing ?? lastOf(t),
    pending: [...t.pending, { messageId, notBefore, revocable: shown }],
    messageCount: t.messageCount + 1,
  }
}

/** @returns the conversation without an answer that was taken back: as if it had not been written. */
export function withoutRevocable(t: Ticket, messageId: string): Partial<ConversationState> {
  const pending = t.pending.filter((one) => one.messageId !== messageId)
  const messageCount = t.messageCount - 1
  if (!t.standing) return { pending, messageCount }
  const left = pending
    .flatMap(({ revocable }) => revocable ?? [])
    .reduce((last, next) => after(last, next), t.standing)
  return {
    ...showing(left),
    oneWay: left.oneWay,
    pending,
    standing: standingOver(pending, t.standing),
    messageCount,
  }
}

/** @returns what stands once an answer cannot be taken back any more. */
export function withIrrevocable(
  { pending, standing }: Ticket,
  messageId: string,
): Pick<ConversationState, 'pending' | 'standing'> {
  const shown = pending.find((one) => one.messageId === messageId)?.revocable
  const left = pending.map(({ revocable, ...one }) =>
    revocable && one.messageId !== messageId ? { ...one, revocable } : one,
  )
  return {
    pending: left,
    standing: standingOver(left, standing && shown ? after(standing, shown) : standing),
  }
}

/** Nothing has to be held beside what is shown once nothing can be taken back. */
const standingOver = (
  pending: readonly PendingDelivery[],
  standing: LastMessage | null,
): LastMessage | null => (pending.some(({ revocable }) => revocable) ? standing : null)

/** The later of two; files stay, and so does how the last answer went out. */
function after(before: LastMessage, message: LastMessage): LastMessage {
  const last = message.no > before.no ? message : before
  return {
    ...last,
    oneWay: message.direction === 'outbound' ? message.oneWay : before.oneWay,
    hasAttachments: before.hasAttachments || message.hasAttachments,
  }
}

const lastOf = (t: Ticket): LastMessage => ({
  no: 0,
  at: t.lastMessageAt,
  direction: t.lastDirection,
  preview: t.preview,
  hasAttachments: t.hasAttachments,
  oneWay: t.oneWay,
})

const showing = ({ preview, hasAttachments, at, direction }: Omit<LastMessage, 'oneWay'>) => ({
  preview,
  hasAttachments,
  lastMessageAt: at,
  lastDirection: direction,
})
