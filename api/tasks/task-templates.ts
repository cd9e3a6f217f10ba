import { sql } from 'kysely'
import type { TaskTemplate, TemplateLine } from '../../domain/tasks/contract.ts'
import type { Assignee } from '../../domain/tasks/state.ts'
import type { CommandAnswer } from '../../application/tickets/command-answers.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { derivedId } from '../../platform/postgres/derived-id.ts'
import { CommandRejectedError } from '../../application/tickets/command-answers.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { ProblemError } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { assigneeOf } from './task-change.ts'
import { command, type AuthorisedTicket } from '../access/ticket-access.ts'

const HOUR = 3_600_000
export const templateColumns = [
  'id',
  'name',
  'category_id as categoryId',
  'automatic',
  'lines',
] as const

/** @returns the templates that come with a category, or with the nearest one around it that has some. */
function templatesOf(db: Database, categoryId: string): Promise<TaskTemplate[]> {
  const around = sql<{
    id: string
    depth: string
  }>`unnest(categories_around(${categoryId})) WITH ORDINALITY`.as<'around'>(sql`around(id, depth)`)
  return db
    .selectFrom('task_template')
    .select(templateColumns)
    .where('automatic', '=', true)
    .where('category_id', '=', (eb) =>
      eb
        .selectFrom(around)
        .select('around.id')
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('task_template as t')
              .select('t.id')
              .whereRef('t.category_id', '=', 'around.id')
              .where('t.automatic', '=', true),
          ),
        )
        .orderBy('around.depth')
        .limit(1),
    )
    .orderBy((eb) => eb.fn('lower', ['name']))
    .orderBy('id')
    .execute()
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
  const scope = await scopeOf(deps.db, ticket)
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
        ...(await meant(deps.db, scope, line)),
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
  db: Database,
  ticket: AuthorisedTicket,
): Promise<Pick<AuthorisedTicket, 'departmentId' | 'locationId'>> {
  const row = await db
    .selectFrom('ticket')
    .select(['department_id as departmentId', 'location_id as locationId'])
    .where('number', '=', ticket.number)
    .executeTakeFirst()
  return row ?? ticket
}

/**
 * Whoever a line means gets the task where they see the ticket. Otherwise nobody has it, and the
 * history says whom it was meant for.
 */
async function meant(
  db: Database,
  scope: Pick<AuthorisedTicket, 'departmentId' | 'locationId'>,
  { assigneeId, teamId }: TemplateLine,
): Promise<{ assignee: Assignee | null; notAssigned?: string }> {
  try {
    return { assignee: (await assigneeOf(db, scope, { assigneeId, teamId })) ?? null }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const who = await db
      .selectFrom('app_user')
      .select('name')
      .where('id', '=', sql<string>`${assigneeId}::uuid`)
      .unionAll(
        db
          .selectFrom('department')
          .select('name')
          .where('id', '=', sql<string>`${teamId}::uuid`),
      )
      .executeTakeFirst()
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
  for (const template of await templatesOf(deps.db, categoryId)) {
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
