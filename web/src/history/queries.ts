import type { TicketEvent } from '../../../domain/events.ts'
import { allPages } from '../api/query.ts'

/** The API's description tells not which data come with which type; the domain's type does. */
export const eventsQuery = (number: number) => ({
  ...allPages('/tickets/{number}/events', { path: { number } }),
  select: (events: readonly object[]) => events as TicketEvent[],
})
