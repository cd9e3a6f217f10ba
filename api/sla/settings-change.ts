import type { Database } from '../../platform/postgres/database.ts'
import type { Dependencies } from '../http/dependencies.ts'

/**
 * Changes what service levels go by, in one transaction that raises their revision. Once it is
 * committed, the tickets are to follow.
 */
export async function changeSlaSettings<T>(
  { db, workflows }: Pick<Dependencies, 'db' | 'workflows'>,
  work: (transaction: Database) => Promise<T>,
): Promise<T> {
  const result = await db.transaction().execute(work)
  await workflows.slaSettingsChanged()
  return result
}
