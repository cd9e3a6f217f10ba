import { type AliasedRawBuilder, type RawBuilder, sql } from 'kysely'

/**
 * A value for a jsonb column. Needed for lists, which the driver would take for PostgreSQL arrays,
 * and good for everything else.
 */
export const jsonb = <T>(value: T): RawBuilder<T> => sql<T>`${JSON.stringify(value)}::jsonb`

/** PostgreSQL's names of the types that travel in JSON, with their arrays; an enum in quotes. */
type ColumnType =
  | 'uuid'
  | 'text'
  | 'integer'
  | 'bigint'
  | 'boolean'
  | 'timestamptz'
  | 'date'
  | 'numeric'
  | 'double precision'
  | 'jsonb'
  | `"${string}"`

/**
 * Rows of this process as a table in a statement, in one parameter whatever their number: `FROM
 * jsonb_to_recordset(…) AS alias(…)`.
 * @param columns the type of each column, in PostgreSQL's words.
 */
export function recordset<Row extends object, Alias extends string>(
  alias: Alias,
  rows: readonly Row[],
  columns: { [Column in keyof Row & string]: ColumnType | `${ColumnType}[]` },
): AliasedRawBuilder<Row, Alias> {
  const list = Object.entries<string>(columns).map(
    ([name, type]) => sql`${sql.id(name)} ${sql.raw(type)}`,
  )
  return sql<Row>`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)`.as<Alias>(
    sql`${sql.id(alias)}(${sql.join(list)})`,
  )
}
