import { z } from 'zod'
import { locationRef } from '../assets/vocabulary.ts'
import { ticketEvent } from '../events.ts'
import {
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
import { cursorQuery, isoTime, page } from '../contract.ts'
import { ticketMerging } from '../merging/contract.ts'

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
    subject: z.string().trim().min(1).max(998),
    departmentId: z.uuid(),
    requester: z.object({ email: emailAddress, name: z.string().max(200).default('') }),
    /** The request in the requester's words; kept as the ticket's first message. */
    text: z.string().max(500_000).default(''),
    priority: priority.default('normal'),
    attachmentIds: z.array(z.uuid()).max(100).default([]),
    /** The ticket that this one is a complementary request of. */
    childOf: z.number().int().positive().max(2_147_483_647).optional(),
  })
  .meta({ id: 'NewTicket' })

/**
 * Only what is present changes. `expectedVersion` refuses the change (409) when somebody else was
 * quicker.
 */
export const ticketChange = z
  .object({
    subject: z.string().trim().min(1).max(998),
    status: ticketStatus,
    priority,
    ownerId: z.uuid().nullable(),
    categoryId: z.uuid().nullable(),
    resolution: resolution.nullable(),
    departmentId: z.uuid(),
    /** Why the ticket is resolved although required tasks are open; only together with `status`. */
    overrideReason: z.string().trim().min(1).max(500),
    locationId: z.uuid().nullable(),
    expectedVersion: z.number().int(),
  })
  .partial()
  .meta({ id: 'TicketChange' })
export type TicketChange = z.infer<typeof ticketChange>

export const bulkChange = z
  .object({
    numbers: z.array(z.number().int()).min(1).max(200),
    change: ticketChange.omit({ expectedVersion: true, subject: true }),
  })
  .meta({ id: 'BulkChange' })
export const bulkResult = z
  .object({
    changed: z.array(z.number().int()),
    failed: z.array(z.object({ number: z.number().int(), code: z.string(), message: z.string() })),
  })
  .meta({ id: 'BulkResult' })

const address = z.object({ address: z.string(), name: z.string() })

export const attachment = z
  .object({
    id: z.uuid(),
    filename: z.string(),
    contentType: z.string(),
    size: z.number().int(),
    inline: z.boolean(),
    contentId: z.string().nullable(),
  })
  .meta({ id: 'Attachment' })
export type Attachment = z.infer<typeof attachment>

/** One e-mail of the Conversations section. */
export const message = z
  .object({
    id: z.uuid(),
    /** The ticket that it came to or was written in: another one after a merge or a split. */
    ticketNumber: z.number().int(),
    /** The event that made it visible: its location in that ticket's history. */
    eventNo: z.number().int(),
    direction: z.enum(['inbound', 'outbound']),
    state: z.enum([
      'received',
      'held',
      'queued',
      'sending',
      'sent',
      'failed',
      'doubtful',
      'bounced',
    ]),
    stateDetail: z.string().nullable(),
    automatic: z.boolean(),
    oneWay: z.boolean(),
    from: address,
    to: z.array(address),
    cc: z.array(address),
    subject: z.string(),
    text: z.string(),
    /** Without quoted text and signature. */
    textVisible: z.string(),
    /**
     * Sanitised; inline images as /api/v1/attachments/:id; remote images in data-remote-src until
     * asked for.
     */
    html: z.string().nullable(),
    hasRemoteImages: z.boolean(),
    /** stranger | forwarded | signed | encrypted | calendar | unauthenticated … */
    flags: z.array(z.string()),
    author: person.nullable(),
    internetId: z.string().nullable(),
    attachments: z.array(attachment),
    date: isoTime,
    createdAt: isoTime,
    /** Until when the reply can still be taken back. */
    heldUntil: isoTime.nullable(),
    hasSource: z.boolean(),
  })
  .meta({ id: 'Message' })
export type Message = z.infer<typeof message>

export const newMessage = z
  .object({
    /**
     * Chosen by who sends it: the same id twice is one message, so a request that was not answered
     * can safely be made again.
     */
    id: z.uuid().optional(),
    text: z.string().max(500_000).optional(),
    html: z.string().max(2_000_000).optional(),
    /** Default: the requester. */
    to: z.array(emailAddress).max(50).optional(),
    cc: z.array(emailAddress).max(50).default([]),
    attachmentIds: z.array(z.uuid()).max(100).default([]),
    /** What the ticket becomes with it. */
    status: z.enum(['open', 'waiting', 'solved']).optional(),
    /**
     * Why it solves the ticket although required tasks are open: refused as `tasks-open` without.
     */
    overrideReason: z.string().trim().min(1).max(500).optional(),
    /** Seconds for which it can be taken back; 0 sends at once. */
    holdSeconds: z.number().int().min(0).max(600).default(0),
  })
  .refine((m) => (m.text ?? '').trim() !== '' || (m.html ?? '').trim() !== '', {
    message: 'Write something: give text or html.',
    path: ['text'],
  })
  .meta({ id: 'NewMessage' })
export type NewMessage = z.infer<typeof newMessage>

export const note = z
  .object({
    id: z.uuid(),
    ticketNumber: z.number().int(),
    eventNo: z.number().int(),
    author: z.object({ id: z.uuid().nullable(), name: z.string() }),
    text: z.string(),
    attachments: z.array(attachment),
    createdAt: isoTime,
  })
  .meta({ id: 'Note' })
export type Note = z.infer<typeof note>
export const newNote = z
  .object({
    /** As in NewMessage: the same id twice is one note. */
    id: z.uuid().optional(),
    text: z.string().trim().min(1).max(500_000),
    attachmentIds: z.array(z.uuid()).max(100).default([]),
  })
  .meta({ id: 'NewNote' })

export const watcherChange = z.object({ userId: z.uuid() }).meta({ id: 'WatcherChange' })
export const newLink = z
  .object({ number: z.number().int().positive(), kind: linkKind })
  .meta({ id: 'NewLink' })
export const eventPage = page(ticketEvent).meta({ id: 'EventPage' })
export const messagePage = page(message).meta({ id: 'MessagePage' })
export const notePage = page(note).meta({ id: 'NotePage' })

/** GET /outbox: every outbound message with its state. */
export const outboxItem = z
  .object({
    id: z.uuid(),
    ticketNumber: z.number().int(),
    state: message.shape.state,
    stateDetail: z.string().nullable(),
    from: address,
    to: z.array(address),
    subject: z.string(),
    automatic: z.boolean(),
    oneWay: z.boolean(),
    via: z.enum(['department', 'default-relay', 'outbox']).nullable(),
    createdAt: isoTime,
    sentAt: isoTime.nullable(),
  })
  .meta({ id: 'OutboxItem' })

export const quarantineItem = z
  .object({
    id: z.uuid(),
    mailbox: z.string(),
    /** What could be read of it. */
    from: z.string(),
    subject: z.string(),
    reason: z.string(),
    size: z.number().int(),
    storedAt: isoTime,
    attempts: z.number().int(),
  })
  .meta({ id: 'QuarantineItem' })

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

export const readiness = z
  .object({
    ready: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  })
  .meta({ id: 'Readiness' })
