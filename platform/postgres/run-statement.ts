import type { Database } from './database.ts'
import { CompiledQuery } from 'kysely'
import type { BuiltStatement } from './built-statement.ts'
import type { RawStatement } from './raw-statement.ts'

/**
 * @param values of $1, $2 …
 * @returns the rows.
 */
export async function runStatement<Row>(
  db: Database,
  { text }: RawStatement<Row> | BuiltStatement<Row>,
  values: readonly unknown[],
): Promise<Row[]> {
  return (await db.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows
}
