import type { Database } from '../../platform/postgres/database.ts'
import { recordset } from '../../platform/postgres/json.ts'
import { unprocessable } from '../http/problem.ts'

/** What files belong to. */
export type AttachmentOwner = { message_id: string } | { note_id: string } | { document_id: string }

/** An uploaded file, with the Content-ID under which a message shows it (RFC 2392). */
export interface BoundFile {
  id: string
  contentId: string | null
}

/**
 * Ties uploaded files to the message, note or document that they belong to, in this order. Only
 * one's own uploads that are nowhere else: an id is not a permission.
 * @throws ProblemError 422
 */
export async function bindAttachments(
  db: Database,
  owner: AttachmentOwner,
  attachmentIds: readonly string[],
  userId: string,
): Promise<void> {
  const ids = new Set(attachmentIds.map((id) => id.toLowerCase()))
  const files = [...ids].map((id) => ({ id, contentId: null }))
  if (!(await bindFiles(db, owner, files, userId)))
    throw unprocessable(
      'attachment-not-available',
      'An attachment is not there any more, or belongs to another message. Remove it and upload it again.',
      '/attachmentIds',
    )
}

/** @returns whether all of them could be tied. */
export async function bindFiles(
  db: Database,
  owner: AttachmentOwner,
  files: readonly BoundFile[],
  userId: string,
): Promise<boolean> {
  if (files.length === 0) return true
  const rows = files.map((file, i) => ({ ...file, position: i + 1 }))
  const bound = await db
    .updateTable('attachment as a')
    .from(recordset('f', rows, { id: 'uuid', contentId: 'text', position: 'integer' }))
    .set((eb) => ({
      ...owner,
      position: eb.ref('f.position'),
      inline: eb('f.contentId', 'is not', null).$castTo<boolean>(),
      content_id: eb.ref('f.contentId'),
    }))
    .whereRef('a.id', '=', 'f.id')
    .where('a.uploaded_by', '=', userId)
    .where('a.message_id', 'is', null)
    .where('a.note_id', 'is', null)
    .where('a.document_id', 'is', null)
    .returning('a.id')
    .execute()
  return bound.length === files.length
}
