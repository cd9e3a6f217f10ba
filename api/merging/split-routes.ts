import { ticketParams } from '../../domain/contract.ts'
import { splitRequest } from '../../domain/merging/contract.ts'
import { ticketDetail as ticketDetailSchema } from '../../domain/tickets/contract.ts'
import { secondStepId } from '../../domain/merging/second-step.ts'
import { chosenOnce, newId } from '../http/idempotency/attempt.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict } from '../http/problem.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { command, linkedTicket, requestedTicket } from '../access/ticket-access.ts'
import { nextTicketNumber } from '../tickets/new-ticket.ts'
import { chosenMessages } from './chosen-messages.ts'
import { ticketDetail } from '../tickets/ticket-detail.ts'
import { mergeAccepted, mergingOf, refuseUnlessOpen } from './two-tickets.ts'

/**
 * Splitting a ticket, and undoing it. Each concerns two workflows, in two steps:
 * docs/decisions/0007-merge.md.
 */
export function splitRoutes(api: Api, deps: Dependencies): void {
  const { db, settings, workflows } = deps

  api.post(
    '/tickets/:number/split',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'splitTicket',
        summary: 'Make a new ticket of messages',
        params: ticketParams,
        body: splitRequest,
        response: orKept(answers(201, ticketDetailSchema)),
        description:
          'The messages are shown in the new ticket from then on, which is linked with this one; answers to them go there. Its requester is who wrote the first of them. Answers with the new ticket. Undone by `unsplit` of the new ticket.',
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { subject } = request.body
      const chosen = await chosenOnce(db, 'messages', () =>
        chosenMessages(db, ticket.number, request.body),
      )
      const into = await chosenOnce(db, 'into', () => nextTicketNumber(db))
      const splitId = newId()
      await command(
        deps,
        user,
        ticket,
        'splitOff',
        { splitId, into, subject, ...chosen },
        `split-${splitId}`,
      )
      await workflows.answerTo(into, secondStepId('openSplit', splitId))
      return reply
        .code(201)
        .header('location', `/api/v1/tickets/${into}`)
        .send(await ticketDetail(db, settings, user, into))
    },
  )

  api.post(
    '/tickets/:number/unsplit',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'unsplitTicket',
        summary: 'Undo a split',
        params: ticketParams,
        response: orKept(answers(200, ticketDetailSchema)),
        description:
          'For the ticket that was made by the split: its messages go back, and it is merged into the ticket they came from, with what was written to it since. Answers with the ticket of the path.',
      },
    },
    async (request) => {
      const { user, ticket } = await requestedTicket(db, request)
      const { splitFrom } = await mergingOf(db, ticket.number)
      if (!splitFrom)
        throw conflict(
          'ticket-not-split',
          `Ticket #${ticket.number} was not split from another ticket, or that was undone.`,
        )
      const source = await linkedTicket(db, user, splitFrom.number, '/number')
      await refuseUnlessOpen(db, source)
      await command(
        deps,
        user,
        source,
        'returnMessages',
        { splitId: splitFrom.splitId },
        `unsplit-${splitFrom.splitId}`,
      )
      await workflows.answerTo(ticket.number, secondStepId('undoSplit', splitFrom.splitId))
      await mergeAccepted(workflows, splitFrom.splitId, ticket.number, source.number)
      return ticketDetail(db, settings, user, ticket.number)
    },
  )
}
