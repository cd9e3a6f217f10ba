import { page, ticketParams } from '../../domain/contract.ts'
import { newLink, ticketDetail as detail } from '../../domain/tickets/contract.ts'
import { linkKind } from '../../domain/vocabulary.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers, noContent, orKept } from '../http/route-schema.ts'
import { command, linkedTicket, authorisedTicket } from '../access/ticket-access.ts'
import { ticketDetail } from './ticket-detail.ts'

const linkPage = page(detail.shape.links.element)

/** Links from ticket to ticket. They are kept at the ticket they start from, and shown at both. */
export function linkRoutes(api: Api, deps: Dependencies): void {
  const { db, settings } = deps

  api.get(
    '/tickets/:number/links',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listLinks',
        summary: 'Tickets linked with a ticket',
        description:
          'Both directions, with the other ticket’s subject and status as far as the caller sees it.',
        params: ticketParams,
        response: answers(200, linkPage),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { number } = await authorisedTicket(db, user, request.params.number)
      return { items: (await ticketDetail(db, settings, user, number)).links, next: null }
    },
  )

  api.post(
    '/tickets/:number/links',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'createLink',
        summary: 'Link two tickets',
        description:
          'Says how this ticket stands to another that the caller sees, such as `blocks` or `duplicateOf`. Linking what is linked changes nothing. Answers with all links.',
        params: ticketParams,
        body: newLink,
        response: orKept(answers(201, linkPage)),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const { number, kind } = request.body
      const other = await linkedTicket(db, user, number, '/number')
      await command(deps, user, ticket, 'linkTicket', { number, kind, subject: other.subject })
      return reply.code(201).send({
        items: (await ticketDetail(db, settings, user, ticket.number)).links,
        next: null,
      })
    },
  )

  api.delete(
    '/tickets/:number/links/:kind/:other',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'removeLink',
        summary: 'Remove a link',
        description: 'From the ticket that it starts from.',
        params: ticketParams.extend({ kind: linkKind, other: ticketParams.shape.number }),
        response: orKept(noContent),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const { number, kind, other } = request.params
      await command(deps, user, await authorisedTicket(db, user, number), 'unlinkTicket', {
        number: other,
        kind,
      })
      return reply.code(204).send()
    },
  )
}
