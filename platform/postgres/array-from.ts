import { type Expression, type RawBuilder, sql } from 'kysely'

/**
 * The one column of a sub-select as an array, in its order; empty when it has no row.
 * @param column a select of one column.
 */
export const arrayFrom = <Row extends object>(
  column: Expression<Row>,
): RawBuilder<Row[keyof Row][]> => sql`array${column}`
