import { z } from 'zod'
import { cursorQuery, eventNumber, ticketParams } from '../../domain/contract.ts'
import { eventPage } from '../../domain/tickets/contract.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { eventColumns, readableEvents } from './event-view.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { authorisedTicket } from '../access/ticket-access.ts'

type EventLine = z.infer<typeof eventPage>['items'][number]
const cursorKeys = z.tuple([eventNumber])

/** The history of a ticket: each action with who and when. */
export function eventRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/tickets/:number/events',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listEvents',
        summary: 'The history of a ticket',
        description: 'Oldest first.',
        params: ticketParams,
        querystring: cursorQuery,
        response: answers(200, eventPage),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const { number } = await authorisedTicket(db, user, request.params.number)
      const { cursor, limit } = request.query
      const [after = 0] = readCursor(cursor, cursorKeys) ?? []
      const rows = await db
        .selectFrom('ticket_event')
        .select(eventColumns)
        .where('ticket_number', '=', number)
        .where('no', '>', after)
        .orderBy('no')
        .limit(limit + 1)
        .execute()
      const lines = pageOf(
        rows,
        limit,
        (row): EventLine => ({ ...row, at: row.at.toISOString() }),
        (row) => [row.no],
      )
      return { ...lines, items: await readableEvents(db, user, lines.items) }
    },
  )
}
