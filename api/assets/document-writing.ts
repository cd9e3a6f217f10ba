import { isSecondAttempt } from '../http/idempotency/attempt.ts'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { documentChange, DocumentView } from '../../domain/assets/contract.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { excluded } from '../../platform/postgres/excluded.ts'
import { bindAttachments } from '../conversation/attachment-binding.ts'
import { authorisedDocument } from './document-view.ts'
import { differences, type Line, note } from './asset-history.ts'
import { authorisedLocation } from '../locations/location-access.ts'
import type { SignedInUser } from '../access/sessions.ts'

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
  db: Database,
  user: SignedInUser,
  before: DocumentView,
  { locationId, ...plain }: z.infer<typeof documentChange>,
  isNew: boolean,
): Promise<DocumentView> {
  const after: DocumentView = { ...before, ...plain }
  if (locationId !== undefined || isNew)
    after.location = await authorisedLocation(db, user, locationId ?? null, '/locationId')
  return after
}

/** Writes the row, new or changed. */
export async function writeDocument(db: Database, document: DocumentView): Promise<void> {
  await db
    .insertInto('document')
    .values({
      id: document.id,
      kind: document.kind,
      title: document.title,
      number: document.number,
      supplier: document.supplier,
      issued_on: document.issuedOn,
      ends_on: document.endsOn,
      version: document.version,
      seats: document.seats,
      amount: document.amount,
      currency: document.currency,
      location_id: document.location?.id ?? null,
      notes: document.notes,
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({ ...excluded('document', written), updated_at: sql`now()` }),
    )
    .execute()
}

/** What a change writes anew. */
const written = [
  'kind',
  'title',
  'number',
  'supplier',
  'issued_on',
  'ends_on',
  'version',
  'seats',
  'amount',
  'currency',
  'location_id',
  'notes',
] as const

/**
 * The row locked for a change.
 * @throws ProblemError 404
 */
export async function lockedDocument(
  db: Database,
  user: SignedInUser,
  id: string,
): Promise<DocumentView> {
  await db.selectFrom('document').select('id').where('id', '=', id).forUpdate().execute()
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
  db: Database,
  user: SignedInUser,
  documentId: string,
  attachmentIds: readonly string[],
): Promise<void> {
  // By an earlier attempt of this request.
  const bound = isSecondAttempt() ? await filesAmong(db, documentId, attachmentIds) : []
  const unbound = attachmentIds.filter((id) => !bound.includes(id.toLowerCase()))
  if (unbound.length === 0) return
  await bindAttachments(db, { document_id: documentId }, unbound, user.id)
  const files = await db
    .selectFrom('attachment')
    .select('filename')
    .where('id', '=', anyOf(unbound, 'uuid'))
    .orderBy('position')
    .orderBy('id')
    .execute()
  await note(
    db,
    user,
    { documentId },
    files.map(({ filename }) => ({ change: 'fileAdded', to: filename })),
  )
}

const filesAmong = async (
  db: Database,
  documentId: string,
  attachmentIds: readonly string[],
): Promise<string[]> => {
  const rows = await db
    .selectFrom('attachment')
    .select('id')
    .where('document_id', '=', documentId)
    .where('id', '=', anyOf(attachmentIds, 'uuid'))
    .execute()
  return rows.map(({ id }) => id)
}
