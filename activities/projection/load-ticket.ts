import type pg from 'pg'
import type { Ticket } from '../../domain/ticket.ts'
import { unopenedTicket } from '../../domain/apply.ts'

/** @returns the ticket as last written, unopened when it has no event yet. */
export async function loadTicket(db: Pick<pg.Pool, 'query'>, number: number): Promise<Ticket> {
  const { rows } = await db.query<{ state: Ticket }>('SELECT state FROM ticket WHERE number = $1', [
    number,
  ])
  // Fields added by later versions take their first value.
  return { ...unopenedTicket(number), ...rows[0]?.state }
}
