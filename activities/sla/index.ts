import { Context } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import { executeCommand } from '../../application/tickets/ticket-workflow.ts'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import type { SlaReplanActivities } from '../../workflows/sla/activities.ts'
import { CurrentSlaSettings } from './planned-tickets.ts'
import { renewSlaPlans, replanPage } from './replan.ts'

/** How long a ticket has to answer. Milliseconds. */
const ANSWER_MS = 20_000

/** Planning of all tickets, bound to the process's database and client. */
export function slaActivities({
  db: { pool },
  client,
}: {
  db: OpenDatabase
  client: Client
}): SlaReplanActivities {
  const settings = new CurrentSlaSettings(pool)
  return {
    renewPlans: () => renewSlaPlans(pool),
    replanTickets: ({ after }) => {
      const { cancellationSignal, heartbeat } = Context.current()
      return replanPage(
        pool,
        settings,
        async (number, command) => {
          await client.withAbortSignal(
            AbortSignal.any([AbortSignal.timeout(ANSWER_MS), cancellationSignal]),
            () => executeCommand(client, { number, resume: true }, 'setSlaPlan', command),
          )
        },
        after,
        () => {
          heartbeat()
        },
      )
    },
  }
}
