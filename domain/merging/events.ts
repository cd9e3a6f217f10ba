import { z } from 'zod'
import { asked } from '../asked.ts'
import { valuesOfRefusal } from '../problem-codes.ts'
import { actor } from '../vocabulary.ts'

const subject = z.string().max(300)

/** Why the other ticket did not take a merge, and who asked for it by which command. */
export const refusedMerge = z.object({
  code: z.string(),
  message: z.string(),
  values: valuesOfRefusal.optional(),
  by: actor,
  commandId: z.string(),
  asked: z.array(asked),
  /** They still waited for the answer, and were given it. */
  heard: z.boolean(),
})
export type RefusedMerge = z.infer<typeof refusedMerge>

/** Until when whoever asked waits for what becomes of both steps, in seconds since 1970. */
const answerBy = z.number().int().optional()

/** Merged and split tickets, and what a parent tells its children: what can have happened. */
export const mergingEvents = {
  /** Of one thread with this ticket, and to go on in it. */
  threadFound: z.object({ mergeId: z.uuid(), number: z.number().int(), subject }),
  /** On the ticket that goes on elsewhere. */
  ticketMerged: z.object({ mergeId: z.uuid(), into: z.number().int(), subject, answerBy }),
  /** `refused`: the other ticket could not take it, so nothing came of it. */
  ticketUnmerged: z.object({
    mergeId: z.uuid(),
    from: z.number().int(),
    refused: z.boolean(),
    refusal: refusedMerge.optional(),
  }),
  /** On the ticket in which it goes on. */
  mergeAccepted: z.object({
    mergeId: z.uuid(),
    number: z.number().int(),
    subject,
    messageCount: z.number().int(),
    joined: z.array(z.uuid()),
  }),
  mergeReverted: z.object({ mergeId: z.uuid(), number: z.number().int() }),
  /** On the ticket that the messages came to. */
  messagesSplitOff: z.object({
    splitId: z.uuid(),
    into: z.number().int(),
    subject,
    messageIds: z.array(z.uuid()),
    /** Of these, without what Guichet has sent by itself. */
    messageCount: z.number().int(),
  }),
  messagesReturned: z.object({
    splitId: z.uuid(),
    from: z.number().int(),
    messageCount: z.number().int(),
    answerBy,
  }),
  /** On the ticket that they became. */
  splitOpened: z.object({
    splitId: z.uuid(),
    from: z.number().int(),
    messageCount: z.number().int(),
    messageIds: z.array(z.uuid()),
    preview: z.string(),
    hasAttachments: z.boolean(),
    lastMessageAt: z.iso.datetime(),
    lastDirection: z.enum(['inbound', 'outbound']),
  }),
  splitUndone: z.object({ splitId: z.uuid(), from: z.number().int() }),
  /** On a solved ticket: the requesters of these complementary requests were told. */
  childrenNotified: z.object({ numbers: z.array(z.number().int()) }),
} as const
