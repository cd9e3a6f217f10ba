import type pg from 'pg'
import type { TaskTemplate } from '../domain/contract/tasks.ts'
import type { Ticket } from '../domain/ticket.ts'
import { derivedId } from '../platform/derived-id.ts'
import { CommandRejectedError } from '../platform/temporal.ts'
import type { Dependencies } from './dependencies.ts'
import type { SignedInUser } from './sessions.ts'
import { command, type SeenTicket } from './ticket-access.ts'

const HOUR = 3_600_000
export const TEMPLATE_COLUMNS = 'id, name, category_id AS "categoryId", automatic, lines'

/** @returns the templates that come with a category by themselves. */
async function templatesOf(db: Pick<pg.Pool, 'query'>, categoryId: string): Promise<TaskTemplate[]> {
  return (await db.query<TaskTemplate>(`SELECT ${TEMPLATE_COLUMNS} FROM task_template WHERE category_id = $1 AND automatic ORDER BY lower(name), id`, [categoryId])).rows
}

/**
 * Puts a template's tasks on a ticket. A line that is on it already, whatever became of it, is not put there again: its task's id follows
 * from ticket, template and line.
 * @returns the ticket after it. @throws CommandRejectedError, ProblemError
 */
export async function addTasksOf(deps: Dependencies, user: SignedInUser, ticket: SeenTicket, { id, name, lines }: TaskTemplate): Promise<Ticket | undefined> {
  const taskIds = lines.map((line) => derivedId(`task of ticket ${ticket.number} from template ${id} line ${line.id}`))
  const now = Date.now()
  let after: Ticket | undefined
  for (const [place, line] of lines.entries()) {
    const taskId = taskIds[place]!
    after = await command(deps, user, { ...ticket, expectedVersion: undefined }, 'addTask', {
      taskId, title: line.title, required: line.required, assignee: null, checklist: [], template: name,
      dueAt: line.dueInHours === null ? null : new Date(now + line.dueInHours * HOUR).toISOString(),
      after: line.after.map((earlier) => taskIds[earlier]!),
    }, `task-${taskId}`)
  }
  return after
}

/** The tasks that come with a category. One that the ticket refuses stays away: the category is set nonetheless. */
export async function addTasksOfCategory(deps: Dependencies, user: SignedInUser, ticket: SeenTicket, categoryId: string | null): Promise<Ticket | undefined> {
  if (categoryId === null || ticket.status === 'closed') return undefined
  let after: Ticket | undefined
  for (const template of await templatesOf(deps.pool, categoryId)) {
    try {
      after = (await addTasksOf(deps, user, ticket, template)) ?? after
    } catch (error) {
      if (!(error instanceof CommandRejectedError)) throw error
      deps.log.warn({ ticket: ticket.number, template: template.id, code: error.code }, 'a template’s tasks were refused')
    }
  }
  return after
}
