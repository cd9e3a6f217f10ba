import { expressionBuilder, sql } from 'kysely'
import {
  approval,
  approvalPage,
  approvalParams,
  approvalQuery,
  ticketApprovals,
} from '../../domain/approvals/contract.ts'
import { ticketParams } from '../../domain/contract.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { approvalOf, approvals } from './approval-view.ts'
import { signedIn } from '../access/authentication.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { authorisedTicket } from '../access/ticket-access.ts'
import { seesTicket } from '../access/visible-tickets.ts'
import { authorisedApproval } from './authorised-approval.ts'
import { isAfter, timeCursor } from '../http/time-cursor.ts'

const ofApproval = expressionBuilder<DB & { a: DB['approval'] }, 'a'>()
/**
 * Which approvals `a` each view of a person holds: those that they are or were asked whatever they see,
 * those that they asked for on tickets that they see.
 */
const views = {
  waiting: ({ id }: SignedInUser) =>
    ofApproval.exists(
      ofApproval
        .selectFrom('approval_approver as p')
        .select('p.key')
        .whereRef('p.approval_id', '=', 'a.id')
        .where('p.user_id', '=', id)
        .where('p.awaited', '=', true),
    ),
  decided: ({ id }: SignedInUser) =>
    ofApproval.exists(
      ofApproval
        .selectFrom('approval_vote as v')
        .select('v.event_no')
        .whereRef('v.approval_id', '=', 'a.id')
        .where('v.user_id', '=', id),
    ),
  asked: (user: SignedInUser) =>
    ofApproval.and([
      ofApproval('a.asked_by_id', '=', user.id),
      ofApproval.exists(
        ofApproval
          .selectFrom('ticket as t')
          .select('t.number')
          .whereRef('t.number', '=', 'a.ticket_number')
          .where(seesTicket(user)),
      ),
    ]),
} as const

/** Approvals, as those who asked and those who decide see them. */
export function approvalListRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/approvals',
    {
      config: { right: 'approval.decide' },
      schema: {
        operationId: 'listApprovals',
        summary: 'Approvals that concern me',
        description: 'Newest first. `total` counts the whole view.',
        querystring: approvalQuery,
        response: answers(200, approvalPage),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { view, cursor, limit } = request.query
      const after = readCursor(cursor, timeCursor)
      const concerning = views[view](user)
      const [rows, count] = await Promise.all([
        approvals(db)
          .where(concerning)
          .where((eb) => isAfter(eb, ['a.asked_at', 'a.id'], '<', after))
          .orderBy('a.asked_at', 'desc')
          .orderBy('a.id', 'desc')
          .limit(limit + 1)
          .execute(),
        db
          .selectFrom('approval as a')
          .select(sql<number>`count(*)::int`.as('total'))
          .where(concerning)
          .executeTakeFirstOrThrow(),
      ])
      return {
        ...pageOf(
          rows,
          limit,
          (row) => approvalOf(row, user.id),
          (row) => [row.askedAt.toISOString(), row.id],
        ),
        total: count.total,
      }
    },
  )

  api.get(
    '/tickets/:number/approvals',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTicketApprovals',
        summary: 'Approvals of a ticket',
        description: 'In the order in which they were asked.',
        params: ticketParams,
        response: answers(200, ticketApprovals),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { number } = await authorisedTicket(db, user, request.params.number)
      const rows = await approvals(db)
        .where('a.ticket_number', '=', number)
        .orderBy('a.id')
        .execute()
      return { items: rows.map((row) => approvalOf(row, user.id)), next: null }
    },
  )

  api.get(
    '/tickets/:number/approvals/:id',
    {
      config: { right: 'approval.decide' },
      schema: {
        operationId: 'getApproval',
        summary: 'One approval',
        description:
          'With every stage, who has decided what and for whom it waits. Whoever is asked sees it, also where they do not see the ticket.',
        params: approvalParams,
        response: answers(200, approval),
      },
    },
    async (request) => {
      const user = signedIn(request)
      return approvalOf((await authorisedApproval(db, user, request.params)).row, user.id)
    },
  )
}
