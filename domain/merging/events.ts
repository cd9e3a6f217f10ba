import { z } from 'zod'

const subject = z.string().max(300)

/** Merged and split tickets, and what a parent tells its children: what can have happened. */
export const mergingEvents = {
  /** On the ticket that goes on elsewhere. */
  ticketMerged: z.object({ mergeId: z.uuid(), into: z.number().int(), subject }),
  /** `refused`: the other ticket could not take it, so nothing came of it. */
  ticketUnmerged: z.object({ mergeId: z.uuid(), from: z.number().int(), refused: z.boolean() }),
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
  }),
  messagesReturned: z.object({
    splitId: z.uuid(),
    from: z.number().int(),
    messageCount: z.number().int(),
  }),
  /** On the ticket that they became. */
  splitOpened: z.object({
    splitId: z.uuid(),
    from: z.number().int(),
    messageCount: z.number().int(),
    preview: z.string(),
    hasAttachments: z.boolean(),
    lastMessageAt: z.iso.datetime(),
  }),
  splitUndone: z.object({ splitId: z.uuid(), from: z.number().int() }),
  /** On a solved ticket: the requesters of these complementary requests were told. */
  childrenNotified: z.object({ numbers: z.array(z.number().int()) }),
} as const
