import type { z } from 'zod'
import { wellFormedTexts } from '../../domain/well-formed-text.ts'
import { ProblemError } from './problem.ts'

/**
 * Where a page ended: the sort keys of its last row. Opaque to callers, so that what lists are
 * sorted by can change.
 */
export const writeCursor = (keys: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(keys)).toString('base64url')

/**
 * @param keys the shape that this list's cursors have.
 * @throws ProblemError 400 when it is not one of this list.
 */
export function readCursor<S extends z.ZodType>(
  cursor: string | undefined,
  keys: S,
): z.infer<S> | null {
  if (cursor === undefined || cursor === '') return null
  try {
    return keys.parse(
      wellFormedTexts<unknown>(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))),
    )
  } catch {
    throw new ProblemError(
      400,
      'cursor-invalid',
      'This cursor belongs to no page of this list. Begin again without it.',
      {
        errors: [{ pointer: '/query/cursor', message: 'is not a cursor of this list' }],
      },
    )
  }
}

/**
 * Cuts a page out of rows that were asked for with one more than the page holds.
 * @param keysOf the sort keys of a row.
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  keysOf: (row: Row) => readonly unknown[],
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(item),
    next: rows.length > limit && last !== undefined ? writeCursor(keysOf(last)) : null,
  }
}
