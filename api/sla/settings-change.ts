import type pg from 'pg'
import { inTransaction } from '../../platform/postgres/transaction.ts'
import type { Dependencies } from '../http/dependencies.ts'

/**
 * Changes what service levels go by, in one transaction that raises their revision. Once it is
 * committed, the tickets are to follow.
 */
export async function changeSlaSettings<T>(
  { pool, workflows }: Pick<Dependencies, 'pool' | 'workflows'>,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const result = await inTransaction(pool, work)
  await workflows.slaSettingsChanged()
  return result
}
