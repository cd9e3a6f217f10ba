import type { Ticket } from '../ticket.ts'
import type { WaitingPolicy } from './plan.ts'

/** One step of waiting for the requester. */
export interface WaitingStep {
  kind: 'reminder' | 'closing'
  /** Counted from 0 within its waiting. */
  step: number
  /** ISO time. */
  at: string
  done: boolean
}

/**
 * @returns how the ticket's department waits for requesters; null when it leaves that to its
 *   agents.
 */
export const waitingPolicyOf = (ticket: Ticket): WaitingPolicy | null =>
  ticket.slaPlan?.waiting.find((w) => w.departmentId === ticket.department.id) ?? null

/**
 * The whole chain of a ticket that waits for its requester: the reminders in order, then the
 * closing. Empty when nothing happens by itself.
 */
export function waitingSteps(ticket: Ticket): WaitingStep[] {
  const policy = waitingPolicyOf(ticket)
  const { waiting } = ticket
  if (!policy || !waiting || ticket.status !== 'waiting') return []
  const at = (minutes: number): string =>
    new Date(Date.parse(waiting.since) + minutes * 60_000).toISOString()
  const reminders = [...policy.reminders]
    .sort((a, b) => a - b)
    .filter((minutes) => policy.closeAfter === null || minutes < policy.closeAfter)
  return [
    ...reminders.map((minutes, step): WaitingStep => ({
      kind: 'reminder',
      step,
      at: at(minutes),
      done: step < waiting.reminded,
    })),
    ...(policy.closeAfter === null
      ? []
      : [
          {
            kind: 'closing' as const,
            step: reminders.length,
            at: at(policy.closeAfter),
            done: false,
          },
        ]),
  ]
}

/** @returns what comes next by itself; null when nothing does or somebody stopped it. */
export const nextWaitingStep = (ticket: Ticket): WaitingStep | null =>
  ticket.waiting?.cancelled ? null : (waitingSteps(ticket).find((s) => !s.done) ?? null)
