import type pg from 'pg'
import type { DocumentDetail, DocumentView } from '../../domain/assets/contract.ts'
import { seesLocation, visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import { attachmentsOf } from '../conversation/message-view.ts'
import { notFound, ProblemError, unprocessable } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

export interface DocumentRow extends Omit<DocumentView, 'location' | 'createdAt' | 'updatedAt'> {
  location_id: string | null
  location_name: string | null
  created_at: Date
  updated_at: Date
}

/** On `document d`. */
export const DOCUMENT_COLUMNS = `d.id, d.kind, d.title, d.number, d.supplier, d.issued_on::text AS "issuedOn", d.ends_on::text AS "endsOn", d.version, d.seats, CASE WHEN d.seats IS NOT NULL THEN (SELECT count(*)::int FROM asset_document u JOIN asset s ON s.id = u.asset_id
    WHERE u.document_id = d.id AND s.removed_at IS NULL AND s.status NOT IN ('retired', 'lost')) END AS "seatsUsed", d.amount::text, d.currency,
  d.location_id, location_path(d.location_id) AS location_name, d.notes, d.created_at, d.updated_at`

export const documentOf = ({
  location_id,
  location_name,
  created_at,
  updated_at,
  ...row
}: DocumentRow): DocumentView => ({
  ...row,
  location: location_id === null ? null : { id: location_id, name: location_name ?? '' },
  createdAt: created_at.toISOString(),
  updatedAt: updated_at.toISOString(),
})

/**
 * The one door to a document.
 * @param what was asked for, when it is something on the document.
 * @throws ProblemError 404 when it does not exist, was removed, or is at a location that the person
 *   does not see.
 */
export async function authorisedDocument(
  db: Db,
  user: SignedInUser,
  id: string,
  what = 'such document',
): Promise<DocumentView> {
  const {
    rows: [row],
  } = await db.query<DocumentRow>(
    `SELECT ${DOCUMENT_COLUMNS} FROM document d WHERE d.id = $1 AND d.removed_at IS NULL`,
    [id],
  )
  if (!row || !seesLocation(user, row.location_id)) throw notFound(what)
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
): Promise<DocumentView> =>
  authorisedDocument(db, user, id).catch((error: unknown) => {
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
  const document = await authorisedDocument(db, user, id)
  const {
    rows: [links],
  } = await db.query<Pick<DocumentDetail, 'files' | 'assets' | 'documents' | 'tickets'>>(
    `SELECT ${attachmentsOf('document_id = $1')} AS files,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name) ORDER BY lower(a.name)), '[]') FROM asset_document x JOIN asset a ON a.id = x.asset_id
         WHERE x.document_id = $1 AND a.removed_at IS NULL AND ($3::uuid[] IS NULL OR a.location_id = ANY($3))) AS assets,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'title', o.title, 'kind', o.kind) ORDER BY lower(o.title)), '[]')
         FROM document_link x JOIN document o ON o.id = CASE WHEN x.one_id = $1 THEN x.other_id ELSE x.one_id END
         WHERE (x.one_id = $1 OR x.other_id = $1) AND o.removed_at IS NULL AND ($3::uuid[] IS NULL OR o.location_id = ANY($3))) AS documents,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('number', t.number, 'subject', t.subject, 'status', t.status) ORDER BY t.updated_at DESC), '[]')
         FROM ticket_document x JOIN ticket t ON t.number = x.ticket_number
         WHERE x.document_id = $1 AND ($2::uuid[] IS NULL OR t.department_id = ANY($2)) AND ($3::uuid[] IS NULL OR t.location_id = ANY($3))) AS tickets`,
    [id, visibleDepartments(user), visibleLocations(user)],
  )
  return { ...document, ...links! }
}
