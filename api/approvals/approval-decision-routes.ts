import {
  approval,
  approvalParams,
  newDecision,
  newDelegation,
} from '../../domain/approvals/contract.ts'
import { approverOf, requireOthersThanRequester } from './approvers.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { unprocessable } from '../http/problem.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { command } from '../access/ticket-access.ts'
import { requestedApproval, shownApproval } from './authorised-approval.ts'

/** Approvers decide or hand on. They see the request and nothing else of its ticket. */
export function approvalDecisionRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

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
      const { user, row, ticket } = await requestedApproval(db, request)
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
      return shownApproval(db, user, row.id)
    },
  )

  api.post(
    '/tickets/:number/approvals/:id/delegation',
    {
      config: { right: 'approval.decide' },
      schema: {
        operationId: 'delegateApproval',
        summary: 'Hand one’s decision on to somebody else',
        description:
          'One’s own, while it is open. The other person is asked in one’s place, by mail; the history says why.',
        params: approvalParams,
        body: newDelegation,
        response: orKept(answers(200, approval)),
      },
    },
    async (request) => {
      const { user, row, ticket } = await requestedApproval(db, request)
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
      return shownApproval(db, user, row.id)
    },
  )
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
