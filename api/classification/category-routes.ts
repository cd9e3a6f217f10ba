import { page, uuidParams } from '../../domain/contract.ts'
import { category, categoryChange, newCategory } from '../../domain/classification/contract.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { addCategory, categoryColumns, changeCategory, removeCategory } from './category-writing.ts'

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
        description: 'All of them, as a flat list by name; `parentId` makes the tree.',
        response: answers(200, page(category)),
      },
    },
    async () => ({
      items: await db
        .selectFrom('category')
        .select(categoryColumns)
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
        description:
          '`parentId` puts it below another. The defaults are what a ticket gets with it, where nothing else was chosen.',
        body: newCategory,
        response: answers(201, category),
      },
    },
    async (request, reply) => reply.code(201).send(await addCategory(deps, request.body)),
  )

  api.patch(
    '/categories/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeCategory',
        summary: 'Change a category',
        description:
          'What is left out stays, and null empties a field. Tickets show the new name; what their histories say stays.',
        params: uuidParams,
        body: categoryChange,
        response: answers(200, category),
      },
    },
    (request) => changeCategory(deps, request.params.id, request.body),
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
      await removeCategory(db, request.params.id)
      return reply.code(204).send()
    },
  )
}
