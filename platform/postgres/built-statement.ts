import type { Compilable } from 'kysely'
import type { Database } from './database.ts'
import { nameText } from './raw-statement.ts'
import { statementText } from './statement-text.ts'

/** A typed statement that is built once for the process. */
export interface BuiltStatement<Row> {
  text: string
  /** Says what the rows are; is not there. */
  row?: Row
}

/**
 * Builds a statement that is sent so often that building it anew would cost more than running it.
 * Connections prepare it.
 * @param name that no other statement has.
 * @param build writes `sql.raw('$1')` and so on where its values go.
 */
export function builtStatement<Row>(
  name: string,
  build: (db: Database) => Compilable<Row>,
): BuiltStatement<Row> {
  const text = statementText(build)
  nameText(text, () => name)
  return { text }
}
