import { page, ticketParams, uuidParams } from '../../domain/contract.ts'
import {
  newTaskTemplate,
  taskTemplate,
  taskTemplateChange,
  templateChoice,
  ticketTasks,
  type TemplateLine,
} from '../../domain/tasks/contract.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import { arrayFrom } from '../../platform/postgres/array-from.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { categoryNotFound } from '../classification/category-ref.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent, orKept } from '../http/route-schema.ts'
import { tasksOfTicket } from './task-list.ts'
import { tasksOf, templateColumns } from './task-templates.ts'
import { command, requestedTicket } from '../access/ticket-access.ts'

const WHOLE = 200

/** Tasks that go together: set up once, put on tickets by hand or with their category. */
export function taskTemplateRoutes(api: Api, deps: Dependencies): void {
  const { db } = deps

  api.get(
    '/task-templates',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listTaskTemplates',
        summary: 'List task templates',
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
        body: newTaskTemplate,
        response: answers(201, taskTemplate),
      },
    },
    async (request, reply) => {
      const { name, categoryId, automatic, lines } = request.body
      await checkAssignees(lines)
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
      await checkAssignees(lines ?? [])
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

  api.post(
    '/tickets/:number/tasks/from-template',
    {
      config: { right: 'ticket.work' },
      schema: {
        operationId: 'createTasksFromTemplate',
        summary: 'Put a template’s tasks on a ticket',
        description: 'Those that are on it already are not added again.',
        params: ticketParams,
        body: templateChoice,
        response: orKept(answers(201, ticketTasks)),
      },
    },
    async (request, reply) => {
      const { user, ticket } = await requestedTicket(db, request)
      const template = await db
        .selectFrom('task_template')
        .select(templateColumns)
        .where('id', '=', request.body.templateId)
        .executeTakeFirst()
      if (!template)
        throw unprocessable(
          'task-template-not-found',
          'This task template does not exist any more.',
          '/templateId',
        )
      const tasks = await tasksOf(db, ticket, template)
      if (tasks.length > 0)
        await command(deps, user, ticket, 'changeProperties', {
          steps: tasks.map((payload) => ({ name: 'addTask', payload })),
        })
      return reply.code(201).send(await tasksOfTicket(db, ticket.number, undefined, WHOLE))
    },
  )

  /**
   * Whether they see a ticket shows when the tasks are put on it; who works on none is refused
   * here.
   * @throws ProblemError 422 that names the line.
   */
  async function checkAssignees(
    lines: readonly Pick<TemplateLine, 'assigneeId' | 'teamId'>[],
  ): Promise<void> {
    const people = lines.flatMap(({ assigneeId }) => assigneeId ?? [])
    const teams = lines.flatMap(({ teamId }) => teamId ?? [])
    const known = await db
      .selectNoFrom((eb) => [
        arrayFrom(
          eb
            .selectFrom('app_user')
            .select('id')
            .where('active', '=', true)
            .where('role', 'in', ['admin', 'agent'])
            .where('id', '=', anyOf(people, 'uuid')),
        ).as('people'),
        arrayFrom(
          eb.selectFrom('department').select('id').where('id', '=', anyOf(teams, 'uuid')),
        ).as('teams'),
      ])
      .executeTakeFirstOrThrow()
    for (const [index, { assigneeId, teamId }] of lines.entries()) {
      if (assigneeId && !known.people.includes(assigneeId.toLowerCase()))
        throw unprocessable(
          'person-not-working',
          `Line ${index + 1} names somebody who does not work on tickets any more. Choose somebody else, or nobody.`,
          `/lines/${index}/assigneeId`,
        )
      if (teamId && !known.teams.includes(teamId.toLowerCase()))
        throw unprocessable(
          'team-not-found',
          `Line ${index + 1} names a team that does not exist any more. Choose another, or nobody.`,
          `/lines/${index}/teamId`,
        )
    }
  }
}

const withIds = (
  lines: readonly (Omit<TemplateLine, 'id'> & { id?: string | undefined })[],
): TemplateLine[] => lines.map((line) => ({ ...line, id: line.id ?? newId() }))

const refusals = {
  task_template_category_id_fkey: () => categoryNotFound(),
}
