import { ticketParams } from '../../domain/contract.ts'
import {
  childrenAnswer,
  type ChildrenNotified,
  childrenNotified,
} from '../../domain/merging/contract.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { CommandKeptError } from '../../application/tickets/ticket-commands.ts'
import { waitingOnce } from '../temporal/many-commands.ts'
import { keptOne } from '../http/problem.ts'
import { reasonOf } from '../http/problem-of.ts'
import { sendReply } from '../conversation/replies.ts'
import { type Api, answers, orKept } from '../http/route-schema.ts'
import { command, authorisedTicket, requestedTicket } from '../access/ticket-access.ts'
import { seesTicket } from '../access/visible-tickets.ts'

/** What a ticket does for the complementary requests that hang on it. */
export function childrenRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.post(
    '/tickets/:number/children/solve',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'solveChildren',
        summary: 'Tell the requesters of complementary requests',
        params: ticketParams,
        body: childrenAnswer,
        response: orKept(answers(200, childrenNotified)),
        description:
          'Each active ticket that is a complementary request of this one gets the text as an answer to its requester, and is solved with it. Each for itself: those that could not be notified are named with the reason, and those whose answer is kept, because no worker answers, with the id of its command. Asked again, only those are notified that are still active.',
      },
    },
    async (request): Promise<ChildrenNotified> => {
      const { user, ticket: parent } = await requestedTicket(db, request)
      const children = await db
        .selectFrom('ticket_link as l')
        .innerJoin('ticket as t', 't.number', 'l.from_number')
        .select('t.number')
        .where('l.to_number', '=', parent.number)
        .where('l.kind', '=', 'childOf')
        .where('t.status', 'in', ['new', 'open', 'waiting'])
        .where(seesTicket(user))
        .orderBy('t.number')
        .execute()
      const result: ChildrenNotified = { notified: [], kept: [], failed: [] }
      const many = { ...deps, workflows: waitingOnce(deps.workflows) }
      for (const { number } of children) {
        try {
          await sendReply(many, user, await authorisedTicket(db, user, number), {
            text: request.body.text,
            cc: [],
            attachmentIds: [],
            status: 'solved',
            holdSeconds: 0,
          })
          result.notified.push(number)
        } catch (error) {
          if (error instanceof CommandKeptError) result.kept.push(keptOne(error))
          else result.failed.push({ number, ...reasonOf(error, number, request) })
        }
      }
      if (result.notified.length > 0)
        await command(deps, user, parent, 'recordChildrenNotified', { numbers: result.notified })
      return result
    },
  )
}
