import { sql } from 'kysely'
import type { Person } from '../../domain/vocabulary.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { unprocessable } from '../http/problem.ts'
import type { AuthorisedTicket } from './ticket-access.ts'

/**
 * Somebody who may work on tickets of a department and location: its owner or watcher must be able to
 * see the ticket.
 * @param pointer of the field that names the person.
 * @throws ProblemError 422
 */
export async function workerOf(
  db: Database,
  userId: string,
  { departmentId, locationId }: Pick<AuthorisedTicket, 'departmentId' | 'locationId'>,
  pointer: string,
): Promise<Person> {
  const row = await db
    .selectFrom('app_user as u')
    .select(['u.id', 'u.name', 'u.email'])
    .where('u.id', '=', userId)
    .where(sql<boolean>`works_on(u.id, ${departmentId}, ${locationId})`)
    .executeTakeFirst()
  if (!row)
    throw unprocessable(
      'person-without-access',
      'This person does not see tickets of this department or location, or is not active. Choose somebody else.',
      pointer,
    )
  return row
}
