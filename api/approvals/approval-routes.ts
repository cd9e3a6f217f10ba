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
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { approverOf, pointedOut, requireOthersThanRequester, stagesOf } from './approvers.ts'
import { keepingText, requireTicketFiles, requireTicketTasks } from './approval-texts.ts'
import { APPROVAL, approvalOf, type ApprovalRow, findApproval, wasAsked } from './approval-view.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { command, type AuthorisedTicket, authorisedTicket } from '../access/ticket-access.ts'

const cursorKeys = z.tuple([z.iso.datetime(), z.uuid()])

/** Which approvals each view holds; $1 is the person. */
const views = {
  waiting:
    'EXISTS (SELECT 1 FROM approval_approver p WHERE p.approval_id = a.id AND p.user_id = $1 AND p.awaited)',
  decided: 'EXISTS (SELECT 1 FROM approval_vote v WHERE v.approval_id = a.id AND v.user_id = $1)',
  asked: 'a.asked_by_id = $1',
} as const

/**
 * Approval requests: agents ask, approvers decide. An approver sees the request and nothing else of
 * its ticket.
 */
export function approvalRoutes(api: Api, deps: Dependencies): void {
  const { db, pool } = deps

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
      const [at = null, id = null] = readCursor(cursor, cursorKeys) ?? []
      const [
        { rows },
        {
          rows: [count],
        },
      ] = await Promise.all([
        pool.query<ApprovalRow>(
          `${APPROVAL} WHERE ${views[view]} AND ($2::timestamptz IS NULL OR (a.asked_at, a.id) < ($2, $3::uuid)) ORDER BY a.asked_at DESC, a.id DESC LIMIT $4`,
          [userId, at, id, limit + 1],
        ),
        pool.query<{ total: number }>(
          `SELECT count(*)::int AS total FROM approval a WHERE ${views[view]}`,
          [userId],
        ),
      ])
      return {
        ...pageOf(
          rows,
          limit,
          (row) => approvalOf(row, userId),
          (row) => [row.asked_at.toISOString(), row.id],
        ),
        total: count?.total ?? 0,
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
      const { rows } = await pool.query<ApprovalRow>(
        `${APPROVAL} WHERE a.ticket_number = $1 ORDER BY a.id`,
        [number],
      )
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
        response: answers(201, approval),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { text, stages, deputy, ...asked } = request.body
      await requireTicketFiles(pool, ticket.number, asked.attachmentIds, '/attachmentIds')
      await requireTicketTasks(pool, ticket.number, asked.blocks.taskIds, '/blocks/taskIds')
      const people = {
        stages: await stagesOf(pool, stages),
        deputy: deputy && (await approverOf(pool, deputy, '/deputy')),
      }
      await requireOthersThanRequester(pool, ticket.number, pointedOut(people))
      const approvalId = timeOrderedId()
      await keepingText(pool, ticket.number, text, (textId) =>
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
        response: answers(200, approval),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { row } = await authorisedApproval(user, request.params)
      const { text, stages, deputy, ...change } = request.body
      if (change.attachmentIds)
        await requireTicketFiles(pool, ticket.number, change.attachmentIds, '/attachmentIds')
      if (change.blocks)
        await requireTicketTasks(pool, ticket.number, change.blocks.taskIds, '/blocks/taskIds')
      const people = {
        ...(stages ? { stages: await stagesOf(pool, stages) } : {}),
        ...(deputy === undefined
          ? {}
          : { deputy: deputy && (await approverOf(pool, deputy, '/deputy')) }),
      }
      await requireOthersThanRequester(pool, ticket.number, pointedOut(people))
      const send = (more: object = {}) =>
        command(deps, user, ticket, 'changeApproval', {
          ...change,
          ...people,
          ...more,
          approvalId: row.id,
        })
      if (text === undefined || text === row.text) await send()
      else
        await keepingText(pool, ticket.number, text, (textId) =>
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
        response: answers(200, approval),
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
        response: answers(200, approval),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { row, ticket } = await authorisedApproval(user, request.params)
      const to = await approverOf(pool, request.body.to, '/to')
      await requireOthersThanRequester(pool, ticket.number, [{ person: to, pointer: '/to' }])
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
        response: answers(200, approval),
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
    const row = await findApproval(pool, id)
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
    const row = await findApproval(pool, id)
    const {
      rows: [ticket],
    } = await pool.query<
      Pick<AuthorisedTicket, 'number' | 'departmentId' | 'subject' | 'locationId'>
    >(
      'SELECT number, subject, department_id AS "departmentId", location_id AS "locationId" FROM ticket WHERE number = $1',
      [number],
    )
    if (
      !row ||
      !ticket ||
      row.ticket_number !== number ||
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
