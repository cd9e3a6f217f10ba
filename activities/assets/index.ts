import type { Client } from '@temporalio/client'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import { executeCommand } from '../../application/tickets/ticket-workflow.ts'
import type { AssetActivities } from '../../workflows/schedules/activities.ts'
import { announceEndings } from './announce-expiries.ts'

/** @param deps the process's database and Temporal client. */
export const assetActivities = ({
  db,
  client,
  defaultFrom,
}: {
  db: OpenDatabase
  client: Client
  defaultFrom: string
}): AssetActivities => ({
  announceEndings: () =>
    announceEndings({
      pool: db.pool,
      defaultFrom,
      execute: (facts, name, command) => executeCommand(client, facts, name, command),
    }),
})
