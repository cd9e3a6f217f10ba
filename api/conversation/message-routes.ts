import { z } from 'zod'
import { cursorQuery, ticketParams, wholeNumber } from '../../domain/contract.ts'
import { message, messagePage, newMessage } from '../../domain/conversation/contract.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { isWaiting, messageOf, messageRows, pendingOf, shownMessage } from './message-view.ts'
import { sendReply } from './replies.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { requestedTicket } from '../access/ticket-access.ts'

const cursorKeys = z.tuple([z.iso.datetime(), wholeNumber, wholeNumber])

/** The e-mails of a ticket: reading and answering. */
export function messageRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.get(
    '/tickets/:number/messages',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listMessages',
        summary: 'The conversation of a ticket',
        description:
          'In the order in which they were taken in. An answer may have overtaken its question: `inReplyTo` says which it answers. Messages of tickets that were merged into this one are among them, those that were split off are not.',
        params: ticketParams,
        querystring: cursorQuery,
        response: answers(200, messagePage),
      },
    },
    async (request) => {
      const { ticket } = await requestedTicket(db, request)
      const { number, pending } = ticket
      const { cursor, limit } = request.query
      const rows = await messageRows(db, number, readCursor(cursor, cursorKeys), limit)
      const onTheirWay = [
        ...pending,
        ...(await pendingOf(
          db,
          rows
            .filter(({ state, ticketNumber }) => isWaiting(state) && ticketNumber !== number)
            .map((row) => row.ticketNumber),
        )),
      ]
      return pageOf(
        rows,
        limit,
        (row) => messageOf(row, onTheirWay),
        (row) => [row.eventAt.toISOString(), row.ticketNumber, row.eventNo],
      )
    },
  )

  api.post(
    '/tickets/:number/messages',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'createMessage',
        summary: 'Answer',
        description:
          'Leaves as the department’s official address, or one-way when it has none. With `holdSeconds` it can be taken back meanwhile.',
        params: ticketParams,
        body: newMessage,
        response: orKept(answers(201, message)),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const messageId = await sendReply(deps, user, ticket, request.body)
      return reply.code(201).send(await shownMessage(db, ticket.number, messageId))
    },
  )
}
