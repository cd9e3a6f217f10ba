import { sql } from 'kysely'
import { askedOf } from '../../domain/asked-of.ts'
import type { Ticket } from '../../domain/ticket.ts'
import type { UnwrittenCommandItem } from '../../domain/tickets/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { conflict, notFound } from '../http/problem.ts'
import { askerOf } from './kept-view.ts'

/** Those of which no admin has decided yet. */
export const unwrittenCommands = (db: Database) =>
  db
    .selectFrom('unwritten_command')
    .select(['id', 'ticket_number as number', 'name', 'actor', 'payload', 'reason', 'at'])
    .select(['attempts', 'command_id as commandId'])
    .where('ended', 'is', null)
export type UnwrittenRow = Awaited<
  ReturnType<ReturnType<typeof unwrittenCommands>['execute']>
>[number]

/** @throws ProblemError 404 */
export async function unwrittenCommandWith(db: Database, id: string): Promise<UnwrittenRow> {
  const row = await unwrittenCommands(db).where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound('this command')
  return row
}

/**
 * An admin has decided. Of two at the same time one does.
 * @throws ProblemError 409 for the other.
 */
export async function endUnwritten(
  db: Database,
  { id, attempts }: UnwrittenRow,
  ended: 'retried' | 'dropped',
  { id: userId, name }: SignedInUser,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('unwritten_command')
    .set({ ended, ended_by: jsonb({ id: userId, name }), ended_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .where('ended', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n)
    throw conflict('version-outdated', 'Somebody else has decided this meanwhile. Look again.')
}

/**
 * The attempt came to nothing: it waits as before.
 * @param isSpent it was refused: the next attempt needs an id of its own. Where nobody knows what
 *   became of it, the next has the same one, so that it is done once.
 */
export const putBackUnwritten = (
  db: Database,
  { id, attempts }: UnwrittenRow,
  isSpent: boolean,
): Promise<unknown> =>
  db
    .updateTable('unwritten_command')
    .set({
      ended: null,
      ended_by: null,
      ended_at: null,
      attempts: isSpent ? attempts + 1 : attempts,
    })
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .execute()

/** As admins see it. */
export function unwrittenItem(row: UnwrittenRow, ticket: Ticket): UnwrittenCommandItem {
  const { id, number, name, actor, payload, reason, at, attempts } = row
  const content: unknown = JSON.parse(payload)
  return {
    id,
    ticketNumber: number,
    name,
    asked: askedOf(ticket, name, content),
    by: askerOf(actor),
    at: at.toISOString(),
    attempts,
    reason,
    payload: JSON.stringify(content, null, 2),
  }
}
