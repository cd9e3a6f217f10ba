import type { Database } from '../../platform/postgres/database.ts'
import type { EventType, TicketEvent } from '../../domain/events.ts'
import type { Ticket } from '../../domain/ticket.ts'

/** How one area's tables follow a ticket: in its projection.ts, listed in areas.ts. */
export interface AreaWriter {
  /** The events that change its tables. */
  events: readonly EventType[]
  /**
   * Writes what they change. In the events' own transaction; running it twice changes nothing.
   * @param db the transaction that writes the events.
   * @param ticket after them.
   * @param events only this area's.
   */
  write: (db: Database, ticket: Ticket, events: readonly TicketEvent[]) => Promise<void>
  /**
   * Takes away what it has written of a ticket: before a rebuild. Never a row that holds anything
   * which is not in the events.
   */
  clear: (db: Database, ticketNumber: number) => Promise<void>
}

/** Tables whose rows all follow from the events of the ticket that they name. */
type ProjectedTable =
  | 'ticket_watcher'
  | 'task'
  | 'time_entry'
  | 'running_clock'
  | 'approval'
  | 'approval_vote'
  | 'purchase'
  | 'ticket_asset'
  | 'ticket_document'
  | 'ticket_merge'
  | 'merged_ticket'
  | 'ticket_split'
  | 'ticket_split_from'

/** @returns what takes away a ticket's rows of these tables. */
export const rowsOf =
  (...tables: ProjectedTable[]): AreaWriter['clear'] =>
  async (db, ticketNumber) => {
    for (const table of tables)
      await db.deleteFrom(table).where('ticket_number', '=', ticketNumber).execute()
  }

/** @returns the types of an area's events. */
export const typesOf = <T extends EventType>(schemas: Readonly<Record<T, unknown>>): T[] =>
  Object.keys(schemas) as T[]
