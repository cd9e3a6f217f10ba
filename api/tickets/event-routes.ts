import { z } from 'zod'
import { cursorQuery, ticketParams } from '../../domain/contract.ts'
import { eventPage } from '../../domain/tickets/contract.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { readableEvents } from './event-view.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { authorisedTicket } from '../access/ticket-access.ts'

type EventLine = z.infer<typeof eventPage>['items'][number]
const cursorKeys = z.tuple([z.number().int()])

/** The history of a ticket: each action with who and when. */
export function eventRoutes(api: Api, { db, pool }: Dependencies): void {
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
      const { rows } = await pool.query<Omit<EventLine, 'at'> & { at: Date }>(
        'SELECT no, type, at, actor, command_id AS "commandId", ordinal, data FROM ticket_event WHERE ticket_number = $1 AND no > $2 ORDER BY no LIMIT $3',
        [number, after, limit + 1],
      )
      const lines = pageOf(
        rows,
        limit,
        (row): EventLine => ({ ...row, at: row.at.toISOString() }),
        (row) => [row.no],
      )
      return { ...lines, items: await readableEvents(pool, user, lines.items) }
    },
  )
}
