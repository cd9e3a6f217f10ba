import { z } from 'zod'
import { uuidParams } from '../../domain/contract.ts'
import { assetDetail, documentDetail, documentLink } from '../../domain/assets/contract.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { documentWithLinks } from './document-view.ts'
import { relateAssetAndDocument, relateDocuments } from './asset-relations.ts'
import { assetWithLinks } from './asset-view.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

/** What a document is linked with: assets, and other documents. */
export function documentLinkRoutes(api: Api, { db }: Dependencies): void {
  const config = { right: 'asset.manage' } as const

  api.post(
    '/assets/:id/documents',
    {
      config,
      schema: {
        operationId: 'linkAssetDocument',
        summary: 'Link a document with an asset',
        description: 'Linking what is linked changes nothing. Both have to be seen by the caller.',
        params: uuidParams,
        body: documentLink,
        response: answers(201, assetDetail),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const { id } = request.params
      await relateAssetAndDocument(db, user, id, request.body.documentId, true)
      return reply.code(201).send(await assetWithLinks(db, user, id))
    },
  )

  api.delete(
    '/assets/:id/documents/:documentId',
    {
      config,
      schema: {
        operationId: 'unlinkAssetDocument',
        summary: 'Unlink a document from an asset',
        description: 'Both stay. Unlinking what is not linked changes nothing.',
        params: uuidParams.extend({ documentId: z.uuid() }),
        response: noContent,
      },
    },
    async (request, reply) => {
      const { id, documentId } = request.params
      await relateAssetAndDocument(db, signedIn(request), id, documentId, false)
      return reply.code(204).send()
    },
  )

  api.post(
    '/documents/:id/links',
    {
      config,
      schema: {
        operationId: 'linkDocuments',
        summary: 'Link two documents',
        description:
          'Such as an invoice and its warranty: the link stands on both. Linking what is linked changes nothing.',
        params: uuidParams,
        body: documentLink,
        response: answers(201, documentDetail),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const { id } = request.params
      await relateDocuments(db, user, id, request.body.documentId, true)
      return reply.code(201).send(await documentWithLinks(db, user, id))
    },
  )

  api.delete(
    '/documents/:id/links/:documentId',
    {
      config,
      schema: {
        operationId: 'unlinkDocuments',
        summary: 'Unlink two documents',
        description: 'From either side. Both stay.',
        params: uuidParams.extend({ documentId: z.uuid() }),
        response: noContent,
      },
    },
    async (request, reply) => {
      const { id, documentId } = request.params
      await relateDocuments(db, signedIn(request), id, documentId, false)
      return reply.code(204).send()
    },
  )
}
