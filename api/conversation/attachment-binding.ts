import type { Query } from '../../platform/postgres/query.ts'
import { unprocessable } from '../http/problem.ts'

/**
 * Ties uploaded files to the message, note or document that they belong to. Only one's own uploads
 * that are nowhere else: an id is not a permission.
 * @throws ProblemError 422
 */
export async function bindAttachments(
  query: Query,
  owner: { messageId: string } | { noteId: string } | { documentId: string },
  attachmentIds: readonly string[],
  userId: string,
): Promise<void> {
  const ids = [...new Set(attachmentIds.map((id) => id.toLowerCase()))]
  if (ids.length === 0) return
  const bound = await query(
    `UPDATE attachment a SET message_id = $1::uuid, note_id = $2::uuid, document_id = $5::uuid, position = u.position
     FROM unnest($3::uuid[]) WITH ORDINALITY AS u(id, position)
     WHERE a.id = u.id AND a.uploaded_by = $4::uuid AND a.message_id IS NULL AND a.note_id IS NULL AND a.document_id IS NULL RETURNING a.id`,
    [
      'messageId' in owner ? owner.messageId : null,
      'noteId' in owner ? owner.noteId : null,
      ids,
      userId,
      'documentId' in owner ? owner.documentId : null,
    ],
  )
  if (bound.length !== ids.length) {
    throw unprocessable(
      'attachment-not-available',
      'An attachment is not there any more, or belongs to another message. Remove it and upload it again.',
      '/attachmentIds',
    )
  }
}
