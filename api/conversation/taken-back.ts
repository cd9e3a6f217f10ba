import { sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { authorisedTicket } from '../access/ticket-access.ts'

/**
 * Whether a message was taken back: its row is in no conversation any more, its ticket's history says
 * so.
 * @throws ProblemError 404 when it was, and the person does not see its ticket.
 */
export async function isTakenBack(
  db: Database,
  user: SignedInUser,
  messageId: string,
): Promise<boolean> {
  const taken = await db
    .selectFrom('message as m')
    .innerJoin('ticket_event as e', 'e.ticket_number', 'm.ticket_number')
    .select('m.ticket_number as number')
    .where('m.id', '=', messageId)
    .where('m.event_no', 'is', null)
    .where('e.type', '=', 'messageCancelled')
    .where(sql<boolean>`e.data->>'messageId' = ${messageId}`)
    .executeTakeFirst()
  if (!taken) return false
  await authorisedTicket(db, user, taken.number, 'such message')
  return true
}
