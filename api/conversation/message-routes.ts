import { z } from 'zod'
import { cursorQuery, ticketParams, uuidParams, wholeNumber } from '../../domain/contract.ts'
import {
  type Message,
  message,
  messagePage,
  newMessage,
} from '../../domain/conversation/contract.ts'
import type { PendingDelivery } from '../../domain/conversation/state.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { sendDownload } from '../http/download.ts'
import { messageOf, messageRow, messageRows } from './message-view.ts'
import { notFound } from '../http/problem.ts'
import { sendReply } from './replies.ts'
import { type Api, answers, bytes, noContent, orKept } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import {
  command,
  type AuthorisedTicket,
  requestedTicket,
  ticketOfMessage,
} from '../access/ticket-access.ts'

const cursorKeys = z.tuple([z.iso.datetime(), wholeNumber, wholeNumber])

/** The e-mails of a ticket: reading, answering, taking back, sending again. */
export function messageRoutes(api: Api, deps: Dependencies): void {
  const { db, blobs } = deps

  api.get(
    '/tickets/:number/messages',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listMessages',
        summary: 'The conversation of a ticket',
        description:
          'Oldest first. Messages of tickets that were merged into this one are among them, those that were split off are not.',
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
      const held = [
        ...pending,
        ...(await pendingElsewhere(
          rows
            .filter((row) => row.state === 'held' && row.ticketNumber !== number)
            .map((row) => row.ticketNumber),
        )),
      ]
      return pageOf(
        rows,
        limit,
        (row) => messageOf(row, held),
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
      return reply.code(201).send(await shown(ticket.number, messageId))
    },
  )

  api.post(
    '/messages/:id/cancel',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'cancelMessage',
        summary: 'Take a message back',
        description:
          'While it is held back; then it is gone from the conversation, and its history keeps a line of it.',
        params: uuidParams,
        response: orKept(noContent),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      await command(deps, user, await ticketOf(user, request.params.id), 'cancelReply', {
        messageId: request.params.id,
      })
      return reply.code(204).send()
    },
  )

  api.post(
    '/messages/:id/retry',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'retryMessage',
        summary: 'Send a message again',
        description: 'One that failed, bounced or may not have arrived. It keeps its Message-ID.',
        params: uuidParams,
        response: orKept(answers(200, message)),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const ticket = await ticketOf(user, request.params.id)
      await command(deps, user, ticket, 'retryMessage', { messageId: request.params.id })
      return shown(ticket.number, request.params.id)
    },
  )

  api.get(
    '/messages/:id/source',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'getMessageSource',
        summary: 'The raw mail',
        description: 'As it came in or went out, to the byte.',
        params: uuidParams,
        response: bytes('message/rfc822', 'The mail (RFC 5322).'),
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { number } = await ticketOf(signedIn(request), id)
      const row = await db
        .selectFrom('message')
        .select('source_sha256 as sha256')
        .where('id', '=', id)
        .executeTakeFirst()
      if (!row?.sha256) throw notFound('source of this message: it was not written as a mail yet')
      return sendDownload(
        request,
        reply,
        {
          sha256: row.sha256,
          contentType: 'message/rfc822',
          filename: `ticket-${number}-${id}.eml`,
          inline: false,
        },
        blobs,
      )
    },
  )

  const ticketOf = (user: SignedInUser, messageId: string): Promise<AuthorisedTicket> =>
    ticketOfMessage(db, user, messageId, 'such message')

  async function shown(number: number, id: string): Promise<Message> {
    const row = await messageRow(db, number, id)
    if (!row) throw notFound('such message')
    return messageOf(row, await pendingElsewhere([number]))
  }

  async function pendingElsewhere(numbers: readonly number[]): Promise<PendingDelivery[]> {
    if (numbers.length === 0) return []
    const rows = await db
      .selectFrom('ticket')
      .select((eb) => eb.ref('state', '->').key('pending').as('pending'))
      .where('number', '=', anyOf(numbers, 'integer'))
      .execute()
    return rows.flatMap((row) => row.pending)
  }
}
