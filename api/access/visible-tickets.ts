import { type Expression, expressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely'
import { type Subject, visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { DB } from '../../prisma/generated/database.ts'

/**
 * Whether the person sees a ticket of a statement: by its department and its location.
 * @param alias of the ticket in the statement.
 */
export function seesTicket(person: Subject, alias = 't'): Expression<SqlBool> {
  const departments = visibleDepartments(person)
  const locations = visibleLocations(person)
  const eb = expressionBuilder<DB>()
  const column = (name: 'department_id' | 'location_id') => sql.ref<string>(`${alias}.${name}`)
  return eb.and([
    ...(departments === null ? [] : [eb(column('department_id'), '=', anyOf(departments, 'uuid'))]),
    ...(locations === null ? [] : [eb(column('location_id'), '=', anyOf(locations, 'uuid'))]),
  ])
}

/**
 * A text of a ticket `t` that the person may have lost sight of: what they did there is still theirs,
 * what it is called now is not.
 * @returns the text, empty for who does not see the ticket.
 */
export const ifSeen = (person: Subject, text: Expression<string>): RawBuilder<string> =>
  sql<string>`CASE WHEN ${seesTicket(person)} THEN ${text} ELSE '' END`
