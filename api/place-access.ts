import type pg from 'pg'
import type { PlaceRef } from '../domain/equipment/references.ts'
import { seesPlace, visiblePlaces } from '../domain/permissions.ts'
import { unprocessable } from './problem.ts'
import type { SignedInUser } from './sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

const SELECT = 'SELECT p.id, place_path(p.id) AS name FROM place p'

/**
 * A place that a person names: one that they see.
 * @param pointer of the field that names it.
 * @throws ProblemError 422
 */
export async function seenPlace(
  db: Db,
  user: SignedInUser,
  id: string | null,
  pointer: string,
): Promise<PlaceRef | null> {
  if (id === null) {
    if (!seesPlace(user, null))
      throw unprocessable(
        'place-needed',
        'You are limited to some places, so name one of them; otherwise you would not see this any more.',
        pointer,
      )
    return null
  }
  const {
    rows: [place],
  } = await db.query<PlaceRef>(`${SELECT} WHERE p.id = $1`, [id])
  if (!place || !seesPlace(user, place.id))
    throw unprocessable(
      'place-not-found',
      'This place does not exist, or is not one of yours.',
      pointer,
    )
  return place
}

/**
 * Where a new ticket is: at its requester's place. Somebody limited to places opens it at the first
 * of theirs when the requester has none.
 * @throws ProblemError 422 when the requester is somewhere that the person does not see.
 */
export async function placeForNewTicket(
  db: Db,
  user: SignedInUser,
  requesterEmail: string,
): Promise<PlaceRef | null> {
  const {
    rows: [own],
  } = await db.query<PlaceRef>(`${SELECT} JOIN contact c ON c.place_id = p.id WHERE c.email = $1`, [
    requesterEmail,
  ])
  if (own && !seesPlace(user, own.id))
    throw unprocessable(
      'requester-elsewhere',
      'This requester is at a place that you do not work for.',
      '/requester/email',
    )
  if (own || visiblePlaces(user) === null) return own ?? null
  const {
    rows: [first],
  } = await db.query<PlaceRef>(
    `${SELECT} JOIN user_place u ON u.place_id = p.id WHERE u.user_id = $1 ORDER BY place_path(p.id) LIMIT 1`,
    [user.id],
  )
  return first ?? null
}
