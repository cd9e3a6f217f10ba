import type { Location } from '../../domain/locations/contract.ts'
import { mayBeInside } from '../../domain/locations/location-tree.ts'
import type { LocationKind } from '../../domain/locations/vocabulary.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { notFound, unprocessable } from '../http/problem.ts'

/** Locations as they are shown, with the way to each. */
export const locations = (db: Database) =>
  db
    .selectFrom('location')
    .select((eb) => [
      'location.id',
      'location.parent_id as parentId',
      'location.kind',
      'location.name',
      eb.fn<string>('location_path', ['location.id']).as('path'),
    ])

/** @throws ProblemError 404 */
export async function locationWith(db: Database, id: string): Promise<Location> {
  const row = await locations(db).where('location.id', '=', id).executeTakeFirst()
  if (!row) throw notFound('such location')
  return row
}

/**
 * Whether a location of a kind may be there.
 * @throws ProblemError 422
 */
export async function checkParent(
  db: Database,
  kind: LocationKind,
  parentId: string | null,
): Promise<void> {
  const parent =
    parentId === null
      ? undefined
      : await db.selectFrom('location').select('kind').where('id', '=', parentId).executeTakeFirst()
  if (parentId !== null && !parent)
    throw unprocessable(
      'location-not-found',
      'The location that this one is to be in does not exist.',
      '/parentId',
    )
  if (!mayBeInside(kind, parent?.kind ?? null))
    throw unprocessable(
      'location-kind',
      'Companies and sites stand for themselves; sections are in them, and rooms in any of these.',
      '/parentId',
    )
}
