import { z } from 'zod'
import { cursorQuery, page } from '../../domain/contract.ts'
import { message, outboxItem } from '../../domain/conversation/contract.ts'
import { visibleDepartments, visibleLocations } from '../../domain/permissions.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers } from '../http/route-schema.ts'

type OutboxRow = Omit<z.infer<typeof outboxItem>, 'from' | 'createdAt' | 'sentAt'> & {
  from_address: string
  from_name: string
  created_at: Date
  sent_at: Date | null
}

const cursorKeys = z.tuple([z.iso.datetime(), z.uuid()])
const query = cursorQuery.extend({ state: message.shape.state.optional() })

/** Every outbound message with its state: what waits, what failed, what was sent. */
export function outboxRoutes(api: Api, { pool }: Dependencies): void {
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
      const user = signedIn(request)
      const { cursor, limit, state } = request.query
      const [at = null, id = null] = readCursor(cursor, cursorKeys) ?? []
      const { rows } = await pool.query<OutboxRow>(
        `SELECT m.id, m.ticket_number AS "ticketNumber", m.state, nullif(m.state_detail, '') AS "stateDetail", m.from_address, m.from_name, m."to", m.subject, m.automatic,
         m.one_way AS "oneWay", m.sender_kind AS via, m.created_at, m.sent_at
       FROM message m JOIN ticket t ON t.number = m.ticket_number
       WHERE m.direction = 'outbound' AND m.event_no IS NOT NULL AND ($1::uuid[] IS NULL OR t.department_id = ANY($1)) AND ($6::uuid[] IS NULL OR t.location_id = ANY($6)) AND ($2::text IS NULL OR m.state = $2::text::"DeliveryState")
         AND ($3::timestamptz IS NULL OR (m.created_at, m.id) < ($3, $4::uuid))
       ORDER BY m.created_at DESC, m.id DESC LIMIT $5`,
        [visibleDepartments(user), state ?? null, at, id, limit + 1, visibleLocations(user)],
      )
      return pageOf(
        rows,
        limit,
        ({ from_address: address, from_name: name, created_at, sent_at, ...row }) => ({
          ...row,
          from: { address, name },
          createdAt: created_at.toISOString(),
          sentAt: sent_at?.toISOString() ?? null,
        }),
        (row) => [row.created_at.toISOString(), row.id],
      )
    },
  )
}
