import { ticketMerging } from '../merging/contract.ts'
import { z } from 'zod'
import { asked } from '../asked.ts'
import { singleLine } from '../single-line.ts'
import { locationRef } from '../locations/vocabulary.ts'
import { eventSchemas } from '../areas.ts'
import type { EventType } from '../events.ts'
import {
  actor,
  categoryRef,
  departmentRef,
  emailAddress,
  linkKind,
  person,
  priority,
  requester,
  resolution,
  ticketStatus,
} from '../vocabulary.ts'
import {
  isoTimeWithOffset,
  cursorQuery,
  eventNumber,
  eventNumberInAddress,
  isoTime,
  failedOfOne,
  keptOfOne,
  page,
  ticketNumber,
  ticketNumberInAddress,
} from '../contract.ts'
import { tag } from './tags.ts'
import { unwrittenEnds } from './unwritten-command.ts'
import { valuesOfRefusal } from '../problem-codes.ts'
import { attachment } from '../conversation/contract.ts'
import { writtenText } from '../written-in.ts'
import { customField } from '../classification/contract.ts'
import { fieldValue } from '../classification/custom-fields.ts'
import { customNames } from '../classification/custom-names.ts'

/** A line of the list: everything the list shows, nothing it does not. */
export const ticketSummary = z
  .object({
    number: z.number().int(),
    subject: z.string(),
    status: ticketStatus,
    priority,
    department: departmentRef,
    owner: person.nullable(),
    requester,
    preview: z.string(),
    lastDirection: z.enum(['inbound', 'outbound']),
    messageCount: z.number().int(),
    hasAttachments: z.boolean(),
    deliveryTrouble: z.boolean(),
    /** Something was asked of it and is not done yet: GET /tickets/:number/commands. */
    hasKeptCommands: z.boolean(),
    openedAt: isoTime,
    updatedAt: isoTime,
    lastMessageAt: isoTime,
    dueAt: isoTime.nullable(),
    tags: z.array(z.string()),
    snoozed: z.boolean(),
    /** Null while snoozed: until somebody answers. */
    snoozedUntil: isoTime.nullable(),
  })
  .meta({ id: 'TicketSummary' })
export type TicketSummary = z.infer<typeof ticketSummary>

export const ticketDetail = ticketSummary
  .extend({
    category: categoryRef.nullable(),
    resolution: resolution.nullable(),
    location: locationRef.nullable(),
    watchers: z.array(person),
    links: z.array(
      z.object({
        number: z.number().int(),
        kind: linkKind,
        direction: z.enum(['to', 'from']),
        subject: z.string(),
        status: ticketStatus,
      }),
    ),
    participants: z.array(z.string()),
    solvedAt: isoTime.nullable(),
    closedAt: isoTime.nullable(),
    version: z.number().int(),
    /** How a reply leaves: the official address, or DoNotReply and then one-way. */
    replyFrom: z.object({ address: z.string(), oneWay: z.boolean() }),
    workflowUrl: z.string().nullable(),
    ...ticketMerging,
  })
  .meta({ id: 'Ticket' })
export type TicketDetail = z.infer<typeof ticketDetail>

export const ticketView = z.enum([
  'mine',
  'unassigned',
  'open',
  'all',
  'watching',
  'trouble',
  'solved',
  'snoozed',
])
export type TicketView = z.infer<typeof ticketView>

const listOf = <S extends z.ZodType<string>>(schema: S) =>
  z.union([schema, z.array(schema)]).transform((v) => (Array.isArray(v) ? v : [v]) as z.infer<S>[])

