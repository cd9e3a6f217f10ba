import { z } from 'zod'
import { approvalEvents } from './approvals/events.ts'
import { assetEvents } from './assets/events.ts'
import { mergingEvents } from './merging/events.ts'
import { customNames } from './classification/custom-names.ts'
import { purchaseEvents } from './purchases/events.ts'
import { slaEvents } from './sla/events.ts'
import { taskEvents } from './tasks/events.ts'
import {
  actor,
  categoryRef,
  departmentRef,
  linkKind,
  person,
  priority,
  requester,
  resolution,
  ticketStatus,
} from './vocabulary.ts'

/**
 * What can have happened to a ticket. Events are facts and are never rewritten: they hold names as
 * they were at that time, so that a history can be read years later. Bodies and attachments are not
 * here, only the message's id (claim check).
 */
export const coreEvents = {
  ticketOpened: z.object({
    subject: z.string(),
    requester,
    department: departmentRef,
    priority,
    channel: z.enum(['mail', 'web', 'api']),
  }),
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
  messageSent: z.object({ messageId: z.uuid(), detail: z.string(), attempt: z.number().int() }),
  messageFailed: z.object({ messageId: z.uuid(), detail: z.string() }),
  messageDoubtful: z.object({ messageId: z.uuid(), detail: z.string(), parked: z.boolean() }),
  messageRetried: z.object({ messageId: z.uuid() }),
  messageBounced: z.object({
    messageId: z.uuid(),
    recipient: z.string(),
    status: z.string(),
    detail: z.string(),
  }),
  messageDelayed: z.object({ messageId: z.uuid(), recipient: z.string(), detail: z.string() }),
  noteAdded: z.object({ noteId: z.uuid(), preview: z.string() }),
  statusChanged: z.object({
    from: ticketStatus,
    to: ticketStatus,
    reason: z.enum(['agent', 'reply', 'timer', 'merge']),
  }),
  ownerChanged: z.object({ from: person.nullable(), to: person.nullable() }),
  priorityChanged: z.object({ from: priority, to: priority }),
  categoryChanged: z.object({ from: categoryRef.nullable(), to: categoryRef.nullable() }),
  /** `names`: what admins called it then, where they had a name of their own for it. */
  resolutionChanged: z.object({
    from: resolution.nullable(),
    to: resolution.nullable(),
    names: customNames.optional(),
  }),
  departmentChanged: z.object({ from: departmentRef, to: departmentRef }),
  subjectChanged: z.object({ from: z.string(), to: z.string() }),
  watcherAdded: z.object({ watcher: person }),
  watcherRemoved: z.object({ watcher: person }),
  ticketLinked: z.object({
    number: z.number().int(),
    kind: linkKind,
    subject: z.string().default(''),
  }),
  ticketUnlinked: z.object({ number: z.number().int(), kind: linkKind }),
  commandRejected: z.object({ command: z.string(), code: z.string(), message: z.string() }),
} as const

export const eventData = {
  ...coreEvents,
  ...taskEvents,
  ...approvalEvents,
  ...purchaseEvents,
  ...assetEvents,
  ...slaEvents,
  ...mergingEvents,
} as const

export type EventType = keyof typeof eventData
export type EventData<T extends EventType> = z.infer<(typeof eventData)[T]>

/** What `decide` returns: the fact alone. The workflow adds number, time, actor and command. */
export type Fact = { [T in EventType]: { type: T; data: EventData<T> } }[EventType]

/** A fact of the main job, folded in domain/ticket.ts; every other area has its own fold. */
export type CoreFact = {
  [T in keyof typeof coreEvents]: { type: T; data: EventData<T> }
}[keyof typeof coreEvents]

/** One line of a ticket's history. */
export type TicketEvent = Fact & {
  no: number
  /** ISO 8601, UTC: the workflow's clock. */
  at: string
  actor: z.infer<typeof actor>
  commandId: string
  ordinal: number
}

export const ticketEvent = z
  .object({
    no: z.number().int(),
    type: z.enum(Object.keys(eventData) as [EventType, ...EventType[]]),
    at: z.iso.datetime(),
    actor,
    commandId: z.string(),
    ordinal: z.number().int(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TicketEvent' })

/** Names a fact; keeps `type` and `data` matched by the compiler. */
export const fact = <T extends EventType>(type: T, data: EventData<T>): Fact =>
  ({ type, data }) as Fact
