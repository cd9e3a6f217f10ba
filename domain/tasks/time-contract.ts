import { z } from 'zod'
import { MOST_MINUTES } from './time-commands.ts'
import {
  cursorQuery,
  isoDay,
  isoTime,
  isoTimeWithOffset,
  page,
  ticketNumberInAddress,
} from '../contract.ts'
import { runningClock } from './contract.ts'

export const timeEntry = z
  .object({
    id: z.uuid(),
    ticketNumber: z.number().int(),
    ticketSubject: z.string().describe('Empty for who does not see the ticket any more.'),
    task: z.object({ id: z.uuid(), title: z.string() }).nullable(),
    person: z.object({ id: z.uuid(), name: z.string() }),
    minutes: z.number().int(),
    billable: z.boolean(),
    note: z.string(),
    /** By a clock; otherwise written down. */
    measured: z.boolean(),
    workedAt: isoTime,
    recordedAt: isoTime,
  })
  .meta({ id: 'TimeEntry' })
export type TimeEntry = z.infer<typeof timeEntry>
export const timePage = page(timeEntry).meta({ id: 'TimePage' })

const minutes = z.number().int().min(1).max(MOST_MINUTES)
const note = z.string().trim().max(500)

export const newTime = z
  .object({
    minutes,
    note: note.default(''),
    billable: z.boolean().default(false),
    /** Default: now. */
    workedAt: isoTime.optional(),
  })
  .meta({ id: 'NewTime' })
export const timeChange = z
  .object({ minutes, note, billable: z.boolean(), workedAt: isoTime })
  .partial()
  .meta({ id: 'TimeChange' })

/** A moment, or a whole day (UTC): `from` begins with it, `to` ends with it. */
const moment = z.union([isoDay, isoTimeWithOffset])

export const timeFilter = z.object({
  from: moment.optional(),
  to: moment.optional(),
  department: z.uuid().optional(),
  person: z.uuid().optional(),
  ticket: ticketNumberInAddress.optional(),
})
export type TimeFilter = z.infer<typeof timeFilter>
export const timeQuery = cursorQuery.extend(timeFilter.shape)

export const totalsBy = z.enum(['person', 'department', 'ticket'])
export type TotalsBy = z.infer<typeof totalsBy>
export const totalsQuery = timeFilter.extend({ by: totalsBy })
/** Most time first. */
export const timeTotals = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        minutes: z.number().int(),
        billableMinutes: z.number().int(),
      }),
    ),
    next: z.null(),
    minutes: z.number().int(),
    billableMinutes: z.number().int(),
  })
  .meta({ id: 'TimeTotals' })
export type TimeTotals = z.infer<typeof timeTotals>

/**
 * What starting a clock did: one that its person had running elsewhere is stopped and its time
 * recorded.
 */
export const startedClock = z
  .object({ clock: runningClock, stopped: z.array(timeEntry) })
  .meta({ id: 'StartedClock' })
export type StartedClock = z.infer<typeof startedClock>
