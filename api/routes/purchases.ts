import { z } from 'zod'
import { approvalParams } from '../../domain/contract/approvals.ts'
import { ticketParams } from '../../domain/contract/common.ts'
import { type LinkedDocument, newPurchase, purchase, purchaseChange, purchaseOrder, purchasePage, purchaseQuery, purchaseReceipt, purchaseSubmission } from '../../domain/contract/purchases.ts'
import { visibleDepartments } from '../../domain/permissions.ts'
import type { PurchaseDocument, Purchase as PurchaseState } from '../../domain/purchases/state.ts'
import { timeOrderedId } from '../../platform/time-ordered-id.ts'
import { requireTicketFiles } from '../approval-texts.ts'
import { signedIn } from '../authentication.ts'
import { pageOf, readCursor } from '../cursor.ts'
import { placeLimit } from '../place-limit.ts'
import type { Dependencies } from '../dependencies.ts'
import { namedDocument } from '../document-view.ts'
import { conflict, notFound } from '../problem.ts'
import { withChain } from '../purchase-approval.ts'
import { PURCHASE, purchaseOf, type PurchaseRow } from '../purchase-view.ts'
import { type Api, answers } from '../route-schema.ts'
import type { SignedInUser } from '../sessions.ts'
import { command, seenTicket } from '../ticket-access.ts'

const cursorKeys = z.tuple([z.iso.datetime(), z.uuid()])

