import { visibleLocations } from '../../domain/permissions.ts'
import type { SignedInUser } from './sessions.ts'

/**
 * The condition on `ticket t` that holds for whoever is limited to locations; `true` for everybody
 * else. In the statement's text and not a parameter, because hardly anybody is limited and every
 * list would carry it: the ids are the database's own.
 */
export function locationLimit(user: SignedInUser): string {
  const locations = visibleLocations(user)
  if (locations === null) return 'true'
  const ids = locations.filter((id) => /^[0-9a-f-]{36}$/i.test(id))
  return ids.length === 0 ? 'false' : `t.location_id IN (${ids.map((id) => `'${id}'`).join(', ')})`
}
