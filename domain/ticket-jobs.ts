import { z } from 'zod'
import type { TicketEvent } from './events.ts'
import { secondStepAfter } from './merging/second-step.ts'

/**
 * What may have to follow events and needs more than the ticket to be decided: a look at settings,
 * a text, another ticket. The statement that writes the events keeps a row for each that is owed;
 * the ticket's workflow carries it out, and the row goes once the command that it gave is decided.
 *
 * `approvals`: ask for the approvals that rules want · `slaPlan`: go by the service levels of now ·
 * `reminder`: write the mail of waiting · `mergeStep`: take the other ticket's step of a merge or
 * split.
 */
export const ticketJobKinds = ['approvals', 'slaPlan', 'reminder', 'mergeStep'] as const
export type TicketJobKind = (typeof ticketJobKinds)[number]

export const ticketJob = z.object({
  kind: z.enum(ticketJobKinds),
  /** The event that it follows from. */
  eventNo: z.number().int(),
})
export type TicketJob = z.infer<typeof ticketJob>

/**
 * @returns what the events may owe. Whether there is a rule or a service level at all is known where
 *   they are written.
 */
export function jobsAfter(events: readonly TicketEvent[]): TicketJob[] {
  const jobs = events.flatMap((event) =>
    jobsOf(event).map((kind): TicketJob => ({ kind, eventNo: event.no })),
  )
  // Of several that look at the ticket as it is, the last one has seen everything.
  return jobs.filter(
    ({ kind, eventNo }) =>
      !looksAtNow.has(kind) ||
      !jobs.some((other) => other.kind === kind && other.eventNo > eventNo),
  )
}

const looksAtNow: ReadonlySet<TicketJobKind> = new Set(['approvals', 'slaPlan'])

function jobsOf(event: TicketEvent): TicketJobKind[] {
  switch (event.type) {
    case 'ticketOpened':
      return ['approvals', 'slaPlan']
    case 'questionArrived':
      return ['slaPlan']
    case 'statusChanged':
      return [
        ...(event.data.from === 'solved' || event.data.from === 'closed'
          ? (['approvals'] as const)
          : []),
        ...(event.data.from === 'closed' ? (['slaPlan'] as const) : []),
      ]
    case 'categoryChanged':
    case 'departmentChanged':
      return ['approvals']
    case 'reminderDue':
      return ['reminder']
    default:
      return secondStepAfter(event) ? ['mergeStep'] : []
  }
}
