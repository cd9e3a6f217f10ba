import { type RawBuilder, sql, type UpdateType } from 'kysely'
import type { DB } from '../../prisma/generated/database.ts'

/**
 * What was to be inserted, for the columns that an upsert takes over: `.doUpdateSet(excluded('task',
 * ['title', 'status']))`.
 */
export const excluded = <Table extends keyof DB, Column extends keyof DB[Table] & string>(
  _table: Table,
  columns: readonly Column[],
): { [C in Column]: RawBuilder<UpdateType<DB[Table][C]>> } =>
  Object.fromEntries(
    columns.map((column) => [column, sql.ref(`excluded.${column}`)]),
  ) as unknown as { [C in Column]: RawBuilder<UpdateType<DB[Table][C]>> }
