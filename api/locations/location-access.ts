import type { LocationRef } from '../../domain/locations/vocabulary.ts'
import { seesLocation, visibleLocations } from '../../domain/permissions.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { unprocessable } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'

/**
 * A location that a person names: one that they see.
 * @param pointer of the field that names it.
 * @throws ProblemError 422
 */
export async function authorisedLocation(
  db: Database,
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
  const location = await references(db).where('location.id', '=', id).executeTakeFirst()
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
  db: Database,
  user: SignedInUser,
  requesterEmail: string,
): Promise<LocationRef | null> {
  const own = await references(db)
    .innerJoin('contact', 'contact.location_id', 'location.id')
    .where('contact.email', '=', requesterEmail)
    .executeTakeFirst()
  if (own && !seesLocation(user, own.id))
    throw unprocessable(
      'requester-elsewhere',
      'This requester is at a location that you do not work for.',
      '/requester/email',
    )
  if (own || visibleLocations(user) === null) return own ?? null
  const first = await references(db)
    .innerJoin('user_location', 'user_location.location_id', 'location.id')
    .where('user_location.user_id', '=', user.id)
    .orderBy((eb) => eb.fn('location_path', ['location.id']))
    .limit(1)
    .executeTakeFirst()
  return first ?? null
}

/** Locations by the names that tickets and lists give them. */
const references = (db: Database) =>
  db
    .selectFrom('location')
    .select((eb) => ['location.id', eb.fn<string>('location_path', ['location.id']).as('name')])
