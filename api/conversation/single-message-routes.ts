import { uuidParams } from '../../domain/contract.ts'
import { message } from '../../domain/conversation/contract.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { sendDownload } from '../http/download.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { ticketOfKeptReply } from './kept-reply.ts'
import { shownMessage } from './message-view.ts'
import { isTakenBack } from './taken-back.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, bytes, noContent, orKept } from '../http/route-schema.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { command, type AuthorisedTicket, ticketOfMessage } from '../access/ticket-access.ts'

/** One e-mail: taking it back, sending it again, its source. */
export function singleMessageRoutes(api: Api, deps: Dependencies): void {
  const { db, blobs } = deps
  const ticketOf = (user: SignedInUser, messageId: string): Promise<AuthorisedTicket> =>
    ticketOfMessage(db, user, messageId, 'such message')

  api.post(
    '/messages/:id/cancel',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'cancelMessage',
        summary: 'Take a message back',
        description:
          'As long as nothing has begun to send it; then it is gone from the conversation, and its history keeps a line of it. Also one that is kept itself, because no worker answered: `on` of its command names it. One that was taken back never leaves; one of which a mail server may have something cannot be taken back any more. Taking it back twice is taking it back.',
        params: uuidParams,
        response: orKept(noContent),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const messageId = request.params.id
      if (await isTakenBack(db, user, messageId)) return reply.code(204).send()
      // One that is kept is in the ticket once it is kept no more: it is looked for first.
      const ticket =
        (await ticketOfKeptReply(db, user, messageId)) ?? (await ticketOf(user, messageId))
      try {
        await command(deps, user, ticket, 'cancelReply', { messageId })
      } catch (error) {
        // Somebody else was faster: what was asked is so.
        const late = error instanceof CommandRejectedError && error.code === 'message-already-left'
        if (!late || !(await isTakenBack(db, user, messageId))) throw error
      }
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
      return shownMessage(db, ticket.number, request.params.id)
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
}
