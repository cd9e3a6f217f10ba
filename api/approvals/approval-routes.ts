import { expressionBuilder, sql } from 'kysely'
import { z } from 'zod'
import {
  approval,
  approvalChange,
  approvalPage,
  approvalParams,
  approvalQuery,
  newApproval,
  newDecision,
  newDelegation,
  newWithdrawal,
  ticketApprovals,
} from '../../domain/approvals/contract.ts'
import { ticketParams } from '../../domain/contract.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { may, seesLocation } from '../../domain/permissions.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { approverOf, pointedOut, requireOthersThanRequester, stagesOf } from './approvers.ts'
import { keepingText, requireTicketFiles, requireTicketTasks } from './approval-texts.ts'
import { approvalOf, type ApprovalRow, approvals, findApproval, wasAsked } from './approval-view.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { command, type AuthorisedTicket, authorisedTicket } from '../access/ticket-access.ts'

const cursorKeys = z.tuple([z.iso.datetime(), z.uuid()])

const ofApproval = expressionBuilder<DB & { a: DB['approval'] }, 'a'>()
/** Which approvals `a` each view of a person holds. */
const views = {
  waiting: (userId: string) =>
    ofApproval.exists(
      ofApproval
        .selectFrom('approval_approver as p')
        .select('p.key')
        .whereRef('p.approval_id', '=', 'a.id')
        .where('p.user_id', '=', userId)
        .where('p.awaited', '=', true),
    ),
  decided: (userId: string) =>
    ofApproval.exists(
      ofApproval
        .selectFrom('approval_vote as v')
        .select('v.event_no')
        .whereRef('v.approval_id', '=', 'a.id')
        .where('v.user_id', '=', userId),
    ),
  asked: (userId: string) => ofApproval('a.asked_by_id', '=', userId),
} as const

/**
 * Approval requests: agents ask, approvers decide. An approver sees the request and nothing else of
 * its ticket.
 */
