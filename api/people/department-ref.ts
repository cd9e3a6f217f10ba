import type { DepartmentRef } from '../../domain/vocabulary.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { type ProblemError, unprocessable } from '../http/problem.ts'

/** @param pointer to the field that names it. */
export const departmentNotFound = (pointer = '/departmentId'): ProblemError =>
  unprocessable('department-not-found', 'This department does not exist.', pointer)

/**
 * The department that a request names.
 * @throws ProblemError 422
 */
export async function departmentRef(db: Database, id: string): Promise<DepartmentRef> {
  const row = await db
    .selectFrom('department')
    .select(['id', 'name'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw departmentNotFound()
  return row
}
