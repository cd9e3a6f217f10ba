import { sql } from 'kysely'
import type { TaskTemplate, TemplateLine } from '../../domain/tasks/contract.ts'
import type { Assignee } from '../../domain/tasks/state.ts'
import type { CommandPayload } from '../../domain/commands.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { derivedId } from '../../platform/postgres/derived-id.ts'
import { ProblemError } from '../http/problem.ts'
import { assigneeOf } from './task-change.ts'
import type { AuthorisedTicket } from '../access/ticket-access.ts'

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
 * A template's tasks for a ticket. A line that is on it already, whatever became of it, is not put
 * there again: its task's id follows from ticket, template and line.
 * @param ticket where it is, or is about to be.
 */
export async function tasksOf(
  db: Database,
  ticket: Pick<AuthorisedTicket, 'number' | 'departmentId' | 'locationId'>,
  { id, name, lines }: TaskTemplate,
): Promise<CommandPayload<'addTask'>[]> {
  const taskIds = lines.map((line) =>
    derivedId(`task of ticket ${ticket.number} from template ${id} line ${line.id}`),
  )
  const now = Date.now()
  const tasks: CommandPayload<'addTask'>[] = []
  for (const [position, line] of lines.entries())
    tasks.push({
      taskId: taskIds[position]!,
      title: line.title,
      required: line.required,
      ...(await meant(db, ticket, line)),
      checklist: [],
      template: name,
      dueAt: line.dueInHours === null ? null : new Date(now + line.dueInHours * HOUR).toISOString(),
      after: line.after.map((earlier) => taskIds[earlier]!),
    })
  return tasks
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

/** @returns the tasks that come with a category. */
export async function tasksOfCategory(
  db: Database,
  ticket: Pick<AuthorisedTicket, 'number' | 'departmentId' | 'locationId'>,
  categoryId: string,
): Promise<CommandPayload<'addTask'>[]> {
  const tasks: CommandPayload<'addTask'>[] = []
  for (const template of await templatesOf(db, categoryId))
    tasks.push(...(await tasksOf(db, ticket, template)))
  return tasks
}
