import type pg from 'pg'
import type { LocationRef } from '../../domain/locations/vocabulary.ts'
import { seesLocation, visibleLocations } from '../../domain/permissions.ts'
import { unprocessable } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

const SELECT = 'SELECT p.id, location_path(p.id) AS name FROM location p'

/**
 * A location that a person names: one that they see.
 * @param pointer of the field that names it.
 * @throws ProblemError 422
 */
export async function authorisedLocation(
  db: Db,
  user: SignedInUser,
  id: string | null,
  pointer: string,
): Promise<LocationRef | null> {
  if (id === null) {
    if (!seesLocation(user, null))
      throw unprocessable(
        'location-needed',
        'You are limited to some locations, so name one of them; otherwise you would not see this any more.',
        pointer,
      )
    return null
  }
  const {
    rows: [location],
  } = await db.query<LocationRef>(`${SELECT} WHERE p.id = $1`, [id])
  if (!location || !seesLocation(user, location.id))
    throw unprocessable(
      'location-not-found',
      'This location does not exist, or is not one of yours.',
      pointer,
    )
  return location
}

/**
 * Where a new ticket is: at its requester's location. Somebody limited to locations opens it at the first
 * of theirs when the requester has none.
 * @throws ProblemError 422 when the requester is somewhere that the person does not see.
 */
export async function locationForNewTicket(
  db: Db,
  user: SignedInUser,
  requesterEmail: string,
): Promise<LocationRef | null> {
  const {
    rows: [own],
  } = await db.query<LocationRef>(
    `${SELECT} JOIN contact c ON c.location_id = p.id WHERE c.email = $1`,
    [requesterEmail],
  )
  if (own && !seesLocation(user, own.id))
    throw unprocessable(
      'requester-elsewhere',
      'This requester is at a location that you do not work for.',
      '/requester/email',
    )
  if (own || visibleLocations(user) === null) return own ?? null
  const {
    rows: [first],
  } = await db.query<LocationRef>(
    `${SELECT} JOIN user_location u ON u.location_id = p.id WHERE u.user_id = $1 ORDER BY location_path(p.id) LIMIT 1`,
    [user.id],
  )
  return first ?? null
}
