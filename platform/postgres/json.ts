import { type AliasedRawBuilder, type ColumnType, type RawBuilder, sql } from 'kysely'

declare const asJson: unique symbol

/** A list that is written as JSON. */
export interface JsonText<T> {
  readonly [asJson]: T
}

/**
 * A jsonb column that holds a list: read as it is, written only through `jsonb`, because the driver
 * takes a list for a PostgreSQL array.
 */
export type JsonList<Item> = ColumnType<
  Item[],
  JsonText<readonly Item[]>,
  JsonText<readonly Item[]>
>

/** A jsonb column that holds a text or a list: the driver would write neither as JSON. */
export type JsonOf<T> = ColumnType<T, JsonText<T>, JsonText<T>>

export const jsonOf = <T>(value: T): RawBuilder<JsonText<T>> => sql`${JSON.stringify(value)}::jsonb`

/** A value for a jsonb column. */
export const jsonb = <T>(
  value: T,
): RawBuilder<T extends readonly (infer Item)[] ? JsonText<readonly Item[]> : T> =>
  sql`${JSON.stringify(value)}::jsonb`

/** PostgreSQL's names of the types that travel in JSON, with their arrays; an enum in quotes. */
type PostgresType =
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

/** The names of the columns of a recordset, in their order. */
export const columnsOf = <Column extends string>(types: Record<Column, string>): Column[] =>
  Object.keys(types) as Column[]

/**
 * Rows of this process as a table in a statement, in one parameter whatever their number: `FROM
 * jsonb_to_recordset(…) AS alias(…)`.
 * @param columns the type of each column, in PostgreSQL's words.
 */
export function recordset<Row extends object, Alias extends string>(
  alias: Alias,
  rows: readonly Row[],
  columns: { [Column in keyof Row & string]: PostgresType | `${PostgresType}[]` },
): AliasedRawBuilder<Row, Alias> {
  const list = Object.entries<string>(columns).map(
    ([name, type]) => sql`${sql.id(name)} ${sql.raw(type)}`,
  )
  return sql<Row>`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)`.as<Alias>(
    sql`${sql.id(alias)}(${sql.join(list)})`,
  )
}
