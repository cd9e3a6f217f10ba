import { Readable } from 'node:stream'
import { z } from 'zod'
import { cursorQuery, ticketParams } from '../../domain/contract.ts'
import {
  timeFilter,
  timePage,
  timeQuery,
  timeTotals as totalsSchema,
  totalsQuery,
} from '../../domain/tasks/time-contract.ts'
import { signedIn } from '../access/authentication.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers, bytes } from '../http/route-schema.ts'
import { authorisedTicket } from '../access/ticket-access.ts'
import { timeCsv, timeCsvExample } from './time-csv.ts'
import { timeCondition, timeEntryOf, timeRows, timeTotals } from './time-entry-rows.ts'
import { timeCursor } from '../http/time-cursor.ts'

const taskParams = ticketParams.extend({ id: z.uuid() })

/** Time worked, listed, summed and exported. */
export function timeListRoutes(api: Api, { db }: Dependencies): void {
  for (const onTask of [false, true]) {
    const path = onTask ? '/tickets/:number/tasks/:id/time' : '/tickets/:number/time'
    const of = onTask ? 'a task' : 'a ticket, its tasks included'
    const params = onTask ? taskParams : ticketParams

    api.get(
      path,
      {
        config: { right: 'ticket.read' },
        schema: {
          operationId: onTask ? 'listTaskTime' : 'listTicketTime',
          summary: `Time on ${of}`,
          description: 'Newest first.',
          params,
          querystring: cursorQuery,
          response: answers(200, timePage),
        },
      },
      async (request) => {
        const user = signedIn(request)
        const { number } = request.params
        await authorisedTicket(db, user, number)
        const { id: task }: { number: number; id?: string } = request.params
        return pageFor(user, { ticket: number, task }, request.query)
      },
    )
  }

  api.get(
    '/time',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTime',
        summary: 'Time worked',
        description:
          'Newest first, on tickets that one sees. `from` and `to` are days (UTC, both included) or moments.',
        querystring: timeQuery,
        response: answers(200, timePage),
      },
    },
    (request) => pageFor(signedIn(request), request.query, request.query),
  )

  api.get(
    '/time/totals',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'sumTime',
        summary: 'Sums of time',
        description: 'By person, department or ticket; most time first.',
        querystring: totalsQuery,
        response: answers(200, totalsSchema),
      },
    },
    (request) => timeTotals(db, signedIn(request), request.query, request.query.by),
  )

  api.get(
    '/time.csv',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'exportTime',
        summary: 'Time worked as a table',
        description:
          'The same as `/time`, whole, as CSV (RFC 4180, UTF-8 with a byte order mark), headings and closed values in the caller’s language. Texts that a spreadsheet would take for formulas have an apostrophe before them.',
        querystring: timeFilter,
        response: bytes(
          'text/csv',
          'One line for each entry, after a line of headings.',
          timeCsvExample,
        ),
      },
    },
    (request, reply) => {
      const user = signedIn(request)
      return reply
        .header('content-disposition', 'attachment; filename="time.csv"')
        .type('text/csv; charset=utf-8; header=present')
        .send(Readable.from(timeCsv(db, user, timeCondition(user, request.query))))
    },
  )

  async function pageFor(
    user: SignedInUser,
    filter: Parameters<typeof timeCondition>[1],
    { cursor, limit }: z.infer<typeof cursorQuery>,
  ) {
    const condition = timeCondition(user, filter)
    return pageOf(
      await timeRows(db, user, condition, readCursor(cursor, timeCursor), limit + 1),
      limit,
      timeEntryOf,
      (row) => [row.workedAt.toISOString(), row.id],
    )
  }
}
