import type pg from 'pg'
import { z } from 'zod'
import { ticketParams } from '../../domain/contract.ts'
import {
  type Asset,
  assetLink,
  documentLink,
  type DocumentView,
  ticketAssets,
  type TicketAssets,
  ticketDocuments,
  type TicketDocuments,
} from '../../domain/assets/contract.ts'
import { visibleLocations } from '../../domain/permissions.ts'
import {
  ASSET_COLUMNS,
  ASSET_JOINS,
  assetOf,
  type AssetRow,
  authorisedAsset,
} from './asset-view.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import {
  DOCUMENT_COLUMNS,
  documentOf,
  type DocumentRow,
  authorisedDocument,
} from './document-view.ts'
import { ProblemError, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'

/** More are not proposed: the search finds the rest. */
const SUGGESTED = 10

/** Assets and documents on a ticket: linked by its commands, so that its history has them. */
export function ticketAssetRoutes(api: Api, deps: Dependencies): void {
  const { db, pool } = deps
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
      const user = signedIn(request)
      return assetsOf(pool, user, (await authorisedTicket(db, user, request.params.number)).number)
    },
  )

  api.post(
    '/tickets/:number/assets',
    {
      config,
      schema: {
        operationId: 'linkTicketAsset',
        summary: 'Link an asset',
        params: ticketParams,
        body: assetLink,
        response: answers(201, ticketAssets),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { id, name } = await inBody(
        authorisedAsset(pool, user, request.body.assetId),
        '/assetId',
      )
      await command(deps, user, ticket, 'linkAsset', { asset: { id, name } })
      return reply.code(201).send(await assetsOf(pool, user, ticket.number))
    },
  )

  api.delete(
    '/tickets/:number/assets/:assetId',
    {
      config,
      schema: {
        operationId: 'unlinkTicketAsset',
        summary: 'Unlink an asset',
        params: ticketParams.extend({ assetId: z.uuid() }),
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await command(
        deps,
        user,
        await authorisedTicket(db, user, request.params.number),
        'unlinkAsset',
        { assetId: request.params.assetId },
      )
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
      const user = signedIn(request)
      return documentsOf(
        pool,
        user,
        (await authorisedTicket(db, user, request.params.number)).number,
      )
    },
  )

  api.post(
    '/tickets/:number/documents',
    {
      config,
      schema: {
        operationId: 'linkTicketDocument',
        summary: 'Link a document',
        params: ticketParams,
        body: documentLink,
        response: answers(201, ticketDocuments),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { id, title, kind } = await inBody(
        authorisedDocument(pool, user, request.body.documentId),
        '/documentId',
      )
      await command(deps, user, ticket, 'linkDocument', { document: { id, title, kind } })
      return reply.code(201).send(await documentsOf(pool, user, ticket.number))
    },
  )

  api.delete(
    '/tickets/:number/documents/:documentId',
    {
      config,
      schema: {
        operationId: 'unlinkTicketDocument',
        summary: 'Unlink a document',
        params: ticketParams.extend({ documentId: z.uuid() }),
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await command(
        deps,
        user,
        await authorisedTicket(db, user, request.params.number),
        'unlinkDocument',
        { documentId: request.params.documentId },
      )
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

const LINKED_ASSET = 'a.id IN (SELECT asset_id FROM ticket_asset WHERE ticket_number = $1)'
/** Whatever the requester has and still uses; on `asset a`. */
const OF_REQUESTER = `a.user_email <> '' AND a.user_email = (SELECT lower(requester_email) FROM ticket WHERE number = $1) AND a.status NOT IN ('retired', 'lost')`
const LINKED_DOCUMENT = 'd.id IN (SELECT document_id FROM ticket_document WHERE ticket_number = $1)'

async function assetsOf(pool: pg.Pool, user: SignedInUser, number: number): Promise<TicketAssets> {
  const found = async (where: string, limit: number): Promise<Asset[]> =>
    (
      await pool.query<AssetRow>(
        `SELECT ${ASSET_COLUMNS} FROM asset a ${ASSET_JOINS} WHERE a.removed_at IS NULL AND ($2::uuid[] IS NULL OR a.location_id = ANY($2)) AND ${where} ORDER BY lower(a.name), a.id LIMIT ${limit}`,
        [number, visibleLocations(user)],
      )
    ).rows.map(assetOf)
  const [linked, suggested] = await Promise.all([
    found(LINKED_ASSET, 500),
    found(`NOT (${LINKED_ASSET}) AND ${OF_REQUESTER}`, SUGGESTED),
  ])
  return { linked, suggested }
}

async function documentsOf(
  pool: pg.Pool,
  user: SignedInUser,
  number: number,
): Promise<TicketDocuments> {
  const found = async (where: string, first: string, limit: number): Promise<DocumentView[]> =>
    (
      await pool.query<DocumentRow>(
        `SELECT ${DOCUMENT_COLUMNS} FROM document d WHERE d.removed_at IS NULL AND ($2::uuid[] IS NULL OR d.location_id = ANY($2)) AND ${where} ORDER BY ${first} lower(d.title), d.id LIMIT ${limit}`,
        [number, visibleLocations(user)],
      )
    ).rows.map(documentOf)
  const ofAssets = (which: string): string =>
    `d.id IN (SELECT x.document_id FROM asset_document x JOIN asset a ON a.id = x.asset_id WHERE a.removed_at IS NULL AND ${which})`
  const [linked, suggested] = await Promise.all([
    found(LINKED_DOCUMENT, '', 500),
    // First the papers of what the ticket is about.
    found(
      `NOT (${LINKED_DOCUMENT}) AND (${ofAssets(LINKED_ASSET)} OR ${ofAssets(`($2::uuid[] IS NULL OR a.location_id = ANY($2)) AND ${OF_REQUESTER}`)})`,
      `${ofAssets(LINKED_ASSET)} DESC,`,
      SUGGESTED,
    ),
  ])
  return { linked, suggested }
}
