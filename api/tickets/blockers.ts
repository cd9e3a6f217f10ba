import type { Blocker } from '../../domain/tickets/blockers.ts'
import { isEnded, type TicketStatus } from '../../domain/vocabulary.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { authorisedNumbers } from './event-view.ts'
import type { SignedInUser } from '../access/sessions.ts'

/**
 * What goes with a command that may end a ticket: the open tickets that block it, also those that
 * the person does not see. They hold it up all the same, but are not named.
 * @param to the status that is asked for.
 * @returns nothing for a status that does not end it, and where nothing blocks it.
 */
export async function openBlockersFor(
  db: Database,
  user: SignedInUser,
  number: number,
  to: TicketStatus | undefined,
): Promise<{ blockers?: Blocker[] }> {
  if (to === undefined || !isEnded(to)) return {}
  const rows = await db
    .selectFrom('ticket_link as l')
    .innerJoin('ticket as t', 't.number', 'l.from_number')
    .select(['t.number', 't.subject'])
    .where('l.to_number', '=', number)
    .where('l.kind', '=', 'blocks')
    .where('t.status', 'in', ['new', 'open', 'waiting'])
    .orderBy('t.number')
    .execute()
  if (rows.length === 0) return {}
  const authorised = await authorisedNumbers(
    db,
    user,
    rows.map((row) => row.number),
  )
  return {
    blockers: rows.map((row) => (authorised.has(row.number) ? row : { ...row, subject: '' })),
  }
}
