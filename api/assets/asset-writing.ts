import type pg from 'pg'
import type { z } from 'zod'
import type { Asset, assetChange } from '../../domain/assets/contract.ts'
import { knownContact } from '../../application/contacts/known-contact.ts'
import { advisoryLocks } from '../../platform/postgres/advisory-locks.ts'
import { authorisedAsset } from './asset-view.ts'
import { type Line, differences } from './asset-history.ts'
import { databaseOn } from '../../platform/postgres/database.ts'
import { authorisedLocation } from '../locations/location-access.ts'
import { conflict, unprocessable } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

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
  db: Db,
  user: SignedInUser,
  before: Asset,
  change: z.infer<typeof assetChange>,
  isNew: boolean,
): Promise<Asset> {
  const { locationId, partOfId, ...plain } = change
  const after: Asset = { ...before, ...plain }
  if (locationId !== undefined || isNew)
    after.location = await authorisedLocation(
      databaseOn(db),
      user,
      locationId ?? null,
      '/locationId',
    )
  if (partOfId !== undefined)
    after.partOf = partOfId === null ? null : await wholeFor(db, user, before.id, partOfId)
  if (after.serial !== '' && after.serial.toLowerCase() !== before.serial.toLowerCase())
    await refuseTakenSerial(db, after)
  return after
}

/** Compares under a lock: of two who enter the same one, the second is told. */
async function refuseTakenSerial(db: Db, { id, serial }: Asset): Promise<void> {
  await db.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.assetSerials])
  const {
    rows: [other],
  } = await db.query<{ name: string }>(
    'SELECT name FROM asset WHERE lower(serial) = lower($1) AND id <> $2 AND removed_at IS NULL LIMIT 1',
    [serial, id],
  )
  if (other)
    throw conflict(
      'serial-taken',
      `Another asset, ${other.name}, has the serial number ${serial}. Look whether it is the same thing.`,
    )
}

async function wholeFor(
  db: Db,
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
  const { rowCount } = await db.query(
    `WITH RECURSIVE up AS (SELECT id, part_of_id FROM asset WHERE id = $1 UNION SELECT a.id, a.part_of_id FROM asset a JOIN up ON a.id = up.part_of_id) SELECT 1 FROM up WHERE id = $2`,
    [partOfId, id],
  )
  if (rowCount)
    throw unprocessable(
      'asset-circle',
      'An asset cannot be part of itself, nor of something that is part of it.',
      '/partOfId',
    )
  return { id: whole.id, name: whole.name }
}

/** Writes the row, new or changed, and knows its user as a contact. */
export async function writeAsset(db: Db, asset: Asset): Promise<void> {
  if (asset.user)
    await db.query(knownContact('SELECT lower($1), $2'), [asset.user.email, asset.user.name])
  await db.query(
    `INSERT INTO asset (id, name, type, serial, model, status, location_id, user_email, user_name, purchased_on, warranty_ends, supplier, price, currency, notes, part_of_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     ON CONFLICT (id) DO UPDATE SET name = $2, type = $3, serial = $4, model = $5, status = $6, location_id = $7, user_email = $8, user_name = $9, purchased_on = $10, warranty_ends = $11,
       supplier = $12, price = $13, currency = $14, notes = $15, part_of_id = $16, updated_at = now()`,
    [
      asset.id,
      asset.name,
      asset.type,
      asset.serial,
      asset.model,
      asset.status,
      asset.location?.id ?? null,
      asset.user?.email ?? '',
      asset.user?.name ?? '',
      asset.purchasedOn,
      asset.warrantyEnds,
      asset.supplier,
      asset.price,
      asset.currency,
      asset.notes,
      asset.partOf?.id ?? null,
    ],
  )
}

/**
 * The row locked for a change.
 * @throws ProblemError 404
 */
export async function lockedAsset(db: Db, user: SignedInUser, id: string): Promise<Asset> {
  await db.query('SELECT 1 FROM asset WHERE id = $1 FOR UPDATE', [id])
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
