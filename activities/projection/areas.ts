import type pg from 'pg'
import { approvalEvents } from '../../domain/approvals/events.ts'
import { assetEvents } from '../../domain/assets/events.ts'
import type { TicketEvent } from '../../domain/events.ts'
import { mergingEvents } from '../../domain/merging/events.ts'
import { purchaseEvents } from '../../domain/purchases/events.ts'
import { slaEvents } from '../../domain/sla/events.ts'
import { taskEvents } from '../../domain/tasks/events.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { persistApprovals } from '../approvals/projection.ts'
import { persistAssets } from '../assets/projection.ts'
import { persistMerging } from '../merging/projection.ts'
import { persistPurchases } from '../purchases/projection.ts'
import { persistSla } from '../sla/projection.ts'
import { persistTasks } from '../tasks/projection.ts'
import type { AreaWriter } from './area-writer.ts'

interface Area {
  types: ReadonlySet<string>
  write: AreaWriter
  /**
   * Takes away what it has written of a ticket ($1): before a rebuild. Never a row that holds
   * anything which is not in the events.
   */
  clear: readonly string[]
}

const rowsOf = (...tables: string[]): string[] =>
  tables.map((table) => `DELETE FROM ${table} WHERE ticket_number = $1`)

const areas: Area[] = (
  [
    [taskEvents, persistTasks, rowsOf('time_entry', 'running_clock', 'task')],
    [approvalEvents, persistApprovals, rowsOf('approval_vote', 'approval')],
    [{ ...approvalEvents, ...purchaseEvents }, persistPurchases, rowsOf('purchase')],
    [
      assetEvents,
      persistAssets,
      [
        ...rowsOf('ticket_asset', 'ticket_document'),
        `UPDATE confirmation SET event_no = NULL, state = 'asked', ended_at = NULL, answered_from = '', reason = '' WHERE ticket_number = $1`,
      ],
    ],
    [slaEvents, persistSla, []],
    [
      mergingEvents,
      persistMerging,
      rowsOf('ticket_split', 'ticket_merge', 'merged_ticket', 'ticket_split_from'),
    ],
  ] as const
).map(([events, write, clear]) => ({ types: new Set(Object.keys(events)), write, clear }))

/** @returns true when some of the events change an area's tables. */
export const concernAreas = (events: readonly TicketEvent[]): boolean =>
  events.some(({ type }) => areas.some(({ types }) => types.has(type)))

export async function persistAreas(
  client: Pick<pg.ClientBase, 'query'>,
  ticket: Ticket,
  events: readonly TicketEvent[],
): Promise<void> {
  for (const { types, write } of areas) {
    const own = events.filter(({ type }) => types.has(type))
    if (own.length > 0) await write(client, ticket, own)
  }
}

export async function clearAreas(
  client: Pick<pg.ClientBase, 'query'>,
  ticketNumber: number,
): Promise<void> {
  for (const { clear } of areas)
    for (const statement of clear) await client.query(statement, [ticketNumber])
}
