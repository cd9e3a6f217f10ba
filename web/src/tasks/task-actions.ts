import type { TaskChange, TaskView, TicketTasks } from '../../../domain/tasks/contract.ts'
import { cache, invalidate } from '../api/cache.ts'
import { del, patch, post } from '../api/client.ts'
import { isKept } from '../api/problem.ts'
import { complain, say } from '../components/toasts.ts'
import { t } from '../language/language.svelte.ts'
import { ticketKey } from '../tickets/queries.ts'
import { describing } from './describing.svelte.ts'
import { duration } from './durations.ts'
import { openTasksKey, pathOf, tasksQuery, timeKey, type WorkItem } from './queries.ts'

/** After something was done to a ticket's tasks: every page that shows them asks again. */
export function refreshTasks(number: number): void {
  void invalidate(ticketKey(number))
  void invalidate(openTasksKey)
  void invalidate(timeKey)
}

type Known = Pick<TaskView, 'id' | 'ticketNumber'>

/** Changes a task: shown at once on its ticket, taken back and explained when it is refused. */
export async function changeTask(
  { id, ticketNumber }: Known,
  change: TaskChange,
  shown: Partial<TaskView> = {},
): Promise<boolean> {
  const key = tasksQuery(ticketNumber).queryKey
  await cache.cancelQueries({ queryKey: key })
  cache.setQueryData<TicketTasks>(
    key,
    (list) =>
      list && {
        ...list,
        items: list.items.map((task) => (task.id === id ? { ...task, ...shown } : task)),
      },
  )
  try {
    await patch('/tickets/{number}/tasks/{id}', {
      params: { path: { number: ticketNumber, id } },
      body: change,
    })
  } catch (error) {
    complain(error)
    // It will be done, and stays shown: the stream tells when it is.
    if (isKept(error)) return true
    refreshTasks(ticketNumber)
    return false
  }
  refreshTasks(ticketNumber)
  return true
}

export const finishTask = (task: Known): Promise<boolean> =>
  changeTask(task, { status: 'done' }, { status: 'done' })
export const reopenTask = (task: Known): Promise<boolean> =>
  changeTask(task, { status: 'open' }, { status: 'open' })

/** Starts one's clock, and says when another was stopped for it. */
export async function startClock(workItem: WorkItem): Promise<void> {
  try {
    const { stopped } = await (workItem.taskId === null
      ? post('/tickets/{number}/clock', { params: { path: pathOf(workItem) } })
      : post('/tickets/{number}/tasks/{id}/clock', { params: { path: pathOf(workItem) } }))
    for (const entry of stopped)
      say(
        t('tasks.otherStopped', { number: entry.ticketNumber, duration: duration(entry.minutes) }),
      )
  } catch (error) {
    complain(error)
  }
  refreshTasks(workItem.number)
}

/**
 * Stops it, and offers to say more of the time that it recorded: what was done, and whether it is
 * billable.
 */
export async function stopClock(workItem: WorkItem): Promise<void> {
  try {
    const entry = await (workItem.taskId === null
      ? del('/tickets/{number}/clock', { params: { path: pathOf(workItem) } })
      : del('/tickets/{number}/tasks/{id}/clock', { params: { path: pathOf(workItem) } }))
    const recorded = t('tasks.recorded', { duration: duration(entry.minutes) })
    // Without a subject it is a ticket that one has lost sight of: nothing can be said of it any more.
    if (entry.ticketSubject === '') say(recorded)
    else say(recorded, { label: t('tasks.describe'), run: () => describing.begin(entry) })
  } catch (error) {
    complain(error)
  } finally {
    refreshTasks(workItem.number)
  }
}
