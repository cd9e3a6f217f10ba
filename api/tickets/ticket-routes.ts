import { ticketParams } from '../../domain/contract.ts'
import {
  newTicket,
  ticketChange,
  ticketDetail as ticketDetailSchema,
} from '../../domain/tickets/contract.ts'
import { may } from '../../domain/permissions.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { unprocessable } from '../http/problem.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { authorisedTicket } from '../access/ticket-access.ts'
import { changeTicket } from './change-ticket.ts'
import { ticketDetail } from './ticket-detail.ts'
import { openTicket } from './new-ticket.ts'

/** One ticket: opening it, what its page shows, and what is set on it. */
export function ticketRoutes(api: Api, deps: Dependencies): void {
  const { db, settings } = deps

  api.post(
    '/tickets',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'createTicket',
        summary: 'Open a ticket',
        description:
          'For a request that came another way than by mail. Opens it in a department that one works in.',
        body: newTicket,
        response: orKept(answers(201, ticketDetailSchema)),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      if (!may(user, 'ticket.work', request.body.departmentId))
        throw unprocessable(
          'department-not-found',
          'This department does not exist, or you do not work in it.',
          '/departmentId',
        )
      const number = await openTicket(deps, user, request.body)
      return reply
        .code(201)
        .header('location', `/api/v1/tickets/${number}`)
        .send(await ticketDetail(db, settings, user, number))
    },
  )

  api.get(
    '/tickets/:number',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getTicket',
        summary: 'One ticket',
        description:
          'With everything its page shows: properties, tags, custom fields, watchers, links and what stands in the way of ending it. 404 also for one that the caller does not see.',
        params: ticketParams,
        response: answers(200, ticketDetailSchema),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { number } = await authorisedTicket(db, user, request.params.number)
      return ticketDetail(db, settings, user, number)
    },
  )

  api.patch(
    '/tickets/:number',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'changeTicket',
        summary: 'Change a ticket',
        description:
          'Only what is present changes, all of it or nothing; each change is one line of the history.',
        params: ticketParams,
        body: ticketChange,
        response: orKept(answers(200, ticketDetailSchema)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      await changeTicket(deps, user, request.params.number, request.body)
      // Also when the ticket was just handed over to a department that the person does not see:
      // this is its last look.
      return ticketDetail(db, settings, user, request.params.number)
    },
  )
}
