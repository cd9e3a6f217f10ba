import type { Client } from '@temporalio/client'
import type { Database } from '../../platform/database.ts'
import { executeCommand } from '../../platform/temporal.ts'
import type { EquipmentActivities } from '../../workflows/equipment-activities.ts'
import { announceEndings } from './announce-endings.ts'

/** @param deps the process's database and Temporal client. */
export const equipmentActivities = ({
  db,
  client,
  defaultFrom,
}: {
  db: Database
  client: Client
  defaultFrom: string
}): EquipmentActivities => ({
  announceEndings: () =>
    announceEndings({
      pool: db.pool,
      defaultFrom,
      execute: (facts, name, command) => executeCommand(client, facts, name, command),
    }),
})
