import {
  approval,
  approvalChange,
  approvalParams,
  newApproval,
  newWithdrawal,
} from '../../domain/approvals/contract.ts'
import { ticketParams } from '../../domain/contract.ts'
import { preview } from '../../domain/mail-out/body.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { approverOf, pointedOut, requireOthersThanRequester, stagesOf } from './approvers.ts'
import { keepingText, requireTicketFiles, requireTicketTasks } from './approval-texts.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { command, authorisedTicket } from '../access/ticket-access.ts'
import { authorisedApproval, shownApproval } from './authorised-approval.ts'

/** Agents ask for approvals, ask otherwise, and withdraw what they asked. */
export function approvalRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.post(
    '/tickets/:number/approvals',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'createApproval',
        summary: 'Ask for an approval',
        description:
          'Stages are asked one after another, the approvers of one at the same time. Whoever has no account is asked by mail, with a personal link. The ticket’s requester cannot be an approver.',
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
      await keepingText(db, ticket.number, { text }, (textId) =>
        command(
          deps,
          user,
          ticket,
          'askApproval',
          { ...asked, ...people, approvalId, textId, preview: preview(text) },
          `approval-${approvalId}`,
        ),
      )
      return reply.code(201).send(await shownApproval(db, user, approvalId))
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
      const { row } = await authorisedApproval(db, user, request.params)
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
        await keepingText(db, ticket.number, { text }, (textId) =>
          send({ textId, preview: preview(text) }),
        )
      return shownApproval(db, user, row.id)
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
      const { row } = await authorisedApproval(db, user, request.params)
      await command(deps, user, ticket, 'withdrawApproval', {
        approvalId: row.id,
        reason: request.body.reason,
      })
      return shownApproval(db, user, row.id)
    },
  )
}
