import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import type { DB } from '../../prisma/generated/database.ts'
import type { Database } from './database.ts'

const unconnected: Database = new Kysely<DB>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/**
 * The SQL of a typed statement, to be part of a raw one.
 * @param build writes its values with `sql.lit`: it has no parameters of its own.
 */
export function statementText(build: (db: Database) => Compilable): string {
  const { sql, parameters } = build(unconnected).compile()
  if (parameters.length > 0) throw new Error(`a part of a statement has parameters: ${sql}`)
  return sql
}
