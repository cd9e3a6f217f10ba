import type pg from 'pg'
import type { Ticket } from '../../domain/ticket.ts'
import type { TicketEvent } from '../../domain/events.ts'

/**
 * Writes what an area's events change in its own tables.
 * @param client in the transaction that writes the events.
 * @param ticket after them.
 * @param events only this area's.
 */
export type AreaWriter = (
  client: Pick<pg.ClientBase, 'query'>,
  ticket: Ticket,
  events: readonly TicketEvent[],
) => Promise<void>