/** Purchase requests: from a draft by approval and order to what arrives. */
export function purchaseRoutes(api: Api, deps: Dependencies): void {
  const { pool } = deps
  const tags = ['Purchases']

  api.get('/purchases', {
    config: { right: 'ticket.read' },
    schema: { tags, summary: 'Purchase requests', description: 'Newest first, within the departments that one sees.', querystring: purchaseQuery, response: answers(200, purchasePage) },
  }, async (request) => {
    const { cursor, limit, state, department } = request.query
    const [at = null, id = null] = readCursor(cursor, cursorKeys) ?? []
    const { rows } = await pool.query<PurchaseRow>(
      `${PURCHASE} JOIN ticket t ON t.number = p.ticket_number
       WHERE ($1::uuid[] IS NULL OR t.department_id = ANY($1)) AND ${placeLimit(signedIn(request))} AND ($2::text IS NULL OR p.state = $2) AND ($3::uuid IS NULL OR t.department_id = $3)
         AND ($4::timestamptz IS NULL OR (p.created_at, p.id) < ($4, $5::uuid))
       ORDER BY p.created_at DESC, p.id DESC LIMIT $6`, [visibleDepartments(signedIn(request)), state ?? null, department ?? null, at, id, limit + 1])
    return pageOf(rows, limit, purchaseOf, (row) => [row.created_at.toISOString(), row.id])
  })

  api.get('/tickets/:number/purchases', {
    config: { right: 'ticket.read' },
    schema: { tags, summary: 'Purchase requests of a ticket', params: ticketParams, response: answers(200, purchasePage) },
  }, async (request) => {
    const { number } = await seenTicket(pool, signedIn(request), request.params.number)
    const { rows } = await pool.query<PurchaseRow>(`${PURCHASE} WHERE p.ticket_number = $1 ORDER BY p.id`, [number])
    return { items: rows.map(purchaseOf), next: null }
  })

  api.post('/tickets/:number/purchases', {
    config: { right: 'ticket.work' },
    schema: { tags, summary: 'Draft a purchase request', params: ticketParams, body: newPurchase, response: answers(201, purchase) },
  }, async (request, reply) => {
    const user = signedIn(request)
    const ticket = await seenTicket(pool, user, request.params.number)
    const { title, currency, lines, documents } = request.body
    const purchaseId = timeOrderedId()
    const named = await documentsOf(user, ticket.number, documents, [])
    await command(deps, user, ticket, 'draftPurchase', { purchaseId, title, currency, lines: lines.map(withId), documents: named }, `purchase-${purchaseId}`)
    return reply.code(201).send(purchaseOf(await found(ticket.number, purchaseId)))
  })

  api.patch('/tickets/:number/purchases/:id', {
    config: { right: 'ticket.work' },
    schema: { tags, summary: 'Change a purchase request', description: 'After it was submitted, a change of what is bought restarts its approval; a change of documents does not.', params: approvalParams, body: purchaseChange, response: answers(200, purchase) },
  }, async (request) => {
    const user = signedIn(request)
    const ticket = await seenTicket(pool, user, request.params.number)
    const { data } = await found(ticket.number, request.params.id)
    const { revision, lines, documents, ...rest } = request.body
    requireRevision(data, revision)
    const change = { ...rest, ...(lines ? { lines: lines.map(withId) } : {}), ...(documents ? { documents: await documentsOf(user, ticket.number, documents, data.documents) } : {}) }
    const payload = { purchaseId: data.id, revision, ...change }
    if (data.state === 'requested' || data.state === 'approved') await withChain(pool, ticket, { ...data, ...change }, (approval) => command(deps, user, ticket, 'changePurchase', { ...payload, approval }))
    else await command(deps, user, ticket, 'changePurchase', payload)
    return purchaseOf(await found(ticket.number, data.id))
  })

  api.post('/tickets/:number/purchases/:id/submission', {
    config: { right: 'ticket.work' },
    schema: { tags, summary: 'Submit a purchase request', description: 'The rules of the settings say by whom it is approved.', params: approvalParams, body: purchaseSubmission, response: answers(200, purchase) },
  }, async (request) => {
    const user = signedIn(request)
    const ticket = await seenTicket(pool, user, request.params.number)
    const { data } = await found(ticket.number, request.params.id)
    const { revision } = request.body
    requireRevision(data, revision)
    await withChain(pool, ticket, data, (approval) => command(deps, user, ticket, 'submitPurchase', { purchaseId: data.id, revision, approval }))
    return purchaseOf(await found(ticket.number, data.id))
  })

  api.post('/tickets/:number/purchases/:id/order', {
    config: { right: 'ticket.work' },
    schema: { tags, summary: 'Note that an approved purchase was ordered', params: approvalParams, body: purchaseOrder, response: answers(200, purchase) },
  }, async (request) => {
    const user = signedIn(request)
    const ticket = await seenTicket(pool, user, request.params.number)
    const { id } = await found(ticket.number, request.params.id)
    await command(deps, user, ticket, 'orderPurchase', { purchaseId: id, reference: request.body.reference })
    return purchaseOf(await found(ticket.number, id))
  })

  api.post('/tickets/:number/purchases/:id/receipt', {
    config: { right: 'ticket.work' },
    schema: { tags, summary: 'Note what has arrived', description: 'All of it or a part, with the equipment that it becomes.', params: approvalParams, body: purchaseReceipt, response: answers(200, purchase) },
  }, async (request) => {
    const user = signedIn(request)
    const ticket = await seenTicket(pool, user, request.params.number)
    const { id } = await found(ticket.number, request.params.id)
    const { lines, assets } = request.body
    await command(deps, user, ticket, 'receivePurchase', { purchaseId: id, lines, assets: assets.map((asset) => ({ ...asset, id: timeOrderedId() })) })
    return purchaseOf(await found(ticket.number, id))
  })

  async function found(number: number, id: string): Promise<PurchaseRow> {
    const { rows: [row] } = await pool.query<PurchaseRow>(`${PURCHASE} WHERE p.id = $1 AND p.ticket_number = $2`, [id, number])
    if (!row) throw notFound('such purchase request')
    return row
  }

  /** @param present those that the request has already: they stay, whoever changes it. */
  async function documentsOf(user: SignedInUser, number: number, documents: readonly LinkedDocument[], present: readonly PurchaseDocument[]): Promise<PurchaseDocument[]> {
    const names = await requireTicketFiles(pool, number, documents.flatMap(({ attachmentId }) => attachmentId ?? []), '/documents')
    const registered = new Map(present.flatMap((one) => (one.documentId === null ? [] : [[one.documentId, one.name]])))
    for (const { documentId } of documents) if (documentId !== undefined && !registered.has(documentId)) registered.set(documentId, (await namedDocument(pool, user, documentId, '/documents')).title)
    return documents.map(({ kind, attachmentId = null, documentId = null, name }) =>
      ({ kind, attachmentId, documentId, name: (name || names.get(attachmentId?.toLowerCase() ?? '') || registered.get(documentId ?? '') || '').slice(0, 200) }))
  }
}

/** The approval is looked up for what is read here; the ticket looks again, so that of two changes at once one comes second. */
function requireRevision({ revision, title }: PurchaseState, seen: number): void {
  if (seen !== revision) throw conflict('purchase-changed', `Somebody changed “${title}” meanwhile. Look at it again, then act.`)
}

const withId = <L extends { id?: string | undefined }>(line: L): L & { id: string } => ({ ...line, id: line.id ?? timeOrderedId() })
