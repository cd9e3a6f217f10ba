import { createHash } from 'node:crypto'
import type { Compilable, RawBuilder } from 'kysely'
import type { Database } from './database.ts'
import { nameText } from './raw-statement.ts'

/**
 * Runs a typed statement that each connection is to read and plan once, because planning takes
 * longer than running it.
 * @param query whose text comes in few variants: values are parameters, and not in it.
 * @returns the rows.
 */
export async function runPrepared<Row>(
  db: Database,
  query: Compilable<Row> | RawBuilder<Row>,
): Promise<Row[]> {
  const compiled = query.compile(db)
  nameText(compiled.sql, () => createHash('sha1').update(compiled.sql).digest('base64url'))
  return (await db.executeQuery(compiled)).rows
}
