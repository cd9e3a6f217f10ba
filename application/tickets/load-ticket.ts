import type { Ticket } from '../../domain/ticket.ts'
import { unopenedTicket } from '../../domain/apply.ts'
import type { Database } from '../../platform/postgres/database.ts'

/** @returns the ticket as last written, unopened when it has no event yet. */
export async function loadTicket(db: Database, number: number): Promise<Ticket> {
  const row = await db
    .selectFrom('ticket')
    .select('state')
    .where('number', '=', number)
    .executeTakeFirst()
  // Fields added by later versions take their first value.
  return { ...unopenedTicket(number), ...row?.state }
}
