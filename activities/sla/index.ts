import { Context } from '@temporalio/activity'
import type { TicketCommands } from '../../application/tickets/ticket-commands.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SlaReplanActivities } from '../../workflows/sla/activities.ts'
import { CurrentSlaSettings } from './planned-tickets.ts'
import { renewSlaPlans, replanPage } from './replan.ts'

/** Planning of all tickets, bound to the process's database and client. */
export function slaActivities({
  db,
  commands,
}: {
  db: Database
  commands: TicketCommands
}): SlaReplanActivities {
  const settings = new CurrentSlaSettings(db)
  return {
    renewPlans: () => renewSlaPlans(db),
    replanTickets: ({ after }) => {
      const { cancellationSignal, heartbeat } = Context.current()
      return replanPage(
        db,
        settings,
        async (number, command) => {
          await commands.execute({ number, resume: true }, 'setSlaPlan', command, {
            stop: cancellationSignal,
          })
        },
        after,
        () => {
          heartbeat()
        },
      )
    },
  }
}
