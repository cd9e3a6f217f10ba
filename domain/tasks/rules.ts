import { firstOf } from '../first-of.ts'
import { fact, type Fact } from '../events.ts'
import { reject, type Rejection } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import { isEnded, type TicketStatus } from '../vocabulary.ts'
import type { Task } from './state.ts'

export const isOpenTask = ({ status }: Pick<Task, 'status'>): boolean =>
  status === 'open' || status === 'inProgress'

/** The tasks that must end before this one can begin. A cancelled one holds nothing up. */
export const blockersOf = (tasks: readonly Task[], task: Pick<Task, 'after'>): Task[] =>
  tasks.filter((other) => task.after.includes(other.id) && isOpenTask(other))

/** The tasks that keep a ticket from being resolved. */
export const openRequiredTasks = (tasks: readonly Task[]): Task[] =>
  tasks.filter((task) => task.required && isOpenTask(task))

/** Would the task, after those, wait for itself? */
export function waitsForItself(
  tasks: readonly Task[],
  id: string,
  after: readonly string[],
): boolean {
  const seen = new Set<string>()
  const open = [...after]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id) return true
    if (seen.has(next)) continue
    seen.add(next)
    open.push(...(tasks.find((task) => task.id === next)?.after ?? []))
  }
  return false
}

/** @returns a task's title; empty when the ticket has no such task. */
export const titleOf = ({ tasks }: Pick<Ticket, 'tasks'>, id: string | null): string =>
  tasks.find((task) => task.id === id)?.title ?? ''

/** Titles as a value of a sentence in any language; of many only the first. */
export const titles = (tasks: readonly Pick<Task, 'title'>[]): string =>
  firstOf(
    tasks.map(({ title }) => title),
    5,
  )

/** Titles as a sentence names them; of many only the first. */
export const named = (tasks: readonly Pick<Task, 'title'>[]): string =>
  tasks
    .slice(0, 5)
    .map(({ title }) => `“${title}”`)
    .join(', ') + (tasks.length > 5 ? ` and ${tasks.length - 5} more` : '')

/**
 * What resolving a ticket comes to while required tasks are open: nothing allows it but a reason,
 * which is then kept in its history. A ticket that has ended already is not asked again.
 * @returns the fact that goes before the change of status, none when nothing is in the way, or the
 *   rejection `tasks-open`.
 */
export function resolvingDespiteTasks(
  ticket: Ticket,
  to: TicketStatus,
  overrideReason = '',
): Fact[] | Rejection {
  if (!isEnded(to) || isEnded(ticket.status)) return []
  const tasks = openRequiredTasks(ticket.tasks)
  if (tasks.length === 0) return []
  const reason = overrideReason.trim()
  if (reason === '')
    return reject(
      'tasks-open',
      `Required tasks are open: ${named(tasks)}. Finish or cancel them first, or resolve the ticket with a reason (overrideReason).`,
      { tasks: titles(tasks) },
    )
  return [
    fact('tasksOverridden', {
      tasks: tasks.map(({ id, title }) => ({ taskId: id, title })),
      reason,
    }),
  ]
}
