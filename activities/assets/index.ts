import type { Database } from '../../platform/postgres/database.ts'
import type { TicketCommands } from '../../application/tickets/ticket-commands.ts'
import type { AssetActivities } from '../../workflows/schedules/activities.ts'
import { announceEndings } from './announce-expiries.ts'

/** @param deps the process's database and Temporal client. */
export const assetActivities = ({
  db,
  commands,
  defaultFrom,
}: {
  db: Database
  commands: TicketCommands
  defaultFrom: string
}): AssetActivities => ({
  announceEndings: () =>
    announceEndings({
      db,
      defaultFrom,
      execute: (facts, name, command) => commands.execute(facts, name, command),
    }),
})