export const ticketQuery = cursorQuery.extend({
  view: ticketView.optional(),
  status: listOf(ticketStatus).optional(),
  priority: listOf(priority).optional(),
  department: z.uuid().optional(),
  /** A user id, `me` or `none`. */
  owner: z.union([z.uuid(), z.literal('me'), z.literal('none')]).optional(),
  /** An e-mail address; all the person's addresses are meant. */
  requester: z.string().optional(),
  category: z.uuid().optional(),
  resolution: resolution.optional(),
  tag: z.string().trim().toLowerCase().max(50).optional(),
  /** overdue: past its due time; day: or within 24 hours; any: due at all. */
  due: z.enum(['overdue', 'day', 'any']).optional(),
  /**
   * updated, the default: newest change first. due: earliest due time first, those without one
   * last.
   */
  sort: z.enum(['updated', 'due']).optional(),
  /** At this location or in it. */
  location: z.uuid().optional(),
  /** Words in subject, messages, requester; a number finds that ticket. */
  q: z.string().max(500).optional(),
})
export type TicketQuery = z.infer<typeof ticketQuery>

export const ticketPage = page(ticketSummary)
  .extend({ total: z.number().int() })
  .meta({ id: 'TicketPage' })
/** GET /tickets/counts: how many each view holds. */
export const viewCounts = z.record(ticketView, z.number().int()).meta({ id: 'ViewCounts' })

export const newTicket = z
  .object({
    subject: singleLine(998).min(1),
    departmentId: z.uuid(),
    requester: z.object({ email: emailAddress, name: singleLine(200).default('') }),
    /** The request in the requester's words; kept as the ticket's first message. */
    text: z.string().max(500_000).default(''),
    priority: priority.default('normal'),
    attachmentIds: z.array(z.uuid()).max(100).default([]),
    /** The ticket that this one is a complementary request of. */
    childOf: ticketNumber.optional(),
  })
  .meta({ id: 'NewTicket' })

/**
 * Only what is present changes. `expectedVersion` refuses the change (409) when somebody else was
 * quicker.
 */
export const ticketChange = z
  .object({
    subject: singleLine(998).min(1),
    status: ticketStatus,
    priority,
    ownerId: z.uuid().nullable(),
    categoryId: z.uuid().nullable(),
    resolution: resolution.nullable(),
    departmentId: z.uuid(),
    /** Why the ticket is resolved although required tasks are open; only together with `status`. */
    overrideReason: z.string().trim().min(1).max(500),
    locationId: z.uuid().nullable(),
    expectedVersion: eventNumber,
  })
  .partial()
  .meta({ id: 'TicketChange' })
export type TicketChange = z.infer<typeof ticketChange>

export const bulkChange = z
  .object({
    numbers: z.array(ticketNumber).min(1).max(200),
    change: ticketChange.omit({ expectedVersion: true, subject: true }),
  })
  .meta({ id: 'BulkChange' })
export const bulkResult = z
  .object({
    changed: z.array(z.number().int()),
    /** No worker answers: their changes are kept and will be done. */
    kept: z.array(keptOfOne),
    failed: z.array(failedOfOne),
  })
  .meta({ id: 'BulkResult' })

