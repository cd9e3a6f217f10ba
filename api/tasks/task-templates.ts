import type pg from 'pg'
import type { TaskTemplate, TemplateLine } from '../../domain/tasks/contract.ts'
import type { Assignee } from '../../domain/tasks/state.ts'
import type { CommandAnswer } from '../../application/tickets/command-answers.ts'
import { derivedId } from '../../platform/postgres/derived-id.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { ProblemError } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { assigneeOf } from './task-change.ts'
import { command, type AuthorisedTicket } from '../access/ticket-access.ts'

type Db = Pick<pg.Pool, 'query'>
const HOUR = 3_600_000
export const TEMPLATE_COLUMNS = 'id, name, category_id AS "categoryId", automatic, lines'

/** Of the category, or of the nearest one around it that has some. */
const OF_CATEGORY = `SELECT ${TEMPLATE_COLUMNS} FROM task_template WHERE automatic AND category_id = (
  SELECT around.id FROM unnest(categories_around($1)) WITH ORDINALITY AS around(id, depth)
  WHERE EXISTS (SELECT 1 FROM task_template t WHERE t.category_id = around.id AND t.automatic) ORDER BY around.depth LIMIT 1
) ORDER BY lower(name), id`

/** @returns the templates that come with a category by themselves. */
async function templatesOf(db: Db, categoryId: string): Promise<TaskTemplate[]> {
  return (await db.query<TaskTemplate>(OF_CATEGORY, [categoryId])).rows
}

/**
 * Puts a template's tasks on a ticket. A line that is on it already, whatever became of it, is not
 * put there again: its task's id follows from ticket, template and line.
 * @returns the ticket after it.
 * @throws CommandRejectedError, ProblemError
 */
export async function addTasksOf(
  deps: Dependencies,
  user: SignedInUser,
  ticket: AuthorisedTicket,
  { id, name, lines }: TaskTemplate,
): Promise<CommandAnswer | undefined> {
  const taskIds = lines.map((line) =>
    derivedId(`task of ticket ${ticket.number} from template ${id} line ${line.id}`),
  )
  const now = Date.now()
  const scope = await scopeOf(deps.pool, ticket)
  let after: CommandAnswer | undefined
  for (const [position, line] of lines.entries()) {
    const taskId = taskIds[position]!
    after = await command(
      deps,
      user,
      { ...ticket, expectedVersion: undefined },
      'addTask',
      {
        taskId,
        title: line.title,
        required: line.required,
        ...(await meant(deps.pool, scope, line)),
        checklist: [],
        template: name,
        dueAt:
          line.dueInHours === null ? null : new Date(now + line.dueInHours * HOUR).toISOString(),
        after: line.after.map((earlier) => taskIds[earlier]!),
      },
      `task-${taskId}`,
    )
  }
  return after
}

/**
 * Where a ticket is now: what went before, such as the category's own department, may have moved it
 * since it was looked at.
 */
async function scopeOf(
  db: Db,
  ticket: AuthorisedTicket,
): Promise<Pick<AuthorisedTicket, 'departmentId' | 'locationId'>> {
  const {
    rows: [row],
  } = await db.query<Pick<AuthorisedTicket, 'departmentId' | 'locationId'>>(
    'SELECT department_id AS "departmentId", location_id AS "locationId" FROM ticket WHERE number = $1',
    [ticket.number],
  )
  return row ?? ticket
}

/**
 * Whoever a line means gets the task where they see the ticket. Otherwise nobody has it, and the
 * history says whom it was meant for.
 */
async function meant(
  db: Db,
  scope: Pick<AuthorisedTicket, 'departmentId' | 'locationId'>,
  { assigneeId, teamId }: TemplateLine,
): Promise<{ assignee: Assignee | null; notAssigned?: string }> {
  try {
    return { assignee: (await assigneeOf(db, scope, { assigneeId, teamId })) ?? null }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const {
      rows: [who],
    } = await db.query<{ name: string }>(
      'SELECT name FROM app_user WHERE id = $1 UNION ALL SELECT name FROM department WHERE id = $2',
      [assigneeId, teamId],
    )
    return { assignee: null, notAssigned: who?.name ?? '' }
  }
}

/**
 * The tasks that come with a category. One that the ticket refuses stays away: the category is set
 * nonetheless.
 */
export async function addTasksOfCategory(
  deps: Dependencies,
  user: SignedInUser,
  ticket: AuthorisedTicket,
  categoryId: string | null,
): Promise<CommandAnswer | undefined> {
  if (categoryId === null || ticket.status === 'closed') return undefined
  let after: CommandAnswer | undefined
  for (const template of await templatesOf(deps.pool, categoryId)) {
    try {
      after = (await addTasksOf(deps, user, ticket, template)) ?? after
    } catch (error) {
      if (!(error instanceof CommandRejectedError)) throw error
      deps.log.warn(
        { ticket: ticket.number, template: template.id, code: error.code },
        'a template’s tasks were refused',
      )
    }
  }
  return after
}
