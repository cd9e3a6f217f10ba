import { Readable } from 'node:stream'
import { z } from 'zod'
import { approvalParams } from '../../domain/approvals/contract.ts'
import { ticketParams } from '../../domain/contract.ts'
import {
  type LinkedDocument,
  newPurchase,
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
import { csvLine } from '../../domain/csv.ts'
import type { PurchaseDocument, Purchase as PurchaseState } from '../../domain/purchases/state.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { requireTicketFiles } from '../approvals/approval-texts.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { namedDocument } from '../assets/document-view.ts'
import { conflict, notFound } from '../http/problem.ts'
import { withChain } from './purchase-approval.ts'
import {
  type PurchaseCondition,
  purchaseCondition,
  purchaseRows,
  purchaseTotals,
} from './purchase-list.ts'
import {
  listedOf,
  type ListedRow,
  PURCHASE,
  purchaseOf,
  type PurchaseRow,
} from './purchase-view.ts'
import { type Api, answers, bytes } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { command, type AuthorisedTicket, authorisedTicket } from '../access/ticket-access.ts'

/** Purchase requests of an export read at once. */
const EXPORT_PAGE = 500
const cursorKeys = z.tuple([z.iso.datetime(), z.uuid()])

/** Purchase requests: from a draft by approval and order to what arrives. */
export function purchaseRoutes(api: Api, deps: Dependencies): void {
  const { db, pool } = deps

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
        purchaseRows(pool, condition, readCursor(cursor, cursorKeys), limit + 1),
        purchaseTotals(pool, condition),
      ])
      return {
        ...pageOf(rows, limit, listedOf, (row) => [row.created_at.toISOString(), row.id]),
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
        .send(Readable.from(csv(purchaseCondition(signedIn(request), request.query)))),
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
      const { number } = await authorisedTicket(db, signedIn(request), request.params.number)
      const { rows } = await pool.query<PurchaseRow>(
        `${PURCHASE} WHERE p.ticket_number = $1 ORDER BY p.id`,
        [number],
      )
      return { items: rows.map(purchaseOf), next: null }
    },
  )

  api.post(
    '/tickets/:number/purchases',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'createPurchase',
        summary: 'Draft a purchase request',
        params: ticketParams,
        body: newPurchase,
        response: answers(201, purchase),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
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
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'changePurchase',
        summary: 'Change a purchase request',
        description:
          'After it was submitted, a change of what is bought restarts its approval; a change of documents does not.',
        params: approvalParams,
        body: purchaseChange,
        response: answers(200, purchase),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { data } = await found(ticket.number, request.params.id)
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
        await withChain(pool, ticket, { ...data, ...change }, (approval) =>
          command(deps, user, ticket, 'changePurchase', { ...payload, approval }),
        )
      else await command(deps, user, ticket, 'changePurchase', payload)
      return purchaseOf(await found(ticket.number, data.id))
    },
  )

  api.post(
    '/tickets/:number/purchases/:id/submission',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'submitPurchase',
        summary: 'Submit a purchase request',
        description: 'The rules of the settings say by whom it is approved.',
        params: approvalParams,
        body: purchaseSubmission,
        response: answers(200, purchase),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { data } = await found(ticket.number, request.params.id)
      const { revision } = request.body
      requireRevision(data, revision)
      await withChain(pool, ticket, data, (approval) =>
        command(deps, user, ticket, 'submitPurchase', { purchaseId: data.id, revision, approval }),
      )
      return purchaseOf(await found(ticket.number, data.id))
    },
  )

  api.post(
    '/tickets/:number/purchases/:id/order',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'orderPurchase',
        summary: 'Note that an approved purchase was ordered',
        params: approvalParams,
        body: purchaseOrder,
        response: answers(200, purchase),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { id } = await found(ticket.number, request.params.id)
      await command(deps, user, ticket, 'orderPurchase', {
        purchaseId: id,
        reference: request.body.reference,
      })
      return purchaseOf(await found(ticket.number, id))
    },
  )

  api.post(
    '/tickets/:number/purchases/:id/receipt',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'receivePurchase',
        summary: 'Note what has arrived',
        description: 'All of it or a part, with the assets that it becomes.',
        params: approvalParams,
        body: purchaseReceipt,
        response: answers(200, purchase),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { id } = await found(ticket.number, request.params.id)
      const { lines, assets } = request.body
      const delivered = assets.map((asset) => ({ ...asset, id: newId() }))
      await command(deps, user, ticket, 'receivePurchase', {
        purchaseId: id,
        lines,
        assets: delivered,
      })
      for (const asset of delivered) await linkDelivered(user, ticket, asset)
      return purchaseOf(await found(ticket.number, id))
    },
  )

  api.post(
    '/tickets/:number/purchases/:id/cancellation',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'cancelPurchase',
        summary: 'Cancel a purchase request',
        description:
          'It is not bought, or the rest of it will not come. Its approval is withdrawn; what has arrived stays.',
        params: approvalParams,
        body: purchaseCancellation,
        response: answers(200, purchase),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { id } = await found(ticket.number, request.params.id)
      await command(deps, user, ticket, 'cancelPurchase', {
        purchaseId: id,
        reason: request.body.reason,
      })
      return purchaseOf(await found(ticket.number, id))
    },
  )

  async function* csv(condition: PurchaseCondition): AsyncGenerator<string> {
    yield csvLine([
      'created_at',
      'ticket',
      'subject',
      'department',
      'title',
      'state',
      'requested_by',
      'order_number',
      'item',
      'quantity',
      'received',
      'unit_price',
      'amount',
      'currency',
      'supplier',
      'cost_centre',
    ])
    for (let after: [string, string] | null = null; ;) {
      const rows: ListedRow[] = await purchaseRows(pool, condition, after, EXPORT_PAGE)
      yield rows
        .map(listedOf)
        .flatMap(({ lines, ...p }) =>
          lines.map((line) =>
            csvLine([
              p.createdAt,
              p.ticketNumber,
              p.ticketSubject,
              p.departmentName,
              p.title,
              p.state,
              p.requestedBy.name,
              p.orderReference,
              line.item,
              line.quantity,
              line.received,
              line.unitPrice,
              line.amount,
              line.currency,
              line.supplier,
              line.costCentre,
            ]),
          ),
        )
        .join('')
      const last = rows.at(-1)
      if (!last || rows.length < EXPORT_PAGE) return
      after = [last.created_at.toISOString(), last.id]
    }
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
    const {
      rows: [row],
    } = await pool.query<PurchaseRow>(`${PURCHASE} WHERE p.id = $1 AND p.ticket_number = $2`, [
      id,
      number,
    ])
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
        registered.set(
          documentId,
          (await namedDocument(pool, user, documentId, '/documents')).title,
        )
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
