import { z } from 'zod'
import { explanation } from '../explanation.ts'
import { requester } from '../vocabulary.ts'

/**
 * Messages and notes: what can have happened. Bodies and attachments are not here, only the
 * message's id (claim check).
 */
export const conversationEvents = {
  messageReceived: z.object({
    messageId: z.uuid(),
    from: requester,
    preview: z.string(),
    hasAttachments: z.boolean(),
    automatic: z.boolean(),
    /** Not one of the ticket's participants: shown as such, never counted as the requester. */
    stranger: z.boolean(),
    /** Nothing but thanks: an ended ticket stays ended. */
    thanks: z.boolean().optional(),
  }),
  /**
   * The message is the question that the ticket's first one answered: the ticket goes by it from now
   * on.
   */
  questionArrived: z.object({
    messageId: z.uuid(),
    subject: z.string(),
    requester,
    before: z.object({ subject: z.string(), requester }),
  }),
  messageQueued: z.object({
    messageId: z.uuid(),
    to: z.array(z.string()),
    preview: z.string(),
    hasAttachments: z.boolean(),
    /**
     * acknowledgement, reminder: Guichet's own "we have received your request" and "we wait for
     * your answer"; reply: an agent wrote it.
     */
    kind: z.enum(['reply', 'acknowledgement', 'reminder']),
    oneWay: z.boolean(),
    /** Milliseconds for which it can still be taken back (undo send). */
    holdMs: z.number().int().min(0).default(0),
  }),
  messageCancelled: z.object({ messageId: z.uuid() }),
  messageSent: z.object({ messageId: z.uuid(), detail: explanation, attempt: z.number().int() }),
  messageFailed: z.object({ messageId: z.uuid(), detail: explanation }),
  messageDoubtful: z.object({ messageId: z.uuid(), detail: explanation, parked: z.boolean() }),
  messageRetried: z.object({ messageId: z.uuid() }),
  messageBounced: z.object({
    messageId: z.uuid(),
    recipient: z.string(),
    status: z.string(),
    detail: z.string(),
  }),
  messageDelayed: z.object({ messageId: z.uuid(), recipient: z.string(), detail: z.string() }),
  noteAdded: z.object({ noteId: z.uuid(), preview: z.string() }),
} as const
