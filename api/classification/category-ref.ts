import type { CategoryRef } from '../../domain/vocabulary.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { type ProblemError, unprocessable } from '../http/problem.ts'

/** @param pointer to the field that names it. */
export const categoryNotFound = (pointer = '/categoryId'): ProblemError =>
  unprocessable('category-not-found', 'This category does not exist.', pointer)

/**
 * The category that a request names.
 * @throws ProblemError 422
 */
export async function categoryRef(db: Database, id: string): Promise<CategoryRef> {
  const row = await db
    .selectFrom('category')
    .select(['id', 'name'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw categoryNotFound()
  return row
}
