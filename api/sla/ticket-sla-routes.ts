import { loadTicket } from '../../application/tickets/load-ticket.ts'
import { ticketParams } from '../../domain/contract.ts'
import { impactChange } from '../../domain/classification/contract.ts'
import { newSnooze, ticketSla, type TicketSla } from '../../domain/sla/contract.ts'
import { businessTimeBetween } from '../../domain/sla/business-hours.ts'
import {
  ruleOf,
  targetState,
  type TargetClock,
  targetClocks,
} from '../../domain/sla/target-clocks.ts'
import { priorityBy } from '../../domain/classification/priority-matrix.ts'
import { waitingSteps } from '../../domain/sla/waiting.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'
import { readMatrix } from '../classification/priority-matrix-routes.ts'

/** A ticket's service level, its waiting and its snooze: each with the reason why. */
export function ticketSlaRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps
  const params = ticketParams

  api.get(
    '/tickets/:number/sla',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getTicketSla',
        summary: 'Why a ticket is due when it is',
        description:
          'From when, by which calendar, with which pauses; and what happens by itself next.',
        params,
        response: answers(200, ticketSla),
      },
    },
    async (request) => {
      const { number } = await authorisedTicket(db, signedIn(request), request.params.number)
      return explained(await loadTicket(db, number))
    },
  )

  api.put(
    '/tickets/:number/snooze',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'snoozeTicket',
        summary: 'Snooze a ticket',
        description:
          'It leaves the open views until a time, or until somebody answers when there is none. An answer always brings it back.',
        params,
        body: newSnooze,
        response: orKept(answers(200, ticketSla)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      await command(deps, user, ticket, 'snooze', {
        until: request.body.until && new Date(request.body.until).toISOString(),
      })
      return explained(await loadTicket(db, ticket.number))
    },
  )

  api.delete(
    '/tickets/:number/snooze',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'endSnooze',
        summary: 'End a snooze',
        description:
          'The ticket is back in the lists at once; nothing is notified. Ending what has ended changes nothing.',
        params,
        response: orKept(answers(200, ticketSla)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      await command(deps, user, ticket, 'unsnooze', {})
      return explained(await loadTicket(db, ticket.number))
    },
  )

  api.delete(
    '/tickets/:number/reminders',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'stopReminders',
        summary: 'Stop waiting by itself',
        description: 'No more reminders and no closing until the requester is asked again.',
        params,
        response: orKept(answers(200, ticketSla)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      await command(deps, user, ticket, 'cancelReminders', {})
      return explained(await loadTicket(db, ticket.number))
    },
  )

  api.patch(
    '/tickets/:number/impact',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'setImpact',
        summary: 'Set impact and urgency',
        description: 'Both together set the priority, by the matrix of the settings.',
        params,
        body: impactChange,
        response: orKept(answers(200, ticketSla)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const authorised = await authorisedTicket(db, user, request.params.number)
      const before = await loadTicket(db, authorised.number)
      const { impact = before.impact, urgency = before.urgency } = request.body
      const matrix = await readMatrix(db)
      await command(deps, user, authorised, 'setImpact', {
        impact,
        urgency,
        priority: matrix && priorityBy(matrix, impact, urgency),
      })
      return explained(await loadTicket(db, authorised.number))
    },
  )
}

/**
 * Holidays in which no time ran, or will run. To the day in UTC: one at either end may be named
 * that was over by an hour.
 */
function holidaysWithin({ calendar, from, dueAt, metAt }: TargetClock, now: string): string[] {
  const [first, last] = [from.slice(0, 10), (metAt ?? dueAt ?? now).slice(0, 10)]
  return (calendar?.holidays ?? []).filter((day) => day >= first && day <= last)
}

function explained(ticket: Ticket): TicketSla {
  const now = new Date().toISOString()
  const rule = ruleOf(ticket)
  return {
    level: rule && {
      id: rule.id,
      name: rule.name,
      scope: {
        domain: rule.domain,
        category: rule.category?.name ?? null,
        department: rule.departmentId && ticket.department.name,
        priority: rule.priority,
      },
    },
    targets: targetClocks(ticket).map((clock) => ({
      target: clock.target,
      state: targetState(clock, now),
      minutes: clock.minutes,
      from: clock.from,
      usedMinutes: Math.floor(
        businessTimeBetween(
          clock.calendar,
          Date.parse(clock.from),
          Date.parse(clock.metAt ?? now),
          clock.pauses.map((p) => ({
            from: Date.parse(p.from),
            to: p.to === null ? Infinity : Date.parse(p.to),
          })),
        ) / 60_000,
      ),
      calendar: clock.calendar && {
        name: clock.calendar.name,
        zone: clock.calendar.zone,
        holidays: holidaysWithin(clock, now),
      },
      pauses: clock.pauses,
      warnAt: clock.warnAt,
      dueAt: clock.dueAt,
      metAt: clock.metAt,
    })),
    waiting:
      ticket.waiting && waitingSteps(ticket).length > 0
        ? {
            since: ticket.waiting.since,
            cancelled: ticket.waiting.cancelled,
            steps: waitingSteps(ticket).map(({ kind, at, done }) => ({ kind, at, done })),
          }
        : null,
    snooze: ticket.snooze && { until: ticket.snooze.until, by: ticket.snooze.by?.name ?? null },
    impact: ticket.impact,
    urgency: ticket.urgency,
    thankedAt: ticket.thankedAt,
  }
}
