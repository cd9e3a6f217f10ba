import { ticketParams } from '../../domain/contract.ts'
import {
  newPurchase,
  purchase,
  purchaseChange,
  purchasePage,
} from '../../domain/purchases/contract.ts'
import { command, requestedTicket } from '../access/ticket-access.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { withChain } from './purchase-approval.ts'
import { documentsOf } from './purchase-documents.ts'
import { purchaseOfTicket, purchaseStep, requireRevision, step } from './purchase-step.ts'
import { purchaseOf, purchases } from './purchase-view.ts'

/** Purchase requests of a ticket: drafted, read and changed. */
export function purchaseRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps
  const config = { right: 'ticket.work' } as const

  api.get(
    '/tickets/:number/purchases',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTicketPurchases',
        summary: 'Purchase requests of a ticket',
        description: 'With their lines, state, approval and what has arrived, oldest first.',
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
        description:
          'Nobody is asked yet: submit it when it is complete. Lines need at least what, how many and at which price; amounts are exact decimal text.',
        params: ticketParams,
        body: newPurchase,
        response: orKept(answers(201, purchase)),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { title, currency, lines, documents } = request.body
      const purchaseId = newId()
      const named = await documentsOf(db, user, ticket.number, documents, [])
      await command(
        deps,
        user,
        ticket,
        'draftPurchase',
        { purchaseId, title, currency, lines: lines.map(withId), documents: named },
        `purchase-${purchaseId}`,
      )
      return reply.code(201).send(purchaseOf(await purchaseOfTicket(db, ticket.number, purchaseId)))
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
        ...purchaseStep,
        body: purchaseChange,
      },
    },
    (request) =>
      step(db, request, async (user, ticket, data) => {
        const { revision, lines, documents, ...rest } = request.body
        requireRevision(data, revision)
        const change = {
          ...rest,
          ...(lines ? { lines: lines.map(withId) } : {}),
          ...(documents
            ? { documents: await documentsOf(db, user, ticket.number, documents, data.documents) }
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
}

const withId = <L extends { id?: string | undefined }>(line: L): L & { id: string } => ({
  ...line,
  id: line.id ?? newId(),
})
