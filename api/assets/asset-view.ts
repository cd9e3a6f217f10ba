import type pg from 'pg'
import type { Asset, AssetDetail } from '../../domain/assets/contract.ts'
import { seesLocation, visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import { confirmationOf, CONFIRMATION_COLUMNS, type ConfirmationRow } from './confirmation-view.ts'
import { notFound } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

export interface AssetRow extends Omit<
  Asset,
  'location' | 'user' | 'partOf' | 'createdAt' | 'updatedAt'
> {
  location_id: string | null
  location_name: string | null
  user_email: string
  user_name: string
  part_of_id: string | null
  part_of_name: string | null
  created_at: Date
  updated_at: Date
}

/** On `asset a` with its joins. */
export const ASSET_COLUMNS = `a.id, a.name, a.type, a.serial, a.model, a.status, a.location_id, location_path(a.location_id) AS location_name, a.user_email, a.user_name,
  a.purchased_on::text AS "purchasedOn", a.warranty_ends::text AS "warrantyEnds", a.supplier, a.price::text, a.currency, a.notes, a.part_of_id, w.name AS part_of_name,
  a.from_ticket AS "fromTicket", a.created_at, a.updated_at`
export const ASSET_JOINS = 'LEFT JOIN asset w ON w.id = a.part_of_id AND w.removed_at IS NULL'

export const assetOf = ({
  location_id,
  location_name,
  user_email,
  user_name,
  part_of_id,
  part_of_name,
  created_at,
  updated_at,
  ...row
}: AssetRow): Asset => ({
  ...row,
  location: location_id === null ? null : { id: location_id, name: location_name ?? '' },
  user: user_email === '' ? null : { email: user_email, name: user_name },
  partOf:
    part_of_id === null || part_of_name === null ? null : { id: part_of_id, name: part_of_name },
  createdAt: created_at.toISOString(),
  updatedAt: updated_at.toISOString(),
})

/**
 * The one door to an asset.
 * @throws ProblemError 404 when it does not exist, was removed, or is at a location that the person
 *   does not see.
 */
export async function authorisedAsset(db: Db, user: SignedInUser, id: string): Promise<Asset> {
  const {
    rows: [row],
  } = await db.query<AssetRow>(
    `SELECT ${ASSET_COLUMNS} FROM asset a ${ASSET_JOINS} WHERE a.id = $1 AND a.removed_at IS NULL`,
    [id],
  )
  if (!row || !seesLocation(user, row.location_id)) throw notFound('such asset')
  return assetOf(row)
}

/** An asset with everything that hangs on it, as far as the person sees that. */
export async function assetWithLinks(db: Db, user: SignedInUser, id: string): Promise<AssetDetail> {
  const asset = await authorisedAsset(db, user, id)
  const {
    rows: [links],
  } = await db.query<Pick<AssetDetail, 'parts' | 'documents' | 'tickets'>>(
    `SELECT (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) ORDER BY lower(p.name)), '[]') FROM asset p
         WHERE p.part_of_id = $1 AND p.removed_at IS NULL AND ($3::uuid[] IS NULL OR p.location_id = ANY($3))) AS parts,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'title', d.title, 'kind', d.kind) ORDER BY lower(d.title)), '[]')
         FROM asset_document x JOIN document d ON d.id = x.document_id WHERE x.asset_id = $1 AND d.removed_at IS NULL AND ($3::uuid[] IS NULL OR d.location_id = ANY($3))) AS documents,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('number', t.number, 'subject', t.subject, 'status', t.status) ORDER BY t.updated_at DESC), '[]')
         FROM ticket_asset x JOIN ticket t ON t.number = x.ticket_number
         WHERE x.asset_id = $1 AND ($2::uuid[] IS NULL OR t.department_id = ANY($2)) AND ($3::uuid[] IS NULL OR t.location_id = ANY($3))) AS tickets`,
    [id, visibleDepartments(user), visibleLocations(user)],
  )
  const { rows: confirmations } = await db.query<ConfirmationRow>(
    `SELECT ${CONFIRMATION_COLUMNS} FROM confirmation c JOIN ticket t ON t.number = c.ticket_number
     WHERE c.event_no IS NOT NULL AND c.assets @> jsonb_build_array(jsonb_build_object('id', $1::text)) AND ($2::uuid[] IS NULL OR t.department_id = ANY($2)) AND ($3::uuid[] IS NULL OR t.location_id = ANY($3)) ORDER BY c.created_at DESC`,
    [id, visibleDepartments(user), visibleLocations(user)],
  )
  return { ...asset, ...links!, confirmations: confirmations.map(confirmationOf) }
}
