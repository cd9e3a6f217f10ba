import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
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

/**
 * The team, if somebody of it sees tickets of a department and location: a task that nobody can look
 * at would never be done. A department in which nobody works yet may have those of its own tickets.
 */
export const teamThatWorksOn = (
  db: Database,
  teamId: string,
  { departmentId, locationId }: { departmentId: string; locationId: string | null },
) =>
  db
    .selectFrom('department as d')
    .select(['d.id', 'd.name'])
    .where('d.id', '=', teamId)
    .where((eb) => {
      const members = eb
        .selectFrom('user_department as m')
        .select('m.user_id')
        .whereRef('m.department_id', '=', 'd.id')
      const see = sql<boolean>`works_on(m.user_id, ${departmentId}, ${locationId})`
      return eb.or([
        eb.exists(members.where(see)),
        eb.and([eb('d.id', '=', departmentId), eb.not(eb.exists(members))]),
      ])
    })
