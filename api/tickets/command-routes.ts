import { commandParams, commandState } from '../../domain/tickets/contract.ts'
import { answerOf, CommandRejectedError } from '../../application/tickets/command-answers.ts'
import { signedIn } from '../access/authentication.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { authorisedTicket } from '../access/ticket-access.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { ProblemError } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'

/** What became of a command that was kept, because no worker answered in time. */
export function commandRoutes(api: Api, { db }: Dependencies): void {
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
