import type pg from 'pg'
import type { z } from 'zod'
import type { documentChange, DocumentView } from '../../domain/assets/contract.ts'
import { pgQuery } from '../../platform/postgres/query.ts'
import { bindAttachments } from '../conversation/attachment-binding.ts'
import { authorisedDocument } from './document-view.ts'
import { differences, type Line, note } from './asset-history.ts'
import { databaseOn } from '../../platform/postgres/database.ts'
import { authorisedLocation } from '../locations/location-access.ts'
import type { SignedInUser } from '../access/sessions.ts'

type Db = Pick<pg.ClientBase, 'query'>

/** A document before anything is known of it. */
export const blankDocument = (id: string): DocumentView => ({
  id,
  kind: 'other',
  title: '',
  number: '',
  supplier: '',
  issuedOn: null,
  endsOn: null,
  version: '',
  seats: null,
  seatsUsed: null,
  amount: null,
  currency: 'EUR',
  location: null,
  notes: '',
  createdAt: '',
  updatedAt: '',
})

/**
 * The document as a change makes it.
 * @throws ProblemError 422 that names the field
 */
export async function changedDocument(
  db: Db,
  user: SignedInUser,
  before: DocumentView,
  { locationId, ...plain }: z.infer<typeof documentChange>,
  isNew: boolean,
): Promise<DocumentView> {
  const after: DocumentView = { ...before, ...plain }
  if (locationId !== undefined || isNew)
    after.location = await authorisedLocation(
      databaseOn(db),
      user,
      locationId ?? null,
      '/locationId',
    )
  return after
}

/** Writes the row, new or changed. */
export async function writeDocument(db: Db, document: DocumentView): Promise<void> {
  await db.query(
    `INSERT INTO document (id, kind, title, number, supplier, issued_on, ends_on, version, seats, amount, currency, location_id, notes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     ON CONFLICT (id) DO UPDATE SET kind = $2, title = $3, number = $4, supplier = $5, issued_on = $6, ends_on = $7, version = $8, seats = $9, amount = $10, currency = $11, location_id = $12,
       notes = $13, updated_at = now()`,
    [
      document.id,
      document.kind,
      document.title,
      document.number,
      document.supplier,
      document.issuedOn,
      document.endsOn,
      document.version,
      document.seats,
      document.amount,
      document.currency,
      document.location?.id ?? null,
      document.notes,
    ],
  )
}

/**
 * The row locked for a change.
 * @throws ProblemError 404
 */
export async function lockedDocument(
  db: Db,
  user: SignedInUser,
  id: string,
): Promise<DocumentView> {
  await db.query('SELECT 1 FROM document WHERE id = $1 FOR UPDATE', [id])
  return authorisedDocument(db, user, id)
}

/** What a history says of a change: an upgrade of a licence is its seats, version and end. */
export const documentDifferences = (before: DocumentView, after: DocumentView): Line[] =>
  differences(noted(before), noted(after))

const noted = (document: DocumentView) => ({
  kind: document.kind,
  title: document.title,
  number: document.number,
  supplier: document.supplier,
  issuedOn: document.issuedOn,
  endsOn: document.endsOn,
  version: document.version,
  seats: document.seats === null ? null : String(document.seats),
  amount: document.amount,
  currency: document.currency,
  location: document.location?.name ?? null,
  notes: document.notes,
})

/**
 * Ties uploaded files to a document; its history names them.
 * @throws ProblemError 422
 */
export async function addFiles(
  client: Db,
  user: SignedInUser,
  documentId: string,
  attachmentIds: readonly string[],
): Promise<void> {
  if (attachmentIds.length === 0) return
  await bindAttachments(pgQuery(client), { documentId }, attachmentIds, user.id)
  const { rows } = await client.query<{ filename: string }>(
    'SELECT filename FROM attachment WHERE id = ANY($1::uuid[]) ORDER BY position, id',
    [attachmentIds],
  )
  await note(
    client,
    user,
    { documentId },
    rows.map(({ filename }) => ({ change: 'fileAdded', to: filename })),
  )
}
