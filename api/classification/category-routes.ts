import { page, uuidParams } from '../../domain/contract.ts'
import { category, categoryChange, newCategory } from '../../domain/classification/contract.ts'
import { isInside } from '../../domain/tree.ts'
import { raiseForCategories } from '../../application/sla/settings.ts'
import { takeLock } from '../../platform/postgres/advisory-locks.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { changeSlaSettings } from '../sla/settings-change.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { categoryNotFound } from './category-ref.ts'
import { personNotFound } from '../people/person-not-found.ts'
import { departmentNotFound } from '../people/department-ref.ts'

const columns = [
  'id',
  'name',
  'parent_id as parentId',
  'department_id as departmentId',
  'default_department_id as defaultDepartmentId',
  'default_owner_id as defaultOwnerId',
  'default_priority as defaultPriority',
] as const

/** Categories: a tree that tickets are sorted into, whole or for one department. */
export function categoryRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.get(
    '/categories',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listCategories',
        summary: 'List categories',
        response: answers(200, page(category)),
      },
    },
    async () => ({
      items: await db
        .selectFrom('category')
        .select(columns)
        .orderBy((eb) => eb.fn('lower', ['name']))
        .orderBy('id')
        .execute(),
      next: null,
    }),
  )

  api.post(
    '/categories',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createCategory',
        summary: 'Add a category',
        body: newCategory,
        response: answers(201, category),
      },
    },
    async (request, reply) => {
      const { name, parentId, departmentId, defaultDepartmentId, defaultOwnerId, defaultPriority } =
        request.body
      const added = await refusing(
        db
          .insertInto('category')
          .values({
            id: newId(),
            name,
            parent_id: parentId,
            department_id: departmentId,
            default_department_id: defaultDepartmentId,
            default_owner_id: defaultOwnerId,
            default_priority: defaultPriority,
          })
          .returning(columns)
          .executeTakeFirstOrThrow(),
        refusals,
      )
      // One that is made inside another has no tickets yet, but is to go by its service level from
      // the first on.
      if (parentId) await changeSlaSettings(deps, (transaction) => raiseForCategories(transaction))
      return reply.code(201).send(added)
    },
  )

  api.patch(
    '/categories/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeCategory',
        summary: 'Change a category',
        params: uuidParams,
        body: categoryChange,
        response: answers(200, category),
      },
    },
    async (request) => {
      const { id } = request.params
      const { name, parentId, departmentId, defaultDepartmentId, defaultOwnerId, defaultPriority } =
        request.body
      return changeSlaSettings(deps, async (transaction) => {
        if (parentId) await refuseCircle(transaction, id, parentId)
        const row = await refusing(
          transaction
            .updateTable('category')
            .set({
              id,
              name,
              parent_id: parentId,
              department_id: departmentId,
              default_department_id: defaultDepartmentId,
              default_owner_id: defaultOwnerId,
              default_priority: defaultPriority,
            })
            .where('id', '=', id)
            .returning(columns)
            .executeTakeFirst(),
          refusals,
        )
        if (!row) throw notFound('such category')
        if (name !== undefined || parentId !== undefined) await raiseForCategories(transaction)
        return row
      })
    },
  )

  api.delete(
    '/categories/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeCategory',
        summary: 'Remove a category',
        description: 'Refused while tickets or other categories are in it.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { id } = request.params
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
      return reply.code(204).send()
    },
  )
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
