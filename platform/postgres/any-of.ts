import { type RawBuilder, sql } from 'kysely'

/** In PostgreSQL's words; an enum in quotes. */
type ItemType = 'uuid' | 'text' | 'integer' | `"${string}"`

/**
 * One of a list, as one parameter whatever its length: `.where('id', '=', anyOf(ids, 'uuid'))`.
 * @param type of an item, in PostgreSQL's words.
 */
export const anyOf = <T extends string | number>(
  values: readonly T[],
  type: ItemType,
): RawBuilder<T> => sql<T>`any(${values}::${sql.raw(type)}[])`

/** Each of a list: `.where('id', '<>', allOf(ids, 'uuid'))` is none of them. */
export const allOf = <T extends string | number>(
  values: readonly T[],
  type: ItemType,
): RawBuilder<T> => sql<T>`all(${values}::${sql.raw(type)}[])`
