import { Readable } from 'node:stream'
import { z } from 'zod'
import { approvalParams } from '../../domain/approvals/contract.ts'
import { ticketParams } from '../../domain/contract.ts'
import {
  type LinkedDocument,
  newPurchase,
  type Purchase,
  purchase,
  purchaseCancellation,
  purchaseChange,
  purchaseFilter,
  purchaseList,
  purchaseOrder,
  purchasePage,
  purchaseQuery,
  purchaseReceipt,
  purchaseSubmission,
} from '../../domain/purchases/contract.ts'
import type { PurchaseDocument, Purchase as PurchaseState } from '../../domain/purchases/state.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { requireTicketFiles } from '../approvals/approval-texts.ts'
import type { FastifyRequest } from 'fastify'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { namedDocument } from '../assets/document-view.ts'
import { conflict, notFound } from '../http/problem.ts'
import { withChain } from './purchase-approval.ts'
import { purchaseCsv } from './purchase-csv.ts'
import { purchaseCondition, purchaseRows, purchaseTotals } from './purchase-list.ts'
import { listedOf, purchaseOf, type PurchaseRow, purchases } from './purchase-view.ts'
import { type Api, answers, bytes } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { type AuthorisedTicket, command, requestedTicket } from '../access/ticket-access.ts'

const cursorKeys = z.tuple([z.iso.datetime(), z.uuid()])

