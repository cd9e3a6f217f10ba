import { page, uuidParams } from '../../domain/contract.ts'
import { newTaskTemplate, taskTemplate, taskTemplateChange } from '../../domain/tasks/contract.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { categoryNotFound } from '../classification/category-ref.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { templateColumns } from './task-templates.ts'
import { checkAssignees, withIds } from './template-lines.ts'

/** Tasks that go together: set up once, put on tickets by hand or with their category. */
export function taskTemplateRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/task-templates',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTaskTemplates',
        summary: 'List task templates',
        description:
          'Each is a list of tasks to add to a ticket at once; those with a category and `automatic` come by themselves when a ticket gets the category.',
        response: answers(200, page(taskTemplate)),
      },
    },
    async () => {
      const items = await db
        .selectFrom('task_template')
        .select(templateColumns)
        .orderBy((eb) => eb.fn('lower', ['name']))
        .orderBy('id')
        .execute()
      return { items, next: null }
    },
  )

  api.post(
    '/task-templates',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createTaskTemplate',
        summary: 'Add a task template',
        description:
          'The order of `lines` is the order of the tasks. With `categoryId` and `automatic` they are added by themselves to tickets that get the category.',
        body: newTaskTemplate,
        response: answers(201, taskTemplate),
      },
    },
    async (request, reply) => {
      const { name, categoryId, automatic, lines } = request.body
      await checkAssignees(db, lines)
      const adding = db
        .insertInto('task_template')
        .values({
          id: newId(),
          name,
          category_id: categoryId ?? null,
          automatic,
          lines: jsonb(withIds(lines)),
        })
        .returning(templateColumns)
        .executeTakeFirstOrThrow()
      return reply.code(201).send(await refusing(adding, refusals))
    },
  )

  api.patch(
    '/task-templates/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeTaskTemplate',
        summary: 'Change a task template',
        description: 'Tickets that its tasks are on already stay as they are.',
        params: uuidParams,
        body: taskTemplateChange,
        response: answers(200, taskTemplate),
      },
    },
    async (request) => {
      const { name, categoryId, automatic, lines } = request.body
      await checkAssignees(db, lines ?? [])
      const { id } = request.params
      const changing = db
        .updateTable('task_template')
        // With the id, so that there is something to set when nothing is to change.
        .set({
          id,
          name,
          category_id: categoryId,
          automatic,
          lines: lines && jsonb(withIds(lines)),
        })
        .where('id', '=', id)
        .returning(templateColumns)
        .executeTakeFirst()
      const row = await refusing(changing, refusals)
      if (!row) throw notFound('such task template')
      return row
    },
  )

  api.delete(
    '/task-templates/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeTaskTemplate',
        summary: 'Remove a task template',
        description: 'Tasks that came from it stay.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { numDeletedRows } = await db
        .deleteFrom('task_template')
        .where('id', '=', request.params.id)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw notFound('such task template')
      return reply.code(204).send()
    },
  )
}

const refusals = {
  task_template_category_id_fkey: () => categoryNotFound(),
}
