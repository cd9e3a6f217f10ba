import { type RawBuilder, sql } from 'kysely'
import type { Ticket } from '../../domain/ticket.ts'

/**
 * A condition: somebody works on tickets such as this one. The function in prisma/functions says who
 * does.
 * @param user the column with their id.
 */
export const worksOn = (
  user: string,
  { department, location }: Pick<Ticket, 'department' | 'location'>,
): RawBuilder<boolean> =>
  sql<boolean>`works_on(${sql.ref(user)}, ${department.id}, ${location?.id ?? null})`