export const watcherChange = z.object({ userId: z.uuid() }).meta({ id: 'WatcherChange' })
export const newLink = z.object({ number: ticketNumber, kind: linkKind }).meta({ id: 'NewLink' })
/** One line of a ticket's history, as the API shows it. */
export const ticketEvent = z
  .object({
    no: z.number().int(),
    type: z.enum(Object.keys(eventSchemas) as [EventType, ...EventType[]]),
    at: isoTime,
    actor,
    commandId: z.string(),
    ordinal: z.number().int(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TicketEvent' })
export const eventPage = page(ticketEvent).meta({ id: 'EventPage' })

/** `id` is what a 202 named. */
export const commandParams = z.object({ number: ticketNumberInAddress, id: z.string().max(100) })
/** What became of a command that was kept. */
export const commandState = z
  .object({
    /** Answers of commands that changed nothing, or were refused, are known for three days. */
    state: z.enum(['waiting', 'done', 'refused']),
    /** Why it was refused. */
    code: z.string().nullable(),
    detail: z.string().nullable(),
    /** What `detail` names, as in a problem. */
    values: valuesOfRefusal.nullable(),
    /**
     * What its sender wrote with it, whole, when it was refused after its 202: for them alone, for 30
     * days. `field` names the part of the command; the text of a message, note or request is `text`.
     */
    written: z
      .object({
        texts: z.array(writtenText),
        /** Not tied to anything any more: they can be sent again. */
        attachments: z.array(attachment),
      })
      .nullable(),
  })
  .meta({ id: 'CommandState' })
export type CommandState = z.infer<typeof commandState>

/** A command that the database could not take: its ticket has refused it and gone on. */
export const unwrittenCommand = z
  .object({
    id: z.uuid(),
    ticketNumber: z.number().int(),
    /** Of the table of commands. */
    name: z.string(),
    asked: z.array(asked),
    by: z.object({ id: z.uuid().nullable(), name: z.string() }),
    at: isoTime,
    attempts: z.number().int(),
    /** What the database said. */
    reason: z.string(),
    /** What was sent, as JSON. */
    payload: z.string(),
  })
  .meta({ id: 'UnwrittenCommand' })
export type UnwrittenCommandItem = z.infer<typeof unwrittenCommand>
/** `payload`: what is sent instead, as JSON; it is then asked in the admin's own name. */
export const unwrittenRetry = z
  .object({ payload: z.string().max(1_000_000).optional() })
  .meta({ id: 'UnwrittenRetry' })
export const unwrittenEnd = z.object({ ended: z.enum(unwrittenEnds) }).meta({ id: 'UnwrittenEnd' })

/** What a kept command is about: what it hangs on, on the ticket's pages. */
export const keptOn = z.object({
  kind: z.enum(['task', 'approval', 'purchase', 'message']),
  id: z.uuid(),
})
/** GET /tickets/:number/commands: what was asked of a ticket, is kept and is not done yet. */
export const keptCommand = z
  .object({
    id: z.string(),
    /** Since when. */
    at: isoTime,
    /** Null: whoever asked has no account. */
    by: z.object({ id: z.uuid().nullable(), name: z.string() }),
    asked: z.array(asked),
    /** Null: the ticket itself, or what is not there yet. */
    on: keptOn.nullable(),
  })
  .meta({ id: 'KeptCommand' })
export type KeptCommandItem = z.infer<typeof keptCommand>
/** GET /me/commands: the same of what one asked oneself, on whatever ticket. */
export const ownKeptCommand = keptCommand
  .extend({
    ticketNumber: z.number().int(),
    /** Of the ticket, also of one that is kept itself; null: one does not see it. */
    subject: z.string().nullable(),
  })
  .meta({ id: 'OwnKeptCommand' })
export type OwnKeptCommand = z.infer<typeof ownKeptCommand>

/**
 * GET /stream (text/event-stream): event `ticket` with this as data; also `mailbox`, `hello`, and
 * comment lines as heartbeat.
 */
export const streamEvent = z
  .object({
    number: z.number().int(),
    version: z.number().int(),
    types: z.array(z.string()),
    departmentId: z.uuid(),
    /** Whose lists the ticket has just left. */ leftDepartmentIds: z.array(z.uuid()).optional(),
    locationId: z.uuid().optional(),
    leftLocationIds: z.array(z.uuid()).optional(),
  })
  .meta({ id: 'StreamEvent' })
export type StreamEvent = z.infer<typeof streamEvent>

export const tagList = z.object({ tags: z.array(tag).max(30) }).meta({ id: 'TagList' })

export const knownTag = z
  .object({ tag: z.string(), tickets: z.number().int() })
  .meta({ id: 'KnownTag' })

/** A person is given by id and comes back with the name. */
export const fieldChange = z
  .object({ value: z.union([singleLine(200), z.number(), z.boolean(), z.null()]) })
  .meta({ id: 'FieldChange' })

/** `missing`: required and without a value, so that the ticket cannot be solved. */
export const ticketField = customField
  .extend({ value: fieldValue, missing: z.boolean() })
  .meta({ id: 'TicketField' })

export type TicketField = z.infer<typeof ticketField>

/** GET /tickets/:number/as-of: either a moment or the number of the last event that counts. */
export const asOfQuery = z
  .object({
    at: isoTimeWithOffset.optional(),
    version: eventNumberInAddress.optional(),
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
