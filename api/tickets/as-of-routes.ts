import { ticketParams } from '../../domain/contract.ts'
import { asOfQuery, ticketAsOf } from '../../domain/tickets/contract.ts'
import type { TicketEvent } from '../../domain/events.ts'
import { rebuild } from '../../domain/apply.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conversationThen } from '../conversation/conversation-as-of.ts'
import { authorisedNumbers, eventColumns } from './event-view.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { authorisedTicket } from '../access/ticket-access.ts'

/** The past of a ticket, made of its event log. */
export function asOfRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/tickets/:number/as-of',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getTicketAsOf',
        summary: 'A ticket as it was',
        params: ticketParams,
        querystring: asOfQuery,
        response: answers(200, ticketAsOf),
        description:
          'At a moment (`at`, ISO 8601; what happened in that very millisecond counts), or after one event of its history (`version`).',
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { number } = await authorisedTicket(db, user, request.params.number)
      const { at, version } = request.query
      const rows = await db
        .selectFrom('ticket_event')
        .select(eventColumns)
        .where('ticket_number', '=', number)
        .$if(at !== undefined, (query) => query.where('at', '<=', new Date(at!)))
        .$if(version !== undefined, (query) => query.where('no', '<=', version!))
        .orderBy('no')
        .execute()
      const events = rows.map((row) => ({ ...row, at: row.at.toISOString() }) as TicketEvent)
      if (events.length === 0 || (version !== undefined && events.at(-1)?.no !== version))
        throw notFound(`such moment in the history of ticket #${number}`)
      const then = rebuild(number, events)
      const linked = await authorisedNumbers(
        db,
        user,
        then.links.map((link) => link.number),
      )
      return {
        number,
        version: then.version,
        at: then.updatedAt,
        subject: then.subject,
        status: then.status,
        priority: then.priority,
        department: then.department,
        owner: then.owner,
        requester: then.requester,
        category: then.category,
        resolution: then.resolution,
        resolutionNames: then.resolutionNames ?? null,
        watchers: then.watchers,
        links: then.links.filter((link) => linked.has(link.number)),
        messageCount: then.messageCount,
        messages: await conversationThen(db, user, number, then.version, then.updatedAt),
        mergedInto: then.mergedInto && { number: then.mergedInto.number },
        openedAt: then.openedAt,
        solvedAt: then.solvedAt,
        closedAt: then.closedAt,
      }
    },
  )
}
