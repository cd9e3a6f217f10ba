import { page, ticketParams } from '../../domain/contract.ts'
import { commandParams, commandState, keptCommand } from '../../domain/tickets/contract.ts'
import { answerOf, CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { keptCommandsOf } from '../../application/tickets/kept-commands.ts'
import { loadTicket } from '../../application/tickets/load-ticket.ts'
import { signedIn } from '../access/authentication.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { authorisedTicket, requestedTicket } from '../access/ticket-access.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { ProblemError } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
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
          '`waiting` too when there was none of that id, or when it is not yours to know.',
        params: commandParams,
        response: answers(200, commandState),
      },
    },
    async (request, reply) => {
      const { number, id } = request.params
      const user = signedIn(request)
      const answer = (await mayKnow(user, number, id)) ? await answerOf(db, number, id) : undefined
      reply.header('cache-control', 'no-store')
      if (!answer) return { state: 'waiting' as const, code: null, detail: null }
      return answer instanceof CommandRejectedError
        ? { state: 'refused' as const, code: answer.code, detail: answer.message }
        : { state: 'done' as const, code: null, detail: null }
    },
  )

  /** Approvers do not see the ticket; what they asked of it is theirs. */
  async function mayKnow(user: SignedInUser, number: number, id: string): Promise<boolean> {
    const own = await db
      .selectFrom('ticket_event')
      .select('no')
      .where('ticket_number', '=', number)
      .where('command_id', '=', id)
      .where((eb) => eb(eb.ref('actor', '->>').key('id'), '=', user.id))
      .limit(1)
      .execute()
    if (own.length > 0) return true
    return authorisedTicket(db, user, number).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ProblemError && error.status === 404) return false
        throw error
      },
    )
  }
}
