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

/**
 * Files: uploaded before the message or note that they then belong to, and read through its ticket.
 */
export function attachmentRoutes(api: Api, { db, blobs }: Dependencies): void {
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
      await db
        .insertInto('attachment')
        .values({
          id: saved.id,
          uploaded_by: userId,
          blob_sha256: hash,
          filename,
          content_type: contentType,
          size: saved.size,
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
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
      const row = await attachmentWith(request.params.id)
      if (!row) throw notFound('such attachment')
      if (row.documentId !== null)
        await authorisedDocument(db, user, row.documentId, 'such attachment')
      else if (row.messageId !== null)
        await ticketOfMessage(db, user, row.messageId, 'such attachment')
      else if (row.noteTicket !== null)
        await authorisedThroughEither(user, row.noteTicket, row.noteShownIn ?? row.noteTicket)
      else if (row.uploadedBy !== user.id) throw notFound('such attachment')
      return sendDownload(request, reply, { ...row, inline: request.query.inline ?? false }, blobs)
    },
  )

  /** A file with what it belongs to, once that is part of a ticket's history. */
  const attachmentWith = (id: string) =>
    db
      .selectFrom('attachment as a')
      .leftJoin('message as m', (join) =>
        join.onRef('m.id', '=', 'a.message_id').on('m.event_no', 'is not', null),
      )
      .leftJoin('note as n', (join) =>
        join.onRef('n.id', '=', 'a.note_id').on('n.event_no', 'is not', null),
      )
      .select((eb) => [
        'a.blob_sha256 as sha256',
        'a.filename',
        'a.content_type as contentType',
        'a.uploaded_by as uploadedBy',
        'm.id as messageId',
        'n.ticket_number as noteTicket',
        // Where the note's ticket goes on, when it was merged.
        eb.fn<number | null>('merge_target', ['n.ticket_number']).as('noteShownIn'),
        'a.document_id as documentId',
      ])
      .where('a.id', '=', id)
      .executeTakeFirst()

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
