import type { KeptOfOne } from '../../domain/contract.ts'
import { bulkChange, bulkResult } from '../../domain/tickets/contract.ts'
import { atOnce } from '../../application/at-once.ts'
import { CommandKeptError } from '../../application/tickets/ticket-commands.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { keptOne } from '../http/problem.ts'
import { reasonOf } from '../http/problem-of.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { waitingOnce } from '../temporal/many-commands.ts'
import { changeTicket } from './change-ticket.ts'

/**
 * Tickets changed at once in one bulk request: enough to keep Temporal busy, few enough to leave
 * room for others.
 */
const BULK_AT_ONCE = 8

/** Many tickets changed in one request. */
export function bulkRoutes(api: Api, deps: Dependencies): void {
  api.post(
    '/tickets/bulk',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'changeTickets',
        summary: 'Change many tickets',
        description:
          'Each for itself: those that cannot be changed are named with the reason, and those whose change is kept, because no worker answers, with the id of its command.',
        body: bulkChange,
        response: answers(200, bulkResult),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const many = { ...deps, workflows: waitingOnce(deps.workflows) }
      const changed: number[] = []
      const kept: KeptOfOne[] = []
      const failed: { number: number; code: string; message: string }[] = []
      await atOnce(new Set(request.body.numbers), BULK_AT_ONCE, async (number) => {
        try {
          await changeTicket(many, user, number, request.body.change)
          changed.push(number)
        } catch (error) {
          if (error instanceof CommandKeptError) kept.push(keptOne(error))
          else failed.push({ number, ...reasonOf(error, number, request) })
        }
      })
      return {
        changed: changed.sort((a, b) => a - b),
        kept: kept.sort((a, b) => a.ticketNumber - b.ticketNumber),
        failed: failed.sort((a, b) => a.number - b.number),
      }
    },
  )
}
