import { sql } from 'kysely'
import { cursorQuery, page } from '../../domain/contract.ts'
import type { Explanation } from '../../domain/explanation.ts'
import { inEnglish } from '../../languages/explanation.ts'
import { message, outboxItem } from '../../domain/conversation/contract.ts'
import { signedIn } from '../access/authentication.ts'
import { seesTicket } from '../access/visible-tickets.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { isAfter, timeCursor } from '../http/time-cursor.ts'

const query = cursorQuery.extend({ state: message.shape.state.optional() })

/** Every outbound message with its state: what waits, what failed, what was sent. */
export function outboxRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/outbox',
    {
      config: { right: 'outbox.read' },
      schema: {
        operationId: 'listOutbox',
        summary: 'Outbound messages',
        description: 'Newest first, within the departments that one sees.',
        querystring: query,
        response: answers(200, page(outboxItem)),
      },
    },
    async (request) => {
      const { cursor, limit, state } = request.query
      const after = readCursor(cursor, timeCursor)
      const rows = await db
        .selectFrom('message as m')
        .innerJoin('ticket as t', 't.number', 'm.ticket_number')
        .select([
          'm.id',
          'm.ticket_number as ticketNumber',
          'm.state',
          sql<Explanation | null>`nullif(m.state_detail, '""')`.as('stateExplanation'),
          'm.from_address as fromAddress',
          'm.from_name as fromName',
          'm.to',
          'm.subject',
          'm.automatic',
          'm.one_way as oneWay',
          'm.sender_kind as via',
          'm.created_at as createdAt',
          'm.sent_at as sentAt',
        ])
        .where('m.direction', '=', 'outbound')
        .where('m.event_no', 'is not', null)
        .where(seesTicket(signedIn(request)))
        .$if(state !== undefined, (found) => found.where('m.state', '=', state!))
        .where((eb) => isAfter(eb, ['m.created_at', 'm.id'], '<', after))
        .orderBy('m.created_at', 'desc')
        .orderBy('m.id', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(
        rows,
        limit,
        ({ fromAddress: address, fromName: name, createdAt, sentAt, ...row }) => ({
          ...row,
          stateDetail: row.stateExplanation && inEnglish(row.stateExplanation),
          from: { address, name },
          createdAt: createdAt.toISOString(),
          sentAt: sentAt?.toISOString() ?? null,
        }),
        (row) => [row.createdAt.toISOString(), row.id],
      )
    },
  )
}
