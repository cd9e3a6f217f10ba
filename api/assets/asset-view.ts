import { type InferResult, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { Asset, AssetDetail } from '../../domain/assets/contract.ts'
import { seesLocation } from '../../domain/permissions.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { atVisibleLocation } from '../access/visible-locations.ts'
import { seesTicket } from '../access/visible-tickets.ts'
import { notFound } from '../http/problem.ts'
import { confirmationOf, confirmations } from './confirmation-view.ts'

/** Assets `a` with what their view needs. */
export const assets = (db: Database) =>
  db
    .selectFrom('asset as a')
    .leftJoin('asset as w', (join) =>
      join.onRef('w.id', '=', 'a.part_of_id').on('w.removed_at', 'is', null),
    )
    .select((eb) => [
      'a.id',
      'a.name',
      'a.type',
      'a.serial',
      'a.model',
      'a.status',
      'a.location_id as locationId',
      eb.fn<string | null>('location_path', ['a.location_id']).as('locationName'),
      'a.user_email as userEmail',
      'a.user_name as userName',
      eb.cast<string | null>('a.purchased_on', 'text').as('purchasedOn'),
      eb.cast<string | null>('a.warranty_ends', 'text').as('warrantyEnds'),
      'a.supplier',
      'a.price',
      'a.currency',
      'a.notes',
      'w.id as wholeId',
      'w.name as wholeName',
      'a.from_ticket as fromTicket',
      'a.created_at as createdAt',
      'a.updated_at as updatedAt',
    ])
    .where('a.removed_at', 'is', null)

/** The order of lists. */
export const byName = sql<string>`lower(a.name)`

export type AssetRow = InferResult<ReturnType<typeof assets>>[number]

export const assetOf = ({
  locationId,
  locationName,
  userEmail,
  userName,
  wholeId,
  wholeName,
  createdAt,
  updatedAt,
  ...row
}: AssetRow): Asset => ({
  ...row,
  location: locationId === null ? null : { id: locationId, name: locationName ?? '' },
  user: userEmail === '' ? null : { email: userEmail, name: userName },
  partOf: wholeId === null ? null : { id: wholeId, name: wholeName ?? '' },
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
})

/**
 * The one door to an asset.
 * @throws ProblemError 404 when it does not exist, was removed, or is at a location that the person
 *   does not see.
 */
export async function authorisedAsset(
  db: Database,
  user: SignedInUser,
  id: string,
): Promise<Asset> {
  const row = await assets(db).where('a.id', '=', id).executeTakeFirst()
  if (!row || !seesLocation(user, row.locationId)) throw notFound('such asset')
  return assetOf(row)
}

/** An asset with everything that hangs on it, as far as the person sees that. */
export async function assetWithLinks(
  db: Database,
  user: SignedInUser,
  id: string,
): Promise<AssetDetail> {
  const asset = await authorisedAsset(db, user, id)
  const links = await db
    .selectNoFrom((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('asset as p')
          .select(['p.id', 'p.name'])
          .where('p.part_of_id', '=', id)
          .where('p.removed_at', 'is', null)
          .where(atVisibleLocation(user, 'p.location_id'))
          .orderBy((e) => e.fn('lower', ['p.name'])),
      ).as('parts'),
      jsonArrayFrom(
        eb
          .selectFrom('asset_document as x')
          .innerJoin('document as d', 'd.id', 'x.document_id')
          .select(['d.id', 'd.title', 'd.kind'])
          .where('x.asset_id', '=', id)
          .where('d.removed_at', 'is', null)
          .where(atVisibleLocation(user, 'd.location_id'))
          .orderBy((e) => e.fn('lower', ['d.title'])),
      ).as('documents'),
      jsonArrayFrom(
        eb
          .selectFrom('ticket_asset as x')
          .innerJoin('ticket as t', 't.number', 'x.ticket_number')
          .select(['t.number', 't.subject', 't.status'])
          .where('x.asset_id', '=', id)
          .where(seesTicket(user))
          .orderBy('t.updated_at', 'desc'),
      ).as('tickets'),
    ])
    .executeTakeFirstOrThrow()
  const asked = await confirmations(db)
    .innerJoin('ticket as t', 't.number', 'c.ticket_number')
    .where(sql<boolean>`c.assets @> ${JSON.stringify([{ id }])}::jsonb`)
    .where(seesTicket(user))
    .orderBy('c.created_at', 'desc')
    .execute()
  return { ...asset, ...links, confirmations: asked.map(confirmationOf) }
}
