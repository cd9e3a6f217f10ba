import type pg from 'pg'
import { approvalEvents } from '../../domain/approvals/events.ts'
import { equipmentEvents } from '../../domain/equipment/events.ts'
import type { TicketEvent } from '../../domain/events.ts'
import { familyEvents } from '../../domain/family/events.ts'
import { purchaseEvents } from '../../domain/purchases/events.ts'
import { serviceEvents } from '../../domain/service/events.ts'
import { taskEvents } from '../../domain/tasks/events.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { persistApprovals } from './persist-approvals.ts'
import { persistEquipment } from './persist-equipment.ts'
import { persistFamily } from './persist-family.ts'
import { persistPurchases } from './persist-purchases.ts'
import { persistService } from './persist-service.ts'
import { persistTasks } from './persist-tasks.ts'

/**
 * Writes what an area's events change in its own tables.
 * @param client in the transaction that writes the events. @param ticket after them. @param events only this area's.
 */
export type AreaWriter = (client: Pick<pg.ClientBase, 'query'>, ticket: Ticket, events: readonly TicketEvent[]) => Promise<void>

const areas: { types: ReadonlySet<string>; write: AreaWriter }[] = ([
  [taskEvents, persistTasks], [approvalEvents, persistApprovals], [{ ...approvalEvents, ...purchaseEvents }, persistPurchases], [equipmentEvents, persistEquipment], [serviceEvents, persistService], [familyEvents, persistFamily],
] as const).map(([events, write]) => ({ types: new Set(Object.keys(events)), write }))

/** @returns true when some of the events change an area's tables. */
export const concernAreas = (events: readonly TicketEvent[]): boolean => events.some(({ type }) => areas.some(({ types }) => types.has(type)))

export async function persistAreas(client: Pick<pg.ClientBase, 'query'>, ticket: Ticket, events: readonly TicketEvent[]): Promise<void> {
  for (const { types, write } of areas) {
    const own = events.filter(({ type }) => types.has(type))
    if (own.length > 0) await write(client, ticket, own)
  }
}

/** The same from the whole event log, also where an area has had no event: what should not be there goes. */
export async function rebuildAreas(client: Pick<pg.ClientBase, 'query'>, ticket: Ticket, events: readonly TicketEvent[]): Promise<void> {
  for (const { types, write } of areas) await write(client, ticket, events.filter(({ type }) => types.has(type)))
}
