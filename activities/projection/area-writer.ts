import type pg from 'pg'
import type { EventType, TicketEvent } from '../../domain/events.ts'
import type { Ticket } from '../../domain/ticket.ts'

/** How one area's tables follow a ticket: in its projection.ts, listed in areas.ts. */
export interface AreaWriter {
  /** The events that change its tables. */
  events: readonly EventType[]
  /**
   * Writes what they change. In the events' own transaction; running it twice changes nothing.
   * @param client in the transaction that writes the events.
   * @param ticket after them.
   * @param events only this area's.
   */
  write: (
    client: Pick<pg.ClientBase, 'query'>,
    ticket: Ticket,
    events: readonly TicketEvent[],
  ) => Promise<void>
  /**
   * Statements that take away what it has written of a ticket ($1): before a rebuild. Never a row
   * that holds anything which is not in the events.
   */
  clear: readonly string[]
}

/** @returns statements that take away a ticket's rows of these tables. */
export const rowsOf = (...tables: string[]): string[] =>
  tables.map((table) => `DELETE FROM ${table} WHERE ticket_number = $1`)

/** @returns the types of an area's events. */
export const typesOf = <T extends EventType>(schemas: Readonly<Record<T, unknown>>): T[] =>
  Object.keys(schemas) as T[]
