import { page, ticketParams, uuidParams } from '../../domain/contract.ts'
import {
  newTaskTemplate,
  taskTemplate,
  taskTemplateChange,
  type TaskTemplate,
  templateChoice,
  ticketTasks,
  type TemplateLine,
} from '../../domain/tasks/contract.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { signedIn } from '../access/authentication.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { tasksOfTicket } from './task-list.ts'
import { addTasksOf, TEMPLATE_COLUMNS } from './task-templates.ts'
import { authorisedTicket } from '../access/ticket-access.ts'

const WHOLE = 200

/** Tasks that go together: set up once, put on tickets by hand or with their category. */
export function taskTemplateRoutes(api: Api, deps: Dependencies): void {
  const { db, pool } = deps

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
      const { rows } = await pool.query<TaskTemplate>(
        `SELECT ${TEMPLATE_COLUMNS} FROM task_template ORDER BY lower(name), id`,
      )
      return { items: rows, next: null }
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
      const {
        rows: [row],
      } = await refusing(
        pool.query<TaskTemplate>(
          `INSERT INTO task_template (id, name, category_id, automatic, lines) VALUES ($1, $2, $3, $4, $5) RETURNING ${TEMPLATE_COLUMNS}`,
          [timeOrderedId(), name, categoryId ?? null, automatic, JSON.stringify(withIds(lines))],
        ),
        refusals,
      )
      return reply.code(201).send(row!)
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
      const {
        rows: [row],
      } = await refusing(
        pool.query<TaskTemplate>(
          `UPDATE task_template SET name = coalesce($2, name), category_id = CASE WHEN $3 THEN $4::uuid ELSE category_id END, automatic = coalesce($5, automatic), lines = coalesce($6::jsonb, lines)
       WHERE id = $1 RETURNING ${TEMPLATE_COLUMNS}`,
          [
            request.params.id,
            name ?? null,
            categoryId !== undefined,
            categoryId ?? null,
            automatic ?? null,
            lines ? JSON.stringify(withIds(lines)) : null,
          ],
        ),
        refusals,
      )
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
      const { rowCount } = await pool.query('DELETE FROM task_template WHERE id = $1', [
        request.params.id,
      ])
      if (!rowCount) throw notFound('such task template')
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
        response: answers(201, ticketTasks),
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      const ticket = await authorisedTicket(db, user, request.params.number)
      const {
        rows: [template],
      } = await pool.query<TaskTemplate>(
        `SELECT ${TEMPLATE_COLUMNS} FROM task_template WHERE id = $1`,
        [request.body.templateId],
      )
      if (!template)
        throw unprocessable(
          'task-template-not-found',
          'This task template does not exist any more.',
          '/templateId',
        )
      await addTasksOf(deps, user, ticket, template)
      return reply.code(201).send(await tasksOfTicket(pool, ticket.number, undefined, WHOLE))
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
    const {
      rows: [known],
    } = await pool.query<{ people: string[]; teams: string[] }>(
      `SELECT ARRAY(SELECT id::text FROM app_user WHERE active AND role IN ('admin', 'agent') AND id = ANY($1)) AS people, ARRAY(SELECT id::text FROM department WHERE id = ANY($2)) AS teams`,
      [
        lines.flatMap(({ assigneeId }) => assigneeId ?? []),
        lines.flatMap(({ teamId }) => teamId ?? []),
      ],
    )
    for (const [index, { assigneeId, teamId }] of lines.entries()) {
      if (assigneeId && !known?.people.includes(assigneeId.toLowerCase()))
        throw unprocessable(
          'person-not-working',
          `Line ${index + 1} names somebody who does not work on tickets any more. Choose somebody else, or nobody.`,
          `/lines/${index}/assigneeId`,
        )
      if (teamId && !known?.teams.includes(teamId.toLowerCase()))
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
): TemplateLine[] => lines.map((line) => ({ ...line, id: line.id ?? timeOrderedId() }))

const refusals = {
  task_template_category_id_fkey: () =>
    unprocessable('category-not-found', 'This category does not exist.', '/categoryId'),
}
