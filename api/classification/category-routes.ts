import { page, uuidParams } from '../../domain/contract.ts'
import { category, categoryChange, newCategory } from '../../domain/classification/contract.ts'
import { raiseForCategories } from '../../application/sla/settings.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { changeSlaSettings } from '../sla/settings-change.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
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
      if (parentId && (await isBelow(parentId, id)))
        throw unprocessable(
          'category-circle',
          'A category cannot be inside itself. Choose another parent.',
          '/parentId',
        )
      return changeSlaSettings(deps, async (transaction) => {
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

  /** Is `id` the category `root`, or somewhere below it? */
  async function isBelow(id: string, root: string): Promise<boolean> {
    const found = await db
      .withRecursive('up', (up) =>
        up
          .selectFrom('category')
          .select(['category.id', 'category.parent_id'])
          .where('category.id', '=', id)
          .union(
            up
              .selectFrom('category as c')
              .innerJoin('up', 'up.parent_id', 'c.id')
              .select(['c.id', 'c.parent_id']),
          ),
      )
      .selectFrom('up')
      .select('up.id')
      .where('up.id', '=', root)
      .executeTakeFirst()
    return found !== undefined
  }
}

const refusals = {
  category_parent_id_fkey: () =>
    unprocessable('category-not-found', 'The parent category does not exist.', '/parentId'),
  category_default_department_id_fkey: () => departmentNotFound('/defaultDepartmentId'),
  category_default_owner_id_fkey: () =>
    unprocessable('person-not-found', 'This person does not exist.', '/defaultOwnerId'),
  category_department_id_fkey: () => departmentNotFound(),
}
