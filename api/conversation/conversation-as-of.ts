import type { TicketAsOf } from '../../domain/tickets/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { runStatement } from '../../platform/postgres/run-statement.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { authorisedNumbers } from '../tickets/event-view.ts'
import { conversationAsOfStatement } from './conversation-as-of.statement.ts'

/**
 * The messages that a ticket showed at a moment, oldest first: made of the event logs alone,
 * because what merges and splits moved since is shown elsewhere now. What is in another ticket now
 * is shown only to whoever sees that one: a split may have moved it out of sight.
 * @param at ISO time of the ticket's event number `version`, the last one that counts.
 */
export async function conversationThen(
  db: Database,
  user: SignedInUser,
  number: number,
  version: number,
  at: string,
): Promise<TicketAsOf['messages']> {
  const rows = await runStatement(db, conversationAsOfStatement, [number, version, at])
  const authorised = await authorisedNumbers(
    db,
    user,
    rows.filter((row) => !row.here).map((row) => row.shownIn),
  )
  return rows
    .filter((row) => row.here || authorised.has(row.shownIn))
    .map(({ id, from, at: written, text }) => ({ id, from, at: written.toISOString(), text }))
}
