import { type RawBuilder, sql } from 'kysely'

/**
 * One of a list, as one parameter whatever its length: `.where('id', '=', anyOf(ids, 'uuid'))`.
 * @param type of an item, in PostgreSQL's words.
 */
export const anyOf = <T extends string | number>(
  values: readonly T[],
  type: 'uuid' | 'text' | 'integer',
): RawBuilder<T> => sql<T>`any(${values}::${sql.raw(type)}[])`
