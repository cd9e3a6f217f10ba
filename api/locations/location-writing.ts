import type { z } from 'zod'
import type { locationChange, newLocation } from '../../domain/locations/contract.ts'
import { mayBeInside } from '../../domain/locations/location-tree.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { refusing } from '../http/constraint-problem.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { checkParent, locationWith } from './location-rows.ts'

/**
 * @returns its id.
 * @throws ProblemError 409, 422
 */
export async function addLocation(
  db: Database,
  { name, kind, parentId = null }: z.output<typeof newLocation>,
): Promise<string> {
  await checkParent(db, kind, parentId)
  const id = newId()
  await refusing(
    db.insertInto('location').values({ id, parent_id: parentId, kind, name }).execute(),
    refusals,
  )
  return id
}

/** @throws ProblemError 404, 409, 422 */
export async function changeLocation(
  db: Database,
  id: string,
  change: z.output<typeof locationChange>,
): Promise<void> {
  const before = await locationWith(db, id)
  const { name = before.name, kind = before.kind, parentId = before.parentId } = change
  await checkParent(db, kind, parentId)
  const inside = await db
    .selectFrom('location')
    .select('kind')
    .where('parent_id', '=', id)
    .execute()
  if (inside.some((child) => !mayBeInside(child.kind, kind)))
    throw unprocessable(
      'location-kind',
      'What is in this location cannot be in one of that kind. Move it first.',
      '/kind',
    )
  // The kinds only go from large to small, so a location can never get into itself.
  await refusing(
    db
      .updateTable('location')
      .set({ name, kind, parent_id: parentId })
      .where('id', '=', id)
      .execute(),
    refusals,
  )
}

/**
 * Refused while something or somebody is there.
 * @throws ProblemError 404, 409
 */
export async function removeLocation(db: Database, id: string): Promise<void> {
  const used = await db
    .selectFrom('ticket')
    .select('number')
    .where('location_id', '=', id)
    .limit(1)
    .executeTakeFirst()
  if (used) throw locationInUse('Tickets are')
  const removing = db.deleteFrom('location').where('id', '=', id).executeTakeFirst()
  const { numDeletedRows } = await refusing(removing, {
    location_parent_id_fkey: () => locationInUse('Other locations are'),
    contact_location_id_fkey: () => locationInUse('People are'),
    user_location_location_id_fkey: () => locationInUse('The limits of users are'),
    asset_location_id_fkey: () => locationInUse('Assets are, or were,'),
    document_location_id_fkey: () => locationInUse('Documents are, or were,'),
  })
  if (numDeletedRows === 0n) throw notFound('such location')
}

const locationInUse = (who: string) =>
  conflict(
    'location-in-use',
    `${who} at this location. Move them first, or give the location a new name.`,
  )
const refusals = {
  location_name_once: () =>
    conflict('location-name-taken', 'There is a location with this name here already.'),
}
