import type { Database } from '../../../platform/postgres/database.ts'
import { isSecondAttempt } from './attempt.ts'

/**
 * Has an earlier attempt of this request, whose answer is lost, made this row? Then it is not
 * written again: somebody may have changed it since.
 * @param id given out by `newId`.
 */
export async function isMadeBefore(
  db: Database,
  table: 'asset' | 'document' | 'mailbox',
  id: string,
): Promise<boolean> {
  if (!isSecondAttempt()) return false
  const row = await db
    .selectFrom(table as 'asset')
    .select('id')
    .where('id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}
