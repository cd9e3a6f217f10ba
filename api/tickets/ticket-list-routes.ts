import { ticketPage, ticketQuery, viewCounts } from '../../domain/tickets/contract.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { countViews, listTickets } from './ticket-list.ts'

/** The list of tickets, and how many each view holds. */
export function ticketListRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/tickets',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTickets',
        summary: 'List tickets',
        description:
          'Newest change first, within the departments that one sees. `status` and `priority` may be repeated.',
        querystring: ticketQuery,
        response: answers(200, ticketPage),
      },
    },
    (request) => listTickets(db, signedIn(request), request.query),
  )

  api.get(
    '/tickets/counts',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'countTickets',
        summary: 'How many tickets each view holds',
        description:
          'Of each view, as `GET /tickets` with `view` lists it, among the tickets that one sees.',
        response: answers(200, viewCounts),
      },
    },
    (request) => countViews(db, signedIn(request)),
  )
}
