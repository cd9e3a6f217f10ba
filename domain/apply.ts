import { areas, noState } from './areas.ts'
import type { TicketEvent } from './events.ts'
import type { Ticket } from './ticket.ts'

/**
 * @param number the ticket's number.
 * @returns the ticket before its first event.
 */
export const unopenedTicket = (number: number): Ticket => ({
  number,
  version: 0,
  lastCommandId: '',
  updatedAt: '',
  ...noState(),
})

/**
 * The fold: the ticket after one more event. Pure; never refuses, because an event is a fact.
 * @param ticket the ticket before.
 * @param event the next event (its `no` is the ticket's version + 1).
 */
export function apply(ticket: Ticket, event: TicketEvent): Ticket {
  const { no: version, commandId: lastCommandId, at: updatedAt } = event
  const next = { ...ticket, version, lastCommandId, updatedAt }
  const changed = { ...next, ...folds[event.type]?.(next, event.data, event) }
  return followers.reduce((t, follow) => ({ ...t, ...follow(t, event) }), changed)
}

type AnyFold = (ticket: Ticket, data: unknown, event: TicketEvent) => Partial<Ticket>
const folds = Object.assign({}, ...areas.map(({ fold }) => fold)) as Record<
  string,
  AnyFold | undefined
>
const followers = areas.flatMap(({ afterEvery }) => afterEvery ?? [])

/** @returns the ticket rebuilt from its whole event log. */
export const rebuild = (number: number, events: readonly TicketEvent[]): Ticket =>
  events.reduce(apply, unopenedTicket(number))
