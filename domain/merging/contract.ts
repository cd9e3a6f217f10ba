import { z } from 'zod'
import {
  categoryRef,
  departmentRef,
  linkKind,
  person,
  priority,
  requester,
  resolution,
  ticketStatus,
} from '../vocabulary.ts'
import { customNames } from '../classification/custom-names.ts'
import { isoTime } from '../contract.ts'

/** POST /tickets/:number/merge: the ticket of the path goes on in this one. */
export const mergeRequest = z
  .object({ into: z.number().int().positive().max(2_147_483_647) })
  .meta({ id: 'MergeRequest' })

/**
 * POST /tickets/:number/split: chosen messages, or one and all that follow it. At least one message
 * stays.
 */
export const splitRequest = z
  .object({
    messageIds: z.array(z.uuid()).min(1).max(500).optional(),
    fromMessageId: z.uuid().optional(),
    subject: z.string().trim().min(1).max(300),
  })
  .refine((split) => (split.messageIds === undefined) !== (split.fromMessageId === undefined), {
    message: 'Name either messageIds or fromMessageId.',
    path: ['messageIds'],
  })
  .meta({ id: 'SplitRequest' })

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
    failed: z.array(z.object({ number: z.number().int(), code: z.string(), message: z.string() })),
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

/** GET /tickets/:number/as-of: either a moment or the number of the last event that counts. */
export const asOfQuery = z
  .object({
    at: z.iso.datetime({ offset: true }).optional(),
    version: z.coerce.number().int().positive().optional(),
  })
  .refine((query) => (query.at === undefined) !== (query.version === undefined), {
    message: 'Give either at or version.',
    path: ['at'],
  })

/**
 * A ticket as it was: made of the events up to then, with the names that people and departments
 * had.
 */
export const ticketAsOf = z
  .object({
    number: z.number().int(),
    /** The last event that counted then. */
    version: z.number().int(),
    at: isoTime,
    subject: z.string(),
    status: ticketStatus,
    priority,
    department: departmentRef,
    owner: person.nullable(),
    requester,
    category: categoryRef.nullable(),
    resolution: resolution.nullable(),
    /** What it was called when it was set, where admins had a name of their own for it. */
    resolutionNames: customNames.nullable(),
    watchers: z.array(person),
    links: z.array(z.object({ number: z.number().int(), kind: linkKind })),
    messageCount: z.number().int(),
    /** What was shown then, merged and split as it was; the beginning of each text. */
    messages: z.array(z.object({ id: z.uuid(), from: z.string(), at: isoTime, text: z.string() })),
    mergedInto: z.object({ number: z.number().int() }).nullable(),
    openedAt: isoTime,
    solvedAt: isoTime.nullable(),
    closedAt: isoTime.nullable(),
  })
  .meta({ id: 'TicketAsOf' })
export type TicketAsOf = z.infer<typeof ticketAsOf>
