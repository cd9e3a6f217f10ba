import { page, ticketParams } from '../../domain/contract.ts'
import { commandParams, commandState, keptCommand } from '../../domain/tickets/contract.ts'
import { keptCommandsOf } from '../../application/tickets/kept-commands.ts'
import { loadTicket } from '../../application/tickets/load-ticket.ts'
import { signedIn } from '../access/authentication.ts'
import { authorisedTicket, requestedTicket } from '../access/ticket-access.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { knownCommand, writtenWith } from './command-state.ts'
import { keptView } from './kept-view.ts'

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
          'Who asked what, and since when. A command is here once its answer takes longer than two seconds, until it is done or refused.',
        params: ticketParams,
        response: answers(200, page(keptCommand)),
      },
    },
    async (request, reply) => {
      const { ticket } = await requestedTicket(db, request)
      reply.header('cache-control', 'no-store')
      const kept = await keptCommandsOf(db, ticket.number)
      if (kept.length === 0) return { items: [], next: null }
      const known = await loadTicket(db, ticket.number)
      return { items: kept.flatMap((row) => keptView(known, row) ?? []), next: null }
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
      if (!isTheirs) await authorisedTicket(db, user, number, what)
      const written = isTheirs ? await writtenWith(db, number, id, user.id) : null
      return { ...known.state, written }
    },
  )
}

const what = 'command of this id'
