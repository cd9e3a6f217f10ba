import { z } from 'zod'
import { ticketParams } from '../../domain/contract.ts'
import {
  assetLink,
  documentLink,
  ticketAssets,
  ticketDocuments,
} from '../../domain/assets/contract.ts'
import { authorisedAsset } from './asset-view.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { authorisedDocument } from './document-view.ts'
import { ProblemError, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent, orKept } from '../http/route-schema.ts'
import { command, requestedTicket } from '../access/ticket-access.ts'
import { assetsOfTicket, documentsOfTicket } from './ticket-asset-view.ts'

/** Assets and documents on a ticket: linked by its commands, so that its history has them. */
export function ticketAssetRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps
  const config = { right: 'asset.manage' } as const

  api.get(
    '/tickets/:number/assets',
    {
      config,
      schema: {
        operationId: 'listTicketAssets',
        summary: 'Assets of a ticket',
        description: 'Linked ones, and those that the requester has.',
        params: ticketParams,
        response: answers(200, ticketAssets),
      },
    },
    async (request) => {
      const { user, ticket } = await requestedTicket(db, request)
      return assetsOfTicket(db, user, ticket.number)
    },
  )

  api.post(
    '/tickets/:number/assets',
    {
      config,
      schema: {
        operationId: 'linkTicketAsset',
        summary: 'Link an asset',
        description: 'What the ticket is about. The link stands in the histories of both.',
        params: ticketParams,
        body: assetLink,
        response: orKept(answers(201, ticketAssets)),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { id, name } = await inBody(authorisedAsset(db, user, request.body.assetId), '/assetId')
      await command(deps, user, ticket, 'linkAsset', { asset: { id, name } })
      return reply.code(201).send(await assetsOfTicket(db, user, ticket.number))
    },
  )

  api.delete(
    '/tickets/:number/assets/:assetId',
    {
      config,
      schema: {
        operationId: 'unlinkTicketAsset',
        summary: 'Unlink an asset',
        description: 'Both stay; their histories say it.',
        params: ticketParams.extend({ assetId: z.uuid() }),
        response: orKept(noContent),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { assetId } = request.params
      await command(deps, user, ticket, 'unlinkAsset', { assetId })
      return reply.code(204).send()
    },
  )

  api.get(
    '/tickets/:number/documents',
    {
      config,
      schema: {
        operationId: 'listTicketDocuments',
        summary: 'Documents of a ticket',
        description:
          'Linked ones, and those of the assets that are linked or that the requester has.',
        params: ticketParams,
        response: answers(200, ticketDocuments),
      },
    },
    async (request) => {
      const { user, ticket } = await requestedTicket(db, request)
      return documentsOfTicket(db, user, ticket.number)
    },
  )

  api.post(
    '/tickets/:number/documents',
    {
      config,
      schema: {
        operationId: 'linkTicketDocument',
        summary: 'Link a document',
        description:
          'A paper that belongs to the ticket. The link stands in the histories of both.',
        params: ticketParams,
        body: documentLink,
        response: orKept(answers(201, ticketDocuments)),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { id, title, kind } = await inBody(
        authorisedDocument(db, user, request.body.documentId),
        '/documentId',
      )
      await command(deps, user, ticket, 'linkDocument', { document: { id, title, kind } })
      return reply.code(201).send(await documentsOfTicket(db, user, ticket.number))
    },
  )

  api.delete(
    '/tickets/:number/documents/:documentId',
    {
      config,
      schema: {
        operationId: 'unlinkTicketDocument',
        summary: 'Unlink a document',
        description: 'Both stay; their histories say it.',
        params: ticketParams.extend({ documentId: z.uuid() }),
        response: orKept(noContent),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { documentId } = request.params
      await command(deps, user, ticket, 'unlinkDocument', { documentId })
      return reply.code(204).send()
    },
  )
}

/** What a body names and cannot be found is the body's mistake, not the address's. */
const inBody = <T>(authorised: Promise<T>, pointer: string): Promise<T> =>
  authorised.catch((error: unknown) => {
    throw error instanceof ProblemError && error.status === 404
      ? unprocessable('not-found', error.message, pointer)
      : error
  })
