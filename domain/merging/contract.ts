import { z } from 'zod'
import { failedOfOne, keptOfOne, ticketNumber } from '../contract.ts'
import { singleLine } from '../single-line.ts'

/** POST /tickets/:number/merge: the ticket of the path goes on in this one. */
export const mergeRequest = z.object({ into: ticketNumber }).meta({ id: 'MergeRequest' })

/**
 * POST /tickets/:number/split: chosen messages, or one and all that follow it. At least one message
 * stays.
 */
export const splitRequest = z
  .object({
    messageIds: z.array(z.uuid()).min(1).max(500).optional(),
    fromMessageId: z.uuid().optional(),
    subject: singleLine(300).min(1),
  })
  .refine((split) => (split.messageIds === undefined) !== (split.fromMessageId === undefined), {
    message: 'Name either messageIds or fromMessageId.',
    path: ['messageIds'],
  })
  .meta({
    id: 'SplitRequest',
    examples: [
      { fromMessageId: '01981f2e-7a3c-7b54-9d21-4f0c8e6a1b2d', subject: 'The screen flickers' },
    ],
  })

/**
 * POST /tickets/:number/children/solve: what each requester of an open complementary request is
 * notified.
 */
export const childrenAnswer = z
  .object({ text: z.string().trim().min(1).max(100_000) })
  .meta({ id: 'ChildrenAnswer' })
export const childrenNotified = z
  .object({
    notified: z.array(z.number().int()),
    /** No worker answers: theirs are kept and will be sent. */
    kept: z.array(keptOfOne),
    failed: z.array(failedOfOne),
  })
  .meta({ id: 'ChildrenNotified' })
export type ChildrenNotified = z.infer<typeof childrenNotified>

/** Where a ticket stands among those it was merged with or split from. */
export const ticketMerging = {
  /** Subjects only of tickets that the person sees. */
  mergedInto: z.object({ number: z.number().int(), subject: z.string().nullable() }).nullable(),
  mergedTickets: z.array(z.object({ number: z.number().int(), subject: z.string() })),
  splitOff: z.array(
    z.object({ number: z.number().int(), subject: z.string(), messageCount: z.number().int() }),
  ),
  splitFrom: z.object({ number: z.number().int() }).nullable(),
}
