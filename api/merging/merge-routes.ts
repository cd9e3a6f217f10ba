import { cut } from '../../domain/cut.ts'
import { ticketParams } from '../../domain/contract.ts'
import { mergeRequest } from '../../domain/merging/contract.ts'
import { ticketDetail as ticketDetailSchema } from '../../domain/tickets/contract.ts'
import { secondStepId } from '../../domain/merging/second-step.ts'
import { newId } from '../http/idempotency/attempt.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict } from '../http/problem.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { command, linkedTicket, requestedTicket } from '../access/ticket-access.ts'
import { ticketDetail } from '../tickets/ticket-detail.ts'
import { mergeAccepted, mergingOf, refuseUnlessOpen } from './two-tickets.ts'

/**
 * Merging tickets, and undoing it. Each concerns two workflows, in two steps:
 * docs/decisions/0007-merge.md.
 */
export function mergeRoutes(api: Api, deps: Dependencies): void {
  const { db, settings, workflows } = deps

  api.post(
    '/tickets/:number/merge',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'mergeTicket',
        summary: 'Merge a ticket into another',
        params: ticketParams,
        body: mergeRequest,
        response: orKept(answers(200, ticketDetailSchema)),
        description:
          'The ticket of the path goes on in the ticket `into`: it is closed, its messages and notes are shown there, its watchers and participants join, and later mail to it goes there. Answers with the ticket of the path. Undone by `unmerge`.',
      },
    },
    async (request) => {
      const { user, ticket } = await requestedTicket(db, request)
      const into = await linkedTicket(db, user, request.body.into, '/into')
      await refuseUnlessOpen(db, into)
      const mergeId = newId()
      await command(
        deps,
        user,
        ticket,
        'mergeInto',
        { mergeId, into: into.number, subject: cut(into.subject, 300) },
        `merge-${mergeId}`,
      )
      await mergeAccepted(workflows, mergeId, ticket.number, into.number)
      return ticketDetail(db, settings, user, ticket.number)
    },
  )

  api.post(
    '/tickets/:number/unmerge',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'unmergeTicket',
        summary: 'Undo a merge',
        params: ticketParams,
        response: orKept(answers(200, ticketDetailSchema)),
        description:
          'The merged ticket is as it was before. Mail that came to the other ticket meanwhile stays there. Watchers that joined with the merge leave again.',
      },
    },
    async (request) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { mergedInto } = await mergingOf(db, ticket.number)
      if (!mergedInto)
        throw conflict(
          'ticket-not-merged',
          `Ticket #${ticket.number} is not merged into another ticket.`,
        )
      const { mergeId, number: into } = mergedInto
      await command(
        deps,
        user,
        ticket,
        'undoMerge',
        { mergeId, refused: false },
        `unmerge-${mergeId}`,
      )
      await workflows.answerTo(into, secondStepId('revertMerge', mergeId))
      return ticketDetail(db, settings, user, ticket.number)
    },
  )
}
