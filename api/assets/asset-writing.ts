import { sql } from 'kysely'
import type { z } from 'zod'
import type { Asset, assetChange } from '../../domain/assets/contract.ts'
import { isInside } from '../../domain/tree.ts'
import { knowContacts } from '../../application/contacts/known-contact.ts'
import { takeLock } from '../../platform/postgres/advisory-locks.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { excluded } from '../../platform/postgres/excluded.ts'
import { authorisedAsset } from './asset-view.ts'
import { type Line, differences } from './asset-history.ts'
import { authorisedLocation } from '../locations/location-access.ts'
import { conflict, unprocessable } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'

/** An asset before anything is known of it. */
export const blankAsset = (id: string): Asset => ({
  id,
  name: '',
  type: '',
  serial: '',
  model: '',
  status: 'inStock',
  location: null,
  user: null,
  purchasedOn: null,
  warrantyEnds: null,
  supplier: '',
  price: null,
  currency: 'EUR',
  notes: '',
  partOf: null,
  fromTicket: null,
  createdAt: '',
  updatedAt: '',
})

/**
 * The asset as a change makes it. Everything that the change names is looked up.
 * @throws ProblemError 422 that names the field, 409 when another asset has the serial number.
 */
export async function changedAsset(
  db: Database,
  user: SignedInUser,
  before: Asset,
  change: z.infer<typeof assetChange>,
  isNew: boolean,
): Promise<Asset> {
  const { locationId, partOfId, ...plain } = change
  const after: Asset = { ...before, ...plain }
  if (locationId !== undefined || isNew)
    after.location = await authorisedLocation(db, user, locationId ?? null, '/locationId')
  if (partOfId !== undefined)
    after.partOf = partOfId === null ? null : await wholeFor(db, user, before.id, partOfId)
  if (after.serial !== '' && after.serial.toLowerCase() !== before.serial.toLowerCase())
    await refuseTakenSerial(db, after)
  return after
}

/** Compares under a lock: of two who enter the same one, the second is told. */
async function refuseTakenSerial(db: Database, { id, serial }: Asset): Promise<void> {
  await takeLock(db, 'assetSerials')
  const other = await db
    .selectFrom('asset')
    .select('name')
    .where((eb) => eb(eb.fn('lower', ['serial']), '=', eb.fn('lower', [eb.val(serial)])))
    .where('id', '<>', id)
    .where('removed_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  if (other)
    throw conflict(
      'serial-taken',
      `Another asset, ${other.name}, has the serial number ${serial}. Look whether it is the same thing.`,
    )
}

/** Looks under a lock: of two that would become parts of each other, the second is told. */
async function wholeFor(
  db: Database,
  user: SignedInUser,
  id: string,
  partOfId: string,
): Promise<{ id: string; name: string }> {
  const whole = await authorisedAsset(db, user, partOfId).catch(() => null)
  if (!whole)
    throw unprocessable(
      'asset-not-found',
      'The asset that this one is to be part of does not exist, or you may not see it.',
      '/partOfId',
    )
  await takeLock(db, 'assetParts')
  const around = await db
    .withRecursive('up', (up) =>
      up
        .selectFrom('asset')
        .select(['id', 'part_of_id'])
        .where('id', '=', partOfId)
        .union(
          up
            .selectFrom('asset as a')
            .innerJoin('up', 'up.part_of_id', 'a.id')
            .select(['a.id', 'a.part_of_id']),
        ),
    )
    .selectFrom('up')
    .select(['id', 'part_of_id'])
    .execute()
  if (isInside(new Map(around.map((a) => [a.id, a.part_of_id])), id, partOfId))
    throw unprocessable(
      'asset-circle',
      'An asset cannot be part of itself, nor of something that is part of it.',
      '/partOfId',
    )
  return { id: whole.id, name: whole.name }
}

/** Writes the row, new or changed, and knows its user as a contact. */
export async function writeAsset(db: Database, asset: Asset): Promise<void> {
  const { location, user, partOf } = asset
  if (user) await knowContacts(db, [{ email: user.email.toLowerCase(), name: user.name }])
  await db
    .insertInto('asset')
    .values({
      id: asset.id,
      name: asset.name,
      type: asset.type,
      serial: asset.serial,
      model: asset.model,
      status: asset.status,
      location_id: location?.id ?? null,
      user_email: user?.email ?? '',
      user_name: user?.name ?? '',
      purchased_on: asset.purchasedOn,
      warranty_ends: asset.warrantyEnds,
      supplier: asset.supplier,
      price: asset.price,
      currency: asset.currency,
      notes: asset.notes,
      part_of_id: partOf?.id ?? null,
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ ...excluded('asset', written), updated_at: sql`now()` }),
    )
    .execute()
}

/** What a person says of an asset by itself. */
export const assetColumns = [
  'name',
  'type',
  'serial',
  'model',
  'status',
  'location_id',
  'user_email',
  'user_name',
  'purchased_on',
  'warranty_ends',
  'supplier',
  'price',
  'currency',
  'notes',
] as const

/** What a change writes anew. */
const written = [...assetColumns, 'part_of_id'] as const

/**
 * The row locked for a change; others may be made parts of it meanwhile.
 * @throws ProblemError 404
 */
export async function lockedAsset(db: Database, user: SignedInUser, id: string): Promise<Asset> {
  await db.selectFrom('asset').select('id').where('id', '=', id).forNoKeyUpdate().execute()
  return authorisedAsset(db, user, id)
}

/** What a history says of a change, in words that last: names, not ids. */
export const assetDifferences = (before: Asset, after: Asset): Line[] =>
  differences(noted(before), noted(after))

const noted = (asset: Asset) => ({
  name: asset.name,
  type: asset.type,
  serial: asset.serial,
  model: asset.model,
  status: asset.status,
  location: asset.location?.name ?? null,
  userEmail: asset.user?.email ?? null,
  userName: asset.user?.name ?? null,
  purchasedOn: asset.purchasedOn,
  warrantyEnds: asset.warrantyEnds,
  supplier: asset.supplier,
  price: asset.price,
  currency: asset.currency,
  notes: asset.notes,
  partOf: asset.partOf?.name ?? null,
})
