import { changedMeanwhile } from '../../domain/purchases/commands.ts'
import type { FastifyRequest } from 'fastify'
import { approvalParams } from '../../domain/approvals/contract.ts'
import { type Purchase, purchase } from '../../domain/purchases/contract.ts'
import type { Purchase as PurchaseState } from '../../domain/purchases/state.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { type AuthorisedTicket, requestedTicket } from '../access/ticket-access.ts'
import { notFound, refusedBy } from '../http/problem.ts'
import { answers, orKept } from '../http/route-schema.ts'
import { purchaseOf, type PurchaseRow, purchases } from './purchase-view.ts'

/** Schema of a step's request and answer. */
export const purchaseStep = { params: approvalParams, response: orKept(answers(200, purchase)) }

/**
 * What is done with a purchase request of a ticket.
 * @returns it as it is then.
 */
export async function step(
  db: Database,
  request: Pick<FastifyRequest, 'user'> & { params: { number: number; id: string } },
  take: (user: SignedInUser, ticket: AuthorisedTicket, purchase: PurchaseState) => Promise<void>,
): Promise<Purchase> {
  const { user, ticket } = await requestedTicket(db, request)
  const { id, data } = await purchaseOfTicket(db, ticket.number, request.params.id)
  await take(user, ticket, data)
  return purchaseOf(await purchaseOfTicket(db, ticket.number, id))
}

/** @throws ProblemError 404 */
export async function purchaseOfTicket(
  db: Database,
  number: number,
  id: string,
): Promise<PurchaseRow> {
  const row = await purchases(db)
    .where('p.id', '=', id)
    .where('p.ticket_number', '=', number)
    .executeTakeFirst()
  if (!row) throw notFound('such purchase request')
  return row
}

/**
 * The approval is looked up for what is read here; the ticket looks again, so that of two changes
 * at once one comes second.
 */
export function requireRevision(purchase: PurchaseState, expectedRevision: number): void {
  if (expectedRevision !== purchase.revision) throw refusedBy(changedMeanwhile(purchase), 409)
}
