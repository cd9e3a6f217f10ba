import type pg from 'pg'
import type { DocumentDetail, EquipmentDocument } from '../domain/contract/equipment.ts'
import { seesPlace, visibleDepartments, visiblePlaces } from '../domain/permissions.ts'
import { attachmentsOf } from './message-view.ts'
import { notFound, ProblemError, unprocessable } from './problem.ts'
import type { SignedInUser } from './sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

export interface DocumentRow extends Omit<EquipmentDocument, 'place' | 'createdAt' | 'updatedAt'> {
  place_id: string | null
  place_name: string | null
  created_at: Date
  updated_at: Date
}

/** On `document d`. */
export const DOCUMENT_COLUMNS = `d.id, d.kind, d.title, d.number, d.supplier, d.issued_on::text AS "issuedOn", d.ends_on::text AS "endsOn", d.version, d.seats, CASE WHEN d.seats IS NOT NULL THEN (SELECT count(*)::int FROM asset_document u JOIN asset s ON s.id = u.asset_id
    WHERE u.document_id = d.id AND s.removed_at IS NULL AND s.status NOT IN ('retired', 'lost')) END AS "seatsUsed", d.amount::text, d.currency,
  d.place_id, place_path(d.place_id) AS place_name, d.notes, d.created_at, d.updated_at`

export const documentOf = ({
  place_id,
  place_name,
  created_at,
  updated_at,
  ...row
}: DocumentRow): EquipmentDocument => ({
  ...row,
  place: place_id === null ? null : { id: place_id, name: place_name ?? '' },
  createdAt: created_at.toISOString(),
  updatedAt: updated_at.toISOString(),
})

/**
 * The one door to a document.
 * @param what was asked for, when it is something on the document.
 * @throws ProblemError 404 when it does not exist, was removed, or is at a place that the person
 *   does not see.
 */
export async function seenDocument(
  db: Db,
  user: SignedInUser,
  id: string,
  what = 'such document',
): Promise<EquipmentDocument> {
  const {
    rows: [row],
  } = await db.query<DocumentRow>(
    `SELECT ${DOCUMENT_COLUMNS} FROM document d WHERE d.id = $1 AND d.removed_at IS NULL`,
    [id],
  )
  if (!row || !seesPlace(user, row.place_id)) throw notFound(what)
  return documentOf(row)
}

/**
 * A document that a request names in its body.
 * @param pointer of the field that names it.
 * @throws ProblemError 422 when the person does not see it.
 */
export const namedDocument = (
  db: Db,
  user: SignedInUser,
  id: string,
  pointer: string,
): Promise<EquipmentDocument> =>
  seenDocument(db, user, id).catch((error: unknown) => {
    throw error instanceof ProblemError
      ? unprocessable(
          'document-not-found',
          'This document does not exist, or you may not see it.',
          pointer,
        )
      : error
  })

/** A document with everything that hangs on it, as far as the person sees that. */
export async function documentWithLinks(
  db: Db,
  user: SignedInUser,
  id: string,
): Promise<DocumentDetail> {
  const document = await seenDocument(db, user, id)
  const {
    rows: [links],
  } = await db.query<Pick<DocumentDetail, 'files' | 'assets' | 'documents' | 'tickets'>>(
    `SELECT ${attachmentsOf('document_id = $1')} AS files,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name) ORDER BY lower(a.name)), '[]') FROM asset_document x JOIN asset a ON a.id = x.asset_id
         WHERE x.document_id = $1 AND a.removed_at IS NULL AND ($3::uuid[] IS NULL OR a.place_id = ANY($3))) AS assets,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'title', o.title, 'kind', o.kind) ORDER BY lower(o.title)), '[]')
         FROM document_link x JOIN document o ON o.id = CASE WHEN x.one_id = $1 THEN x.other_id ELSE x.one_id END
         WHERE (x.one_id = $1 OR x.other_id = $1) AND o.removed_at IS NULL AND ($3::uuid[] IS NULL OR o.place_id = ANY($3))) AS documents,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('number', t.number, 'subject', t.subject, 'status', t.status) ORDER BY t.updated_at DESC), '[]')
         FROM ticket_document x JOIN ticket t ON t.number = x.ticket_number
         WHERE x.document_id = $1 AND ($2::uuid[] IS NULL OR t.department_id = ANY($2)) AND ($3::uuid[] IS NULL OR t.place_id = ANY($3))) AS tickets`,
    [id, visibleDepartments(user), visiblePlaces(user)],
  )
  return { ...document, ...links! }
}