/** Purchase requests: from a draft by approval and order to what arrives. */
export function purchaseRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps
  const config = { right: 'ticket.work' } as const
  const onPurchase = { params: approvalParams, response: answers(200, purchase) }

  api.get(
    '/purchases',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listPurchases',
        summary: 'Purchase requests',
        description:
          'Newest first, within the departments and locations that one sees. The sums are of all that is found.',
        querystring: purchaseQuery,
        response: answers(200, purchaseList),
      },
    },
    async (request) => {
      const { cursor, limit } = request.query
      const condition = purchaseCondition(signedIn(request), request.query)
      const [rows, sums] = await Promise.all([
        purchaseRows(db, condition, readCursor(cursor, cursorKeys), limit + 1),
        purchaseTotals(db, condition),
      ])
      return {
        ...pageOf(rows, limit, listedOf, (row) => [row.createdAt.toISOString(), row.id]),
        ...sums,
      }
    },
  )

  api.get(
    '/purchases.csv',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'exportPurchases',
        summary: 'Purchase requests as a table',
        description:
          'The same as `/purchases`, whole, one row for each line that is bought, as CSV (RFC 4180, UTF-8). Texts that a spreadsheet would take for formulas have an apostrophe before them.',
        querystring: purchaseFilter,
        response: bytes('text/csv', 'One row for each line, after a row of headings.'),
      },
    },
    (request, reply) =>
      reply
        .header('content-disposition', 'attachment; filename="purchases.csv"')
        .type('text/csv; charset=utf-8; header=present')
        .send(Readable.from(purchaseCsv(db, purchaseCondition(signedIn(request), request.query)))),
  )

  api.get(
    '/tickets/:number/purchases',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTicketPurchases',
        summary: 'Purchase requests of a ticket',
        params: ticketParams,
        response: answers(200, purchasePage),
      },
    },
    async (request) => {
      const { ticket } = await requestedTicket(db, request)
      const rows = await purchases(db)
        .where('p.ticket_number', '=', ticket.number)
        .orderBy('p.id')
        .execute()
      return { items: rows.map(purchaseOf), next: null }
    },
  )

  api.post(
    '/tickets/:number/purchases',
    {
      config,
      schema: {
        operationId: 'createPurchase',
        summary: 'Draft a purchase request',
        params: ticketParams,
        body: newPurchase,
        response: answers(201, purchase),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { title, currency, lines, documents } = request.body
      const purchaseId = newId()
      const named = await documentsOf(user, ticket.number, documents, [])
      await command(
        deps,
        user,
        ticket,
        'draftPurchase',
        { purchaseId, title, currency, lines: lines.map(withId), documents: named },
        `purchase-${purchaseId}`,
      )
      return reply.code(201).send(purchaseOf(await found(ticket.number, purchaseId)))
    },
  )

  api.patch(
    '/tickets/:number/purchases/:id',
    {
      config,
      schema: {
        operationId: 'changePurchase',
        summary: 'Change a purchase request',
        description:
          'After it was submitted, a change of what is bought restarts its approval; a change of documents does not.',
        ...onPurchase,
        body: purchaseChange,
      },
    },
    (request) =>
      step(request, async (user, ticket, data) => {
        const { revision, lines, documents, ...rest } = request.body
        requireRevision(data, revision)
        const change = {
          ...rest,
          ...(lines ? { lines: lines.map(withId) } : {}),
          ...(documents
            ? { documents: await documentsOf(user, ticket.number, documents, data.documents) }
            : {}),
        }
        const payload = { purchaseId: data.id, revision, ...change }
        if (data.state === 'requested' || data.state === 'approved')
          await withChain(db, ticket, { ...data, ...change }, (approval) =>
            command(deps, user, ticket, 'changePurchase', { ...payload, approval }),
          )
        else await command(deps, user, ticket, 'changePurchase', payload)
      }),
  )

  api.post(
    '/tickets/:number/purchases/:id/submission',
    {
      config,
      schema: {
        operationId: 'submitPurchase',
        summary: 'Submit a purchase request',
        description: 'The rules of the settings say by whom it is approved.',
        ...onPurchase,
        body: purchaseSubmission,
      },
    },
    (request) =>
      step(request, async (user, ticket, data) => {
        const { revision } = request.body
        requireRevision(data, revision)
        await withChain(db, ticket, data, (approval) =>
          command(deps, user, ticket, 'submitPurchase', {
            purchaseId: data.id,
            revision,
            approval,
          }),
        )
      }),
  )

  api.post(
    '/tickets/:number/purchases/:id/order',
    {
      config,
      schema: {
        operationId: 'orderPurchase',
        summary: 'Note that an approved purchase was ordered',
        ...onPurchase,
        body: purchaseOrder,
      },
    },
    (request) =>
      step(request, async (user, ticket, { id: purchaseId }) => {
        const { reference } = request.body
        await command(deps, user, ticket, 'orderPurchase', { purchaseId, reference })
      }),
  )

  api.post(
    '/tickets/:number/purchases/:id/receipt',
    {
      config,
      schema: {
        operationId: 'receivePurchase',
        summary: 'Note what has arrived',
        description: 'All of it or a part, with the assets that it becomes.',
        ...onPurchase,
        body: purchaseReceipt,
      },
    },
    (request) =>
      step(request, async (user, ticket, { id: purchaseId }) => {
        const { lines } = request.body
        const assets = request.body.assets.map((asset) => ({ ...asset, id: newId() }))
        await command(deps, user, ticket, 'receivePurchase', { purchaseId, lines, assets })
        for (const asset of assets) await linkDelivered(user, ticket, asset)
      }),
  )

  api.post(
    '/tickets/:number/purchases/:id/cancellation',
    {
      config,
      schema: {
        operationId: 'cancelPurchase',
        summary: 'Cancel a purchase request',
        description:
          'It is not bought, or the rest of it will not come. Its approval is withdrawn; what has arrived stays.',
        ...onPurchase,
        body: purchaseCancellation,
      },
    },
    (request) =>
      step(request, async (user, ticket, { id: purchaseId }) => {
        const { reason } = request.body
        await command(deps, user, ticket, 'cancelPurchase', { purchaseId, reason })
      }),
  )

  /**
   * What is done with a purchase request of a ticket.
   * @returns it as it is then.
   */
  async function step(
    request: Pick<FastifyRequest, 'user'> & { params: { number: number; id: string } },
    take: (user: SignedInUser, ticket: AuthorisedTicket, purchase: PurchaseState) => Promise<void>,
  ): Promise<Purchase> {
    const { user, ticket } = await requestedTicket(db, request)
    const { id, data } = await found(ticket.number, request.params.id)
    await take(user, ticket, data)
    return purchaseOf(await found(ticket.number, id))
  }

  /**
   * A ticket that has no room for more links keeps its receipt: the asset's own history says where
   * it came from.
   */
  async function linkDelivered(
    user: SignedInUser,
    ticket: AuthorisedTicket,
    { id, name }: { id: string; name: string },
  ): Promise<void> {
    await command(deps, user, ticket, 'linkAsset', { asset: { id, name } }).catch(
      (error: unknown) => {
        if (!(error instanceof CommandRejectedError && error.code === 'too-many-links')) throw error
      },
    )
  }

  async function found(number: number, id: string): Promise<PurchaseRow> {
    const row = await purchases(db)
      .where('p.id', '=', id)
      .where('p.ticket_number', '=', number)
      .executeTakeFirst()
    if (!row) throw notFound('such purchase request')
    return row
  }

  /** @param present those that the request has already: they stay, whoever changes it. */
  async function documentsOf(
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
      name: (
        name ||
        names.get(attachmentId?.toLowerCase() ?? '') ||
        registered.get(documentId ?? '') ||
        ''
      ).slice(0, 200),
    }))
  }
}

/**
 * The approval is looked up for what is read here; the ticket looks again, so that of two changes
 * at once one comes second.
 */
function requireRevision({ revision, title }: PurchaseState, expectedRevision: number): void {
  if (expectedRevision !== revision)
    throw conflict(
      'purchase-changed',
      `Somebody changed “${title}” meanwhile. Look at it again, then act.`,
    )
}

const withId = <L extends { id?: string | undefined }>(line: L): L & { id: string } => ({
  ...line,
  id: line.id ?? newId(),
})
