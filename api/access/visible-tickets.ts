import { type Expression, expressionBuilder, type SqlBool } from 'kysely'
import { type Subject, visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { DB } from '../../prisma/generated/database.ts'

/** Whether the person sees the ticket `t` of a statement: by its department and its location. */
export function seesTicket(person: Subject): Expression<SqlBool> {
  const departments = visibleDepartments(person)
  const locations = visibleLocations(person)
  const eb = expressionBuilder<{ t: DB['ticket'] }, 't'>()
  return eb.and([
    ...(departments === null ? [] : [eb('t.department_id', '=', anyOf(departments, 'uuid'))]),
    ...(locations === null ? [] : [eb('t.location_id', '=', anyOf(locations, 'uuid'))]),
  ])
}