export function approvalRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

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
      const { id: userId } = signedIn(request)
      const { view, cursor, limit } = request.query
      const after = readCursor(cursor, cursorKeys)
      const concerning = views[view](userId)
      const [rows, count] = await Promise.all([
        approvals(db)
          .where(concerning)
          .$if(after !== null, (query) =>
            query.where((eb) => {
              const [at, id] = after!
              return eb(
                eb.refTuple('a.asked_at', 'a.id'),
                '<',
                eb.tuple(sql<Date>`${at}::timestamptz`, id),
              )
            }),
          )
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
          (row) => approvalOf(row, userId),
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

  api.post(
    '/tickets/:number/approvals',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'createApproval',
        summary: 'Ask for an approval',
        params: ticketParams,
        body: newApproval,
        response: orKept(answers(201, approval)),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { text, stages, deputy, ...asked } = request.body
      await requireTicketFiles(db, ticket.number, asked.attachmentIds, '/attachmentIds')
      await requireTicketTasks(db, ticket.number, asked.blocks.taskIds, '/blocks/taskIds')
      const people = {
        stages: await stagesOf(db, stages),
        deputy: deputy && (await approverOf(db, deputy, '/deputy')),
      }
      await requireOthersThanRequester(db, ticket.number, pointedOut(people))
      const approvalId = newId()
      await keepingText(db, ticket.number, text, (textId) =>
        command(
          deps,
          user,
          ticket,
          'askApproval',
          { ...asked, ...people, approvalId, textId, preview: preview(text) },
          `approval-${approvalId}`,
        ),
      )
      return reply.code(201).send(await shown(user, approvalId))
    },
  )

  api.get(
    '/tickets/:number/approvals/:id',
    {
      config: { right: 'approval.decide' },
      schema: {
        operationId: 'getApproval',
        summary: 'One approval',
        params: approvalParams,
        response: answers(200, approval),
      },
    },
    async (request) => {
      const user = signedIn(request)
      return approvalOf((await authorisedApproval(user, request.params)).row, user.id)
    },
  )

  api.patch(
    '/tickets/:number/approvals/:id',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'changeApproval',
        summary: 'Change what is asked, or ask again',
        description:
          'The votes begin again, and everybody is asked anew. An approval that has ended is asked once more.',
        params: approvalParams,
        body: approvalChange,
        response: orKept(answers(200, approval)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { row } = await authorisedApproval(user, request.params)
      const { text, stages, deputy, ...change } = request.body
      if (change.attachmentIds)
        await requireTicketFiles(db, ticket.number, change.attachmentIds, '/attachmentIds')
      if (change.blocks)
        await requireTicketTasks(db, ticket.number, change.blocks.taskIds, '/blocks/taskIds')
      const people = {
        ...(stages ? { stages: await stagesOf(db, stages) } : {}),
        ...(deputy === undefined
          ? {}
          : { deputy: deputy && (await approverOf(db, deputy, '/deputy')) }),
      }
      await requireOthersThanRequester(db, ticket.number, pointedOut(people))
      const send = (more: object = {}) =>
        command(deps, user, ticket, 'changeApproval', {
          ...change,
          ...people,
          ...more,
          approvalId: row.id,
        })
      if (text === undefined || text === row.text) await send()
      else
        await keepingText(db, ticket.number, text, (textId) =>
          send({ textId, preview: preview(text) }),
        )
      return shown(user, row.id)
    },
  )

  api.post(
    '/tickets/:number/approvals/:id/decision',
    {
      config: { right: 'approval.decide' },
      schema: {
        operationId: 'decideApproval',
        summary: 'Approve or refuse',
        description: 'For one’s own slot alone. A refusal needs a comment and ends the approval.',
        params: approvalParams,
        body: newDecision,
        response: orKept(answers(200, approval)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { row, ticket } = await authorisedApproval(user, request.params)
      const { decision, comment, round } = request.body
      requireReason(decision, comment)
      await command(deps, user, ticket, 'decideApproval', {
        approvalId: row.id,
        round: round ?? row.data.round,
        approver: user.id,
        decision,
        comment,
        from: { via: 'signed-in', ip: request.ip },
      })
      return shown(user, row.id)
    },
  )

  api.post(
    '/tickets/:number/approvals/:id/delegation',
    {
      config: { right: 'approval.decide' },
      schema: {
        operationId: 'delegateApproval',
        summary: 'Hand one’s decision on to somebody else',
        params: approvalParams,
        body: newDelegation,
        response: orKept(answers(200, approval)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { row, ticket } = await authorisedApproval(user, request.params)
      const to = await approverOf(db, request.body.to, '/to')
      await requireOthersThanRequester(db, ticket.number, [{ person: to, pointer: '/to' }])
      await command(deps, user, ticket, 'delegateApproval', {
        approvalId: row.id,
        round: row.data.round,
        from: user.id,
        to,
        reason: request.body.reason,
        sentFrom: { via: 'signed-in', ip: request.ip },
      })
      return shown(user, row.id)
    },
  )

  api.post(
    '/tickets/:number/approvals/:id/withdrawal',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'withdrawApproval',
        summary: 'Withdraw an approval request',
        description: 'Personal links end with it.',
        params: approvalParams,
        body: newWithdrawal,
        response: orKept(answers(200, approval)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { row } = await authorisedApproval(user, request.params)
      await command(deps, user, ticket, 'withdrawApproval', {
        approvalId: row.id,
        reason: request.body.reason,
      })
      return shown(user, row.id)
    },
  )

  async function shown(user: SignedInUser, id: string) {
    const row = await findApproval(db, id)
    if (!row) throw notFound('such approval')
    return approvalOf(row, user.id)
  }

  /** Seen by whoever sees the ticket, and by those who are asked. */
  async function authorisedApproval(
    user: SignedInUser,
    { number, id }: { number: number; id: string },
  ): Promise<{
    row: ApprovalRow
    ticket: Pick<AuthorisedTicket, 'number' | 'departmentId' | 'subject'>
  }> {
    const row = await findApproval(db, id)
    const ticket = await db
      .selectFrom('ticket')
      .select(['number', 'subject', 'department_id as departmentId', 'location_id as locationId'])
      .where('number', '=', number)
      .executeTakeFirst()
    if (
      !row ||
      !ticket ||
      row.ticketNumber !== number ||
      !(
        (may(user, 'ticket.read', ticket.departmentId) && seesLocation(user, ticket.locationId)) ||
        wasAsked(row, user.id)
      )
    )
      throw notFound('such approval')
    return { row, ticket }
  }
}

/** @throws ProblemError 422 that names the field. */
export function requireReason(decision: 'approved' | 'refused', comment: string): void {
  if (decision === 'refused' && comment === '')
    throw unprocessable(
      'approval-comment-needed',
      'Say why you refuse. Whoever asked needs to know what to change.',
      '/comment',
    )
}
