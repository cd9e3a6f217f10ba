import type { TicketEvent } from '../../domain/events.ts'
import type { Ticket } from '../../domain/ticket.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { approvalWriter } from '../approvals/projection.ts'
import { assetWriter } from '../assets/projection.ts'
import { mergingWriter } from '../merging/projection.ts'
import { purchaseWriter } from '../purchases/projection.ts'
import { slaWriter } from '../sla/projection.ts'
import { taskWriter } from '../tasks/projection.ts'
import { relationWriter } from '../tickets/projection.ts'
import type { AreaWriter } from './area-writer.ts'

/** The one list of the areas that have tables of their own. */
const areas: readonly AreaWriter[] = [
  relationWriter,
  taskWriter,
  approvalWriter,
  purchaseWriter,
  assetWriter,
  slaWriter,
  mergingWriter,
]
const writers = areas.map(({ events, ...area }) => ({ ...area, types: new Set<string>(events) }))

/** @returns true when some of the events change an area's tables. */
export const concernAreas = (events: readonly TicketEvent[]): boolean =>
  events.some(({ type }) => writers.some(({ types }) => types.has(type)))

/** Writes what the events change in the areas' tables: in the events' own transaction. */
export async function persistAreas(
  db: Database,
  ticket: Ticket,
  events: readonly TicketEvent[],
): Promise<void> {
  for (const { types, write } of writers) {
    const own = events.filter(({ type }) => types.has(type))
    if (own.length > 0) await write(db, ticket, own)
  }
}

/** Takes away what the areas have written of a ticket: before a rebuild. */
export async function clearAreas(db: Database, ticketNumber: number): Promise<void> {
  for (const { clear } of areas) await clear(db, ticketNumber)
}
