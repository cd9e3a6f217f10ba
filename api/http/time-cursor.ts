import { type ExpressionBuilder, type RawBuilder, sql, type StringReference } from 'kysely'
import { z } from 'zod'

/** The cursor of a list by time: time and id of a page's last row. */
export const timeCursor = z.tuple([z.iso.datetime(), z.uuid()])
export type TimeCursor = z.infer<typeof timeCursor>

/**
 * A condition: what comes after a page's last row in a list that is ordered by a time, and by what
 * tells rows of the same time apart.
 * @param columns in their order, the time first.
 * @param order `<` where the list shows the newest first.
 * @param after the last row's values of the columns; null: the first page.
 */
export const isAfter = <D, T extends keyof D>(
  eb: ExpressionBuilder<D, T>,
  columns: readonly StringReference<D, T>[],
  order: '<' | '>',
  after: readonly [time: string, ...rest: (string | number)[]] | null,
): RawBuilder<boolean> => {
  if (after === null) return sql<boolean>`true`
  const [time, ...rest] = after
  const position = [sql`${time}::timestamptz`, ...rest.map((value) => sql`${value}`)]
  const row = columns.map((column) => eb.ref(column))
  return sql<boolean>`(${sql.join(row)}) ${sql.raw(order)} (${sql.join(position)})`
}
