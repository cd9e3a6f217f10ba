import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { weeklyHours } from './calendar.ts'
import { weight } from '../classification/priority-matrix.ts'
import { targetName, waitingTimes } from './plan.ts'
import { priority } from '../vocabulary.ts'
import { isoDay, isoTime } from '../contract.ts'

const name = singleLine(100).min(1)
const day = isoDay
const minutes = z.number().int().min(1).max(525_600)
const hours = weeklyHours
  .refine((h) => h.from < h.to, { message: 'must end after it begins', path: ['to'] })
  .meta({ examples: [{ weekday: 1, from: 540, to: 1020 }] })

export const newCalendar = z
  .object({
    name,
    zone: z.string().max(100),
    weekly: z.array(hours).max(50),
    holidays: z.array(day).max(1000).default([]),
  })
  .meta({ id: 'NewCalendar' })
export const calendarChange = z
  .object({
    name,
    zone: z.string().max(100),
    weekly: z.array(hours).max(50),
    holidays: z.array(day).max(1000),
  })
  .partial()
  .meta({ id: 'CalendarChange' })
/** Business hours: minutes after local midnight by ISO weekday, and days without any. */
export const calendar = z
  .object({
    id: z.uuid(),
    name: z.string(),
    zone: z.string(),
    weekly: z.array(weeklyHours),
    holidays: z.array(z.string()),
  })
  .meta({ id: 'Calendar' })
export type Calendar = z.infer<typeof calendar>

const domainName = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[^\s@.]+(\.[^\s@.]+)+$/, 'is not a domain such as example.com')

const levelFields = z.object({
  name,
  /** Of the requester's address. Null here and below: for all. */
  domain: domainName.nullable(),
  /** And all categories inside it. */
  categoryId: z.uuid().nullable(),
  departmentId: z.uuid().nullable(),
  priority: priority.nullable(),
  /** Null: around the clock. */
  calendarId: z.uuid().nullable(),
  /** Minutes of business time; null: nothing promised. */
  firstResponse: minutes.nullable(),
  resolution: minutes.nullable(),
  warnPercent: z.number().int().min(1).max(99),
  /** What a breached target does by itself. */
  escalatePriority: priority.nullable(),
  escalateOwnerId: z.uuid().nullable(),
})
export const newServiceLevel = levelFields
  .extend({
    domain: domainName.nullable().default(null),
    categoryId: z.uuid().nullable().default(null),
    departmentId: z.uuid().nullable().default(null),
    priority: priority.nullable().default(null),
    calendarId: z.uuid().nullable().default(null),
    firstResponse: minutes.nullable().default(null),
    resolution: minutes.nullable().default(null),
    warnPercent: z.number().int().min(1).max(99).default(75),
    escalatePriority: priority.nullable().default(null),
    escalateOwnerId: z.uuid().nullable().default(null),
  })
  .meta({ id: 'NewServiceLevel' })
export const serviceLevelChange = levelFields.partial().meta({ id: 'ServiceLevelChange' })
export const serviceLevel = levelFields
  .extend({ id: z.uuid(), name: z.string(), domain: z.string().nullable() })
  .meta({ id: 'ServiceLevel' })
export type ServiceLevel = z.infer<typeof serviceLevel>

/** How a department waits for its requesters. */
export const waitingSettings = waitingTimes.meta({ id: 'WaitingSettings' })
export type WaitingSettings = z.infer<typeof waitingSettings>

/** One promise of a ticket, with everything that its due time follows from. */
export const targetExplanation = z
  .object({
    target: targetName,
    state: z.enum(['running', 'paused', 'met', 'late', 'breached']),
    /** Minutes of business time that are promised, and that have been used up by now. */
    minutes: z.number().int(),
    usedMinutes: z.number().int(),
    from: isoTime,
    /** With the holidays between its beginning and its end. */
    calendar: z
      .object({ name: z.string(), zone: z.string(), holidays: z.array(z.string()) })
      .nullable(),
    pauses: z.array(
      z.object({
        from: isoTime,
        to: isoTime.nullable(),
        why: z.enum(['requester', 'approval', 'ended']),
      }),
    ),
    warnAt: isoTime.nullable(),
    dueAt: isoTime.nullable(),
    metAt: isoTime.nullable(),
  })
  .meta({ id: 'TargetExplanation' })
export type TargetExplanation = z.infer<typeof targetExplanation>

/** GET /tickets/:number/sla */
export const ticketSla = z
  .object({
    /** With what it is for, by name: why it is this one. All null: for everybody. */
    level: z
      .object({
        id: z.uuid(),
        name: z.string(),
        scope: z.object({
          domain: z.string().nullable(),
          category: z.string().nullable(),
          department: z.string().nullable(),
          priority: priority.nullable(),
        }),
      })
      .nullable(),
    targets: z.array(targetExplanation),
    /** The chain of a ticket that waits for its requester. */
    waiting: z
      .object({
        since: isoTime,
        cancelled: z.boolean(),
        steps: z.array(
          z.object({ kind: z.enum(['reminder', 'closing']), at: isoTime, done: z.boolean() }),
        ),
      })
      .nullable(),
    snooze: z.object({ until: isoTime.nullable(), by: z.string().nullable() }).nullable(),
    impact: weight.nullable(),
    urgency: weight.nullable(),
    /** When a mere "thank you" came that left the ticket ended. */
    thankedAt: isoTime.nullable(),
  })
  .meta({ id: 'TicketSla' })
export type TicketSla = z.infer<typeof ticketSla>

/** `until` null: until somebody answers. */
export const newSnooze = z.object({ until: isoTime.nullable() }).meta({ id: 'NewSnooze' })
