import { sql } from 'kysely'
import type { z } from 'zod'
import type { assetImport, AssetImportResult } from '../../domain/assets/contract.ts'
import type { ImportErrorCode } from '../../domain/assets/import-errors.ts'
import { type ImportedAsset, type KnownAssets, readAssets } from '../../domain/assets/import.ts'
import { comparedPath } from '../../domain/locations/location-tree.ts'
import { visibleLocations } from '../../domain/permissions.ts'
import { knowContacts } from '../../application/contacts/known-contact.ts'
import { takeLock } from '../../platform/postgres/advisory-locks.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb, recordset } from '../../platform/postgres/json.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { actorOf } from '../access/authentication.ts'
import { csvText } from './csv-text.ts'
import { ProblemError } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { atVisibleLocation } from '../access/visible-locations.ts'
import { assetColumns } from './asset-writing.ts'

const SAMPLE = 20

/**
 * Reads a file of assets and, unless it is a preview, writes them: all of them in one transaction,
 * or with an error none.
 * @returns what was read, with every error's location and remedy.
 */
export function importAssets(
  db: Database,
  user: SignedInUser,
  { csv, base64, preview }: z.infer<typeof assetImport>,
): Promise<AssetImportResult> {
  const text = csv ?? csvText(Buffer.from(base64 ?? '', 'base64'))
  if (text.includes('\u0000'))
    throw new ProblemError(
      422,
      'csv-not-text',
      'This file is no CSV file. Save the table as CSV, then choose it again.',
    )
  return db.transaction().execute(async (transaction) => {
    // What is known must stay so until the assets are written.
    await takeLock(transaction, 'assetSerials')
    const { assets, errors, errorTotal } = readAssets(text, await knownAssets(transaction, user))
    if (!preview && errors.length === 0) await writeImported(transaction, user, assets)
    return {
      imported: preview || errors.length > 0 ? 0 : assets.length,
      total: assets.length,
      errorTotal,
      errors: errors.map((error) => ({ ...error, message: remedies[error.code] })),
      sample: assets
        .slice(0, SAMPLE)
        .map(({ line, name, type, serial, status, userEmail, price, warrantyEnds }) => ({
          line,
          name,
          type,
          serial,
          status,
          user: userEmail,
          price,
          warrantyEnds,
        })),
    }
  })
}

/**
 * Only locations that the person sees can be named. Somebody limited to locations has to name one in
 * every line, because an empty one is no location.
 */
async function knownAssets(db: Database, user: SignedInUser): Promise<KnownAssets> {
  const locations = await db
    .selectFrom('location')
    .select((eb) => ['id', eb.fn<string>('location_path', ['id']).as('path')])
    .where(atVisibleLocation(user, 'id'))
    .execute()
  const serials = await db
    .selectFrom('asset')
    .select((eb) => eb.fn<string>('lower', ['serial']).as('serial'))
    .where('serial', '<>', '')
    .where('removed_at', 'is', null)
    .execute()
  const locationsByPath = new Map<string, string[]>()
  for (const { id, path } of locations)
    locationsByPath.set(comparedPath(path), [
      ...(locationsByPath.get(comparedPath(path)) ?? []),
      id,
    ])
  return {
    locationsByPath,
    serials: new Set(serials.map((row) => row.serial)),
    locationNeeded: visibleLocations(user) !== null,
  }
}

async function writeImported(
  db: Database,
  user: SignedInUser,
  assets: readonly ImportedAsset[],
): Promise<void> {
  await knowContacts(
    db,
    assets.map(({ userEmail: email, userName: name }) => ({ email, name })),
  )
  const rows = recordset(
    'r',
    assets.map(({ line: _, ...asset }) => ({ ...asset, id: newId() })),
    {
      id: 'uuid',
      name: 'text',
      type: 'text',
      serial: 'text',
      model: 'text',
      status: '"AssetStatus"',
      locationId: 'uuid',
      userEmail: 'text',
      userName: 'text',
      purchasedOn: 'date',
      warrantyEnds: 'date',
      supplier: 'text',
      price: 'numeric',
      currency: 'text',
      notes: 'text',
    },
  )
  await db
    .with('made', (made) =>
      made
        .insertInto('asset')
        .columns(['id', ...assetColumns])
        .expression((eb) =>
          eb
            .selectFrom(rows)
            .select([
              'r.id',
              'r.name',
              'r.type',
              'r.serial',
              'r.model',
              'r.status',
              'r.locationId',
              'r.userEmail',
              'r.userName',
              'r.purchasedOn',
              'r.warrantyEnds',
              'r.supplier',
              'r.price',
              'r.currency',
              'r.notes',
            ]),
        )
        .returning(['id', 'name']),
    )
    .insertInto('asset_history')
    .columns(['asset_id', 'actor', 'change', 'to'])
    .expression((eb) =>
      eb
        .selectFrom('made')
        .select([
          'made.id',
          jsonb(actorOf(user)).as('actor'),
          sql.lit('imported').as('change'),
          'made.name',
        ]),
    )
    .execute()
}

/** What is wrong, and what to do. */
const remedies: Record<ImportErrorCode, string> = {
  'file-empty':
    'The file has no line with an asset. Its first line holds the headings, the others one asset each.',
  'file-too-long': 'The file has more than 5000 assets. Cut it into several files.',
  'quote-not-closed':
    'A quotation mark is opened and not closed. Close it, or double it where it is part of the text.',
  'text-after-quote':
    'Text follows a closing quotation mark. Double quotation marks that are part of the text.',
  'column-unknown':
    'This heading is not known. Give it one of the known names, or remove the column.',
  'column-twice': 'Another column has the same meaning. Remove one of them.',
  'column-missing': 'This column is missing. Every asset needs a name and a type.',
  'field-without-column':
    'This value has no heading above it. Look for a separator too many in this line.',
  'value-missing': 'This value is needed. Fill it in.',
  'value-too-long': 'This value is too long. Shorten it.',
  'status-unknown': 'This is no status. Write in stock, in use, in repair, retired or lost.',
  'location-unknown':
    'There is no such location. Write the whole way to it, such as Acme / Finance / Room 12, or add it in the settings first.',
  'location-ambiguous': 'Several locations have this name. Give them different names first.',
  'location-needed': 'You are limited to some locations. Name one of them.',
  'email-invalid':
    'This is no e-mail address. Write one such as anna@example.com, or leave it empty.',
  'date-invalid': 'This is no day. Write it as 2026-11-24 or 24/11/2026.',
  'amount-invalid':
    'This is no clear amount. Write it as 1249.00 or 1249,00, without a sign for thousands.',
  'currency-invalid': 'This is no currency. Write its three letters, such as EUR.',
  'serial-twice': 'Another line has the same serial number. Correct one of them.',
  'serial-known':
    'An asset with this serial number is here already. Remove the line, or correct the number.',
}
