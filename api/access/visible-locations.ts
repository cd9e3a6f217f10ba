import { type Expression, type SqlBool, sql } from 'kysely'
import { type Subject, visibleLocations } from '../../domain/permissions.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'

/**
 * Whether the person sees what is at a location.
 * @param column that holds its id: `a.location_id`.
 */
export function atVisibleLocation(person: Subject, column: string): Expression<SqlBool> {
  const locations = visibleLocations(person)
  return locations === null
    ? sql<boolean>`true`
    : sql<boolean>`${sql.ref(column)} = ${anyOf(locations, 'uuid')}`
}
