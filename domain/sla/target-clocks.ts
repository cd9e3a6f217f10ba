import type { Ticket } from '../ticket.ts'
import { isEnded } from '../vocabulary.ts'
import { afterBusinessTime, type Interval } from './business-hours.ts'
import type { CalendarSnapshot } from './calendar.ts'
import { domainOfAddress, ruleFor, type SlaRule, type TargetName } from './plan.ts'
import type { SlaPause, TargetMarks } from './state.ts'

/** One promise of a ticket and how it stands. */
export interface TargetClock {
  target: TargetName
  rule: SlaRule
  /** Minutes of business time that were promised. */
  minutes: number
  /** Null: around the clock. */
  calendar: CalendarSnapshot | null
  from: string
  /** The pauses that count for it. */
  pauses: SlaPause[]
  /** When it will have been warned of; null while paused before it. */
  warnAt: string | null
  /** When it is breached; null while paused before it. */
  dueAt: string | null
  /** When it was met, or done too late. */
  metAt: string | null
  marks: TargetMarks
}

/** @returns the rule that the ticket goes by; null when none fits or no service level is set up. */
export const ruleOf = (ticket: Ticket): SlaRule | null =>
  ticket.slaPlan &&
  ruleFor(ticket.slaPlan, {
    domain: domainOfAddress(ticket.requester.email),
    categoryId: ticket.category?.id ?? null,
    departmentId: ticket.department.id,
    priority: ticket.priority,
  })

/**
 * Every promise of a ticket, first response first. Computed from the ticket alone: the same ticket
 * gives the same times anywhere.
 */
export function targetClocks(ticket: Ticket): TargetClock[] {
  const rule = ruleOf(ticket)
  const from = ticket.slaFrom
  if (!rule || from === null) return []
  const calendar = ticket.slaPlan?.calendars.find((c) => c.id === rule.calendarId) ?? null
  return (['firstResponse', 'resolution'] as const).flatMap((target): TargetClock[] => {
    const minutes = rule[target]
    if (minutes === null) return []
    // Solving a ticket answers it too: nobody waits for a first response any more.
    const solvedAt = isEnded(ticket.status) ? (ticket.solvedAt ?? ticket.closedAt) : null
    const metAt = target === 'firstResponse' ? (ticket.firstResponse?.at ?? solvedAt) : solvedAt
    const pauses = ticket.slaPauses.filter((p) => metAt === null || p.from < metAt)
    const cuts = pauses.map((p): Interval => ({
      from: Date.parse(p.from),
      to: p.to === null ? Infinity : Date.parse(p.to),
    }))
    const after = (part: number): string | null => {
      const at = afterBusinessTime(
        calendar,
        Date.parse(from),
        Math.round(minutes * 60_000 * part),
        cuts,
      )
      return at === null ? null : new Date(at).toISOString()
    }
    return [
      {
        target,
        rule,
        minutes,
        calendar,
        from,
        pauses,
        warnAt: after(rule.warnPercent / 100),
        dueAt: after(1),
        metAt,
        marks: ticket.slaMarks[target],
      },
    ]
  })
}

/** met and late are final; breached is past its due time and still to be done. */
export type TargetState = 'running' | 'paused' | 'met' | 'late' | 'breached'

/** @param now ISO time. */
export function targetState(clock: TargetClock, now: string): TargetState {
  if (clock.metAt !== null)
    return clock.dueAt !== null && clock.metAt > clock.dueAt ? 'late' : 'met'
  if (clock.dueAt === null) return 'paused'
  return clock.dueAt <= now ? 'breached' : 'running'
}

/** @returns the earliest time by which something has to be done; null when nothing runs. */
export const dueAt = (ticket: Ticket): string | null =>
  isEnded(ticket.status)
    ? null
    : (targetClocks(ticket)
        .flatMap((c) => (c.metAt === null && c.dueAt !== null ? [c.dueAt] : []))
        .sort()[0] ?? null)
