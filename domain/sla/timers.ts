import { blockedByApproval } from '../approvals/blocking.ts'
import type { Ticket } from '../ticket.ts'
import type { PlannedTimer } from '../timers.ts'
import { isEnded } from '../vocabulary.ts'
import { type TargetClock, targetClocks } from './target-clocks.ts'
import { nextWaitingStep } from './waiting.ts'

/**
 * Warnings and misses of service levels, the next step of waiting for the requester, the end of a
 * snooze.
 */
export const slaTimers = (ticket: Ticket): PlannedTimer[] =>
  !ticket.opened || isEnded(ticket.status)
    ? []
    : [
        ...targetClocks(ticket).flatMap(targetTimers),
        ...waitingTimers(ticket),
        ...snoozeTimers(ticket),
      ]

const words = { firstResponse: 'the first response', resolution: 'the solution' } as const

function targetTimers({ target, warnAt, dueAt, metAt, marks }: TargetClock): PlannedTimer[] {
  if (metAt !== null || warnAt === null || dueAt === null) return []
  // A mark that is older than the time now planned was for another plan: the time counts anew.
  const notified = (mark: string | null, at: string): boolean => mark !== null && mark >= at
  return [
    ...(notified(marks.warned, warnAt) || notified(marks.breached, dueAt)
      ? []
      : [
          {
            key: `sla-${target}-warning`,
            at: warnAt,
            summary: `warns that ${words[target]} is nearly due`,
            command: { name: 'warnOfTarget' as const, payload: { target, warnAt, dueAt } },
          },
        ]),
    ...(notified(marks.breached, dueAt)
      ? []
      : [
          {
            key: `sla-${target}-due`,
            at: dueAt,
            summary: `notes that ${words[target]} is overdue`,
            command: { name: 'breachTarget' as const, payload: { target, dueAt } },
          },
        ]),
  ]
}

function waitingTimers(ticket: Ticket): PlannedTimer[] {
  const next = nextWaitingStep(ticket)
  // What must not be solved before it is approved is not closed either.
  if (!next || !ticket.waiting || (next.kind === 'closing' && blockedByApproval(ticket))) return []
  return [
    {
      key: `waiting-${next.kind}-${next.step}`,
      at: next.at,
      summary:
        next.kind === 'reminder'
          ? 'reminds the requester'
          : 'closes the ticket: the requester has not answered',
      command: {
        name: 'remindRequester',
        payload: { kind: next.kind, step: next.step, since: ticket.waiting.since },
      },
    },
  ]
}

function snoozeTimers({ snooze }: Ticket): PlannedTimer[] {
  if (!snooze?.until) return []
  return [
    {
      key: 'snooze',
      at: snooze.until,
      summary: 'ends the snooze',
      command: { name: 'endSnooze', payload: { until: snooze.until } },
    },
  ]
}
