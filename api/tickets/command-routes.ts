import { page, ticketParams } from '../../domain/contract.ts'
import {
  commandParams,
  commandState,
  keptCommand,
  ownKeptCommand,
} from '../../domain/tickets/contract.ts'
import { keptCommandsOf } from '../../application/tickets/kept-commands.ts'
import { loadTicket } from '../../application/tickets/load-ticket.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { knownCommand, writtenWith } from './command-state.ts'
import { authorisedToKept } from './kept-opening.ts'
import { keptView } from './kept-view.ts'
import { ownCommands } from './own-commands.ts'

/** What is kept of a ticket, because no worker answered in time, and what became of it. */
export function commandRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/tickets/:number/commands',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listKeptCommands',
        summary: 'What was asked of a ticket and is not done yet',
        description:
          'Who asked what, and since when. A command is here once its answer takes longer than two seconds, until it is done or refused. Of a ticket that is kept itself this is all there is to read: for whoever asked for it, and for those who will see it.',
        params: ticketParams,
        response: answers(200, page(keptCommand)),
      },
    },
    async (request, reply) => {
      const { number } = request.params
      await authorisedToKept(db, signedIn(request), number)
      reply.header('cache-control', 'no-store')
      const kept = await keptCommandsOf(db, number)
      if (kept.length === 0) return { items: [], next: null }
      const known = await loadTicket(db, number)
      return { items: kept.flatMap((row) => keptView(known, row) ?? []), next: null }
    },
  )

  api.get(
    '/me/commands',
    {
      config: { right: 'signed-in' },
      schema: {
        operationId: 'listOwnCommands',
        summary: 'What you asked and is not done yet',
        description:
          'Of whatever ticket, oldest first, at most a hundred; also tickets that are kept themselves, and what was asked from another browser.',
        response: answers(200, page(ownKeptCommand)),
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return { items: await ownCommands(db, signedIn(request)), next: null }
    },
  )

  api.get(
    '/tickets/:number/commands/:id',
    {
      config: { right: 'signed-in' },
      schema: {
        operationId: 'getCommand',
        summary: 'What became of a command that was kept',
        description:
          'For whoever sent it, and for those who see the ticket. Answers 404 for an id that no command has, and for one that is not yours to know. What changed nothing, or was refused without a line in the history, is known for three days.',
        params: commandParams,
        response: answers(200, commandState),
      },
    },
    async (request, reply) => {
      const { number, id } = request.params
      const user = signedIn(request)
      reply.header('cache-control', 'no-store')
      const known = await knownCommand(db, number, id)
      if (!known) throw notFound(what)
      // Approvers do not see the ticket; what they asked of it is theirs.
      const isTheirs = known.senderId === user.id
      if (!isTheirs) await authorisedToKept(db, user, number, what)
      const written = isTheirs ? await writtenWith(db, number, id, user.id) : null
      return { ...known.state, written }
    },
  )
}

const what = 'command of this id'
