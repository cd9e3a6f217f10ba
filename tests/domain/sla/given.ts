import { type Decision } from '../../../domain/decide.ts'
import type { SlaPlan, SlaRule } from '../../../domain/sla/plan.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import { plannedTimers } from '../../../domain/areas.ts'
import { type Actor, SYSTEM } from '../../../domain/vocabulary.ts'
import { zoneOffsets } from '../../../application/sla/time-zone.ts'
import { agent, IT, outgoing, received, requester, uuid, when } from '../given.ts'

export const CALENDAR = {
  id: '44444444-4444-4444-8444-444444444444',
  name: 'Office',
  zone: 'Europe/Zurich',
  holidays: [],
  weekly: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 9 * 60, to: 17 * 60 })),
  offsets: zoneOffsets('Europe/Zurich', Date.UTC(2025, 0, 1), Date.UTC(2028, 0, 1)),
}

/** A rule that fits everybody, around the clock, of which nothing is promised unless said. */
export const slaRule = (over: Partial<SlaRule> = {}): SlaRule => ({
  id: uuid(),
  name: 'Standard',
  domain: null,
  departmentId: null,
  priority: null,
  calendarId: null,
  firstResponse: null,
  resolution: null,
  warnPercent: 75,
  escalatePriority: null,
  escalateOwner: null,
  ...over,
})

export const slaPlan = (over: Partial<SlaPlan> = {}): SlaPlan => ({
  rules: [],
  calendars: [CALENDAR],
  waiting: [],
  ...over,
})

/** A department that reminds after 3 and 7 days and closes after 10. */
export const waitingPlan = (): SlaPlan =>
  slaPlan({
    waiting: [{ departmentId: IT.id, reminders: [3 * 1440, 7 * 1440], closeAfter: 10 * 1440 }],
  })

/** Steps for `openedTicket`. */
export const planned =
  (plan: SlaPlan) =>
  (ticket: Ticket): Decision =>
    when(ticket, 'setSlaPlan', { plan }, SYSTEM)
export const answered =
  (now: string, status?: 'open' | 'waiting' | 'solved') =>
  (ticket: Ticket): Decision =>
    when(ticket, 'reply', { ...outgoing(), ...(status ? { status } : {}) }, agent, now)
export const status =
  (to: Ticket['status'], now: string) =>
  (ticket: Ticket): Decision =>
    when(ticket, 'changeStatus', { status: to, reason: 'agent' }, agent, now)
export const mail =
  (now: string, over: Parameters<typeof received>[0] = {}, by: Actor = requester) =>
  (ticket: Ticket): Decision =>
    when(ticket, 'mailReceived', { message: received(over) }, by, now)

/** What a ticket has planned, as `key at`. */
export const plans = (ticket: Ticket): string[] =>
  plannedTimers(ticket).map((t) => `${t.key} ${t.at.slice(0, 16)}`)

/**
 * Lets a planned timer's command come at its time.
 * @throws when it is not planned.
 */
export function due(ticket: Ticket, key: string): Decision {
  const timer = plannedTimers(ticket).find((t) => t.key === key)
  if (!timer) throw new Error(`${key} is not planned: ${plans(ticket).join(', ')}`)
  return when(ticket, timer.command.name, timer.command.payload, SYSTEM, timer.at)
}
