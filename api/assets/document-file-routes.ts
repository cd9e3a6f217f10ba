import { z } from 'zod'
import { uuidParams } from '../../domain/contract.ts'
import { documentDetail, documentFiles } from '../../domain/assets/contract.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { documentWithLinks } from './document-view.ts'
import { addFiles, lockedDocument } from './document-writing.ts'
import { note } from './asset-history.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

/** The files of a document. */
export function documentFileRoutes(api: Api, { db }: Dependencies): void {
  const config = { right: 'asset.manage' } as const

  api.post(
    '/documents/:id/files',
    {
      config,
      schema: {
        operationId: 'addDocumentFiles',
        summary: 'Add files to a document',
        description: 'Uploaded before with POST /attachments.',
        params: uuidParams,
        body: documentFiles,
        response: answers(201, documentDetail),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await db.transaction().execute(async (transaction) => {
        const { id } = await lockedDocument(transaction, user, request.params.id)
        await addFiles(transaction, user, id, request.body.attachmentIds)
      })
      return reply.code(201).send(await documentWithLinks(db, user, request.params.id))
    },
  )

  api.delete(
    '/documents/:id/files/:attachmentId',
    {
      config,
      schema: {
        operationId: 'removeDocumentFile',
        summary: 'Remove a file from a document',
        description: 'For good; the document’s history says its name.',
        params: uuidParams.extend({ attachmentId: z.uuid() }),
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await db.transaction().execute(async (transaction) => {
        const { id } = await lockedDocument(transaction, user, request.params.id)
        const file = await transaction
          .deleteFrom('attachment')
          .where('id', '=', request.params.attachmentId)
          .where('document_id', '=', id)
          .returning('filename')
          .executeTakeFirst()
        if (!file) throw notFound('such file')
        await note(transaction, user, { documentId: id }, [
          { change: 'fileRemoved', from: file.filename },
        ])
      })
      return reply.code(204).send()
    },
  )
}
