import type { Fold } from '../fold.ts'
import type { Ticket } from '../ticket.ts'
import { withIrrevocable, withoutRevocable, withReceived, withRevocable } from './last-message.ts'
import type { conversationEvents } from './events.ts'
import type { ConversationState, PendingDelivery } from './state.ts'

export const conversationFold: Fold<typeof conversationEvents> = {
  messageReceived: (t, { preview, hasAttachments }, { at }) =>
    withReceived(t, { preview, hasAttachments }, at),
  questionArrived: (_t, { subject, requester }) => ({ subject, requester }),
  messageQueued: (t, { messageId, holdMs, kind, oneWay, preview, hasAttachments }, { at }) => {
    const queued = { messageId, notBefore: new Date(Date.parse(at) + holdMs).toISOString() }
    return kind === 'reply'
      ? withRevocable(t, queued, { preview, hasAttachments, oneWay }, at)
      : { pending: [...t.pending, queued] }
  },
  messageCancelled: (t, { messageId }) => withoutRevocable(t, messageId),
  messageSent: (t, { messageId }) => ({
    ...ended(t, messageId),
    undelivered: t.undelivered.filter((id) => id !== messageId),
  }),
  messageFailed: (t, { messageId }) => givenUp(t, messageId),
  messageDoubtful: (t, { messageId, parked }) =>
    parked ? givenUp(t, messageId) : withIrrevocable(t, messageId),
  messageRetried: (t, { messageId }, { at }) => {
    const { pending, standing } = ended(t, messageId)
    return {
      pending: [...pending, { messageId, notBefore: at }],
      standing,
      undelivered: t.undelivered.filter((id) => id !== messageId),
    }
  },
  messageBounced: (t, { messageId }) => ({ undelivered: withId(t.undelivered, messageId) }),
  messageDelayed: () => ({}),
  noteAdded: () => ({}),
}

/** Nothing is on its way any more. */
function ended(t: Ticket, messageId: string): Pick<ConversationState, 'pending' | 'standing'> {
  const { pending, standing } = withIrrevocable(t, messageId)
  return { pending: without(pending, messageId), standing }
}

/** Nothing more is tried unless a person says so. */
const givenUp = (t: Ticket, messageId: string): Partial<ConversationState> => ({
  ...ended(t, messageId),
  undelivered: withId(t.undelivered, messageId),
})

const without = (pending: PendingDelivery[], id: string): PendingDelivery[] =>
  pending.filter((p) => p.messageId !== id)
const withId = (ids: string[], id: string): string[] => (ids.includes(id) ? ids : [...ids, id])
