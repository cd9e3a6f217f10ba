import type { z } from 'zod'
import type { category, categoryChange, newCategory } from '../../domain/classification/contract.ts'
import { isInside } from '../../domain/tree.ts'
import { raiseForCategories } from '../../application/sla/settings.ts'
import { takeLock } from '../../platform/postgres/advisory-locks.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { changeSlaSettings } from '../sla/settings-change.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { categoryNotFound } from './category-ref.ts'
import { personNotFound } from '../people/person-not-found.ts'
import { departmentNotFound } from '../people/department-ref.ts'

type Category = z.infer<typeof category>

export const categoryColumns = [
  'id',
  'name',
  'parent_id as parentId',
  'department_id as departmentId',
  'default_department_id as defaultDepartmentId',
  'default_owner_id as defaultOwnerId',
  'default_priority as defaultPriority',
] as const

/** What is written of a category; what is not given stays. */
const written = (given: z.infer<typeof categoryChange>) => ({
  name: given.name,
  parent_id: given.parentId,
  department_id: given.departmentId,
  default_department_id: given.defaultDepartmentId,
  default_owner_id: given.defaultOwnerId,
  default_priority: given.defaultPriority,
})

/** @throws ProblemError 422 that names what is not there. */
export async function addCategory(
  deps: Dependencies,
  given: z.infer<typeof newCategory>,
): Promise<Category> {
  const added = await refusing(
    deps.db
      .insertInto('category')
      .values({ ...written(given), name: given.name, id: newId() })
      .returning(categoryColumns)
      .executeTakeFirstOrThrow(),
    refusals,
  )
  // One that is made inside another has no tickets yet, but is to go by its service level from the
  // first on.
  if (given.parentId)
    await changeSlaSettings(deps, (transaction) => raiseForCategories(transaction))
  return added
}

/** @throws ProblemError 404, 422 */
export const changeCategory = (
  deps: Dependencies,
  id: string,
  change: z.infer<typeof categoryChange>,
): Promise<Category> =>
  changeSlaSettings(deps, async (transaction) => {
    const { name, parentId } = change
    if (parentId) await refuseCircle(transaction, id, parentId)
    const row = await refusing(
      transaction
        .updateTable('category')
        .set({ ...written(change), id })
        .where('id', '=', id)
        .returning(categoryColumns)
        .executeTakeFirst(),
      refusals,
    )
    if (!row) throw notFound('such category')
    if (name !== undefined || parentId !== undefined) await raiseForCategories(transaction)
    return row
  })

/** @throws ProblemError 404, and 409 while something is in it or for it. */
export async function removeCategory(db: Database, id: string): Promise<void> {
  const used = await db
    .selectNoFrom(({ exists, selectFrom }) => [
      exists(selectFrom('ticket').select('number').where('category_id', '=', id)).as('tickets'),
      exists(selectFrom('category').select('id').where('parent_id', '=', id)).as('children'),
    ])
    .executeTakeFirstOrThrow()
  if (used.tickets)
    throw conflict(
      'category-in-use',
      'Tickets are in this category. Give it a new name, or sort them elsewhere first.',
    )
  if (used.children)
    throw conflict(
      'category-in-use',
      'Other categories are inside this one. Move or remove them first.',
    )
  const { numDeletedRows } = await refusing(
    db.deleteFrom('category').where('id', '=', id).executeTakeFirst(),
    {
      service_level_category_id_fkey: () =>
        conflict(
          'category-in-use',
          'A service level is for this category. Change or remove that first.',
        ),
    },
  )
  if (numDeletedRows === 0n) throw notFound('such category')
}

/**
 * Looks under a lock that is held until the change is written: of two that would go into each other,
 * the second is told.
 * @throws ProblemError 422
 */
async function refuseCircle(transaction: Database, id: string, into: string): Promise<void> {
  await takeLock(transaction, 'categoryTree')
  const categories = await transaction.selectFrom('category').select(['id', 'parent_id']).execute()
  if (isInside(new Map(categories.map((c) => [c.id, c.parent_id])), id, into))
    throw unprocessable(
      'category-circle',
      'A category cannot be inside itself. Choose another parent.',
      '/parentId',
    )
}

const refusals = {
  category_parent_id_fkey: () => categoryNotFound('/parentId'),
  category_default_department_id_fkey: () => departmentNotFound('/defaultDepartmentId'),
  category_default_owner_id_fkey: () => personNotFound('/defaultOwnerId'),
  category_department_id_fkey: () => departmentNotFound(),
}
