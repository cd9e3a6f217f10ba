import { z } from 'zod'
import { uuidParams } from '../../domain/contract.ts'
import { type Attachment, attachment } from '../../domain/conversation/contract.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { authorisedDocument } from '../assets/document-view.ts'
import { sendDownload } from '../http/download.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, bytes } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { authorisedTicket, ticketOfMessage } from '../access/ticket-access.ts'

/** Larger mails are refused by nearly every mail server. */
export const LARGEST_FILE = 50 * 1024 * 1024

interface AttachmentRow {
  sha256: string
  filename: string
  contentType: string
  uploadedBy: string | null
  /** Of the message or note that it belongs to, once that is part of the ticket's history. */
  messageId: string | null
  noteTicket: number | null
  /** Where the note's ticket goes on, when it was merged. */
  noteShownIn: number | null
  /** The document that it is a file of. */
  documentId: string | null
}

const SELECT = `SELECT a.blob_sha256 AS sha256, a.filename, a.content_type AS "contentType", a.uploaded_by AS "uploadedBy", m.id AS "messageId", n.ticket_number AS "noteTicket", merge_target(n.ticket_number) AS "noteShownIn", a.document_id AS "documentId"
  FROM attachment a LEFT JOIN message m ON m.id = a.message_id AND m.event_no IS NOT NULL LEFT JOIN note n ON n.id = a.note_id AND n.event_no IS NOT NULL WHERE a.id = $1`

/**
 * Files: uploaded before the message or note that they then belong to, and read through its ticket.
 */
export function attachmentRoutes(api: Api, { db, pool, blobs }: Dependencies): void {
  api.post(
    '/attachments',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'uploadAttachment',
        summary: 'Upload a file',
        consumes: ['multipart/form-data'],
        response: answers(201, attachment),
        description: `One file in the form field \`file\`, of at most ${LARGEST_FILE / 1024 / 1024} MB. Then name its id in \`attachmentIds\` of a message, note or ticket.`,
      },
    },
    async (request, reply) => {
      const { id: userId } = signedIn(request)
      const { upload } = request
      if (!upload) throw new Error('this route consumes multipart/form-data')
      const { content, filename, contentType } = upload
      const saved: Attachment = {
        id: newId(),
        filename,
        contentType,
        size: content.length,
        inline: false,
        contentId: null,
      }
      const hash = await blobs.put(content)
      await pool.query(
        'INSERT INTO attachment (id, uploaded_by, blob_sha256, filename, content_type, size) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING',
        [saved.id, userId, hash, saved.filename, saved.contentType, saved.size],
      )
      return reply.code(201).send(saved)
    },
  )

  api.get(
    '/attachments/:id',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'downloadAttachment',
        summary: 'Download a file',
        description:
          'With `inline=1` pictures and PDF are shown by the browser; everything else is only downloaded.',
        params: uuidParams,
        querystring: z.object({ inline: z.stringbool().optional() }),
        response: bytes('application/octet-stream', 'The file, under its own type.'),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const {
        rows: [row],
      } = await pool.query<AttachmentRow>({
        name: 'attachment',
        text: SELECT,
        values: [request.params.id],
      })
      if (!row) throw notFound('such attachment')
      if (row.documentId !== null)
        await authorisedDocument(pool, user, row.documentId, 'such attachment')
      else if (row.messageId !== null)
        await ticketOfMessage(db, user, row.messageId, 'such attachment')
      else if (row.noteTicket !== null)
        await authorisedThroughEither(user, row.noteTicket, row.noteShownIn ?? row.noteTicket)
      else if (row.uploadedBy !== user.id) throw notFound('such attachment')
      return sendDownload(request, reply, { ...row, inline: request.query.inline ?? false }, blobs)
    },
  )

  const authorisedThroughEither = (
    user: SignedInUser,
    own: number,
    shownIn: number,
  ): Promise<unknown> =>
    authorisedTicket(db, user, own, 'such attachment').catch((error: unknown) =>
      own === shownIn
        ? Promise.reject(error as Error)
        : authorisedTicket(db, user, shownIn, 'such attachment'),
    )
}
