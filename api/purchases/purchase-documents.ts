import { cut } from '../../domain/cut.ts'
import type { LinkedDocument } from '../../domain/purchases/contract.ts'
import type { PurchaseDocument } from '../../domain/purchases/state.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { requireTicketFiles } from '../approvals/approval-texts.ts'
import { namedDocument } from '../assets/document-view.ts'

/**
 * Files of the ticket and registered documents, by their names of now.
 * @param present those that the request has already: they stay, whoever changes it.
 * @throws ProblemError 422
 */
export async function documentsOf(
  db: Database,
  user: SignedInUser,
  number: number,
  documents: readonly LinkedDocument[],
  present: readonly PurchaseDocument[],
): Promise<PurchaseDocument[]> {
  const names = await requireTicketFiles(
    db,
    number,
    documents.flatMap(({ attachmentId }) => attachmentId ?? []),
    '/documents',
  )
  const registered = new Map(
    present.flatMap((one) => (one.documentId === null ? [] : [[one.documentId, one.name]])),
  )
  for (const { documentId } of documents)
    if (documentId !== undefined && !registered.has(documentId))
      registered.set(documentId, (await namedDocument(db, user, documentId, '/documents')).title)
  return documents.map(({ kind, attachmentId = null, documentId = null, name }) => ({
    kind,
    attachmentId,
    documentId,
    name: cut(
      name ||
        names.get(attachmentId?.toLowerCase() ?? '') ||
        registered.get(documentId ?? '') ||
        '',
      200,
    ),
  }))
}
