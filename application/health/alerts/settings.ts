import { type AlertSettings, noAlerts } from '../../../domain/health/contract.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { jsonb } from '../../../platform/postgres/json.ts'

const KEY = 'healthAlerts'

/** The settings as they are stored, with the webhook's secret sealed. */
export interface StoredAlertSettings extends AlertSettings {
  secretSealed: string | null
}

/** @returns who is told when something is wrong; nobody where nothing was ever set. */
export async function readAlertSettings(db: Database): Promise<StoredAlertSettings> {
  const row = await db
    .selectFrom('setting')
    .select('value')
    .where('key', '=', KEY)
    .executeTakeFirst()
  return { ...noAlerts, secretSealed: null, ...(row?.value as Partial<StoredAlertSettings>) }
}

export async function writeAlertSettings(db: Database, settings: StoredAlertSettings) {
  const value = jsonb(settings)
  await db
    .insertInto('setting')
    .values({ key: KEY, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}
