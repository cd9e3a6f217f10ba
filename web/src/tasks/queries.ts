import type { TaskViewName } from '../../../domain/tasks/contract.ts'
import type { TotalsBy } from '../../../domain/tasks/time-contract.ts'
import { below } from '../api/cache.ts'
import type { Answer } from '../api/client.ts'
import { allPages, list, pages, query } from '../api/query.ts'

/** What a sum of time is about, as the page's address holds it. */
export interface TimeFilter {
  from?: string
  to?: string
  department?: string
  person?: string
}

/** A task, or the ticket as a whole (null). */
export interface WorkItem {
  number: number
  taskId: string | null
}

/** The values of its path; a ticket's own has no task in it. */
export const pathOf = ({ number, taskId }: WorkItem) => ({ number, id: taskId ?? '' })

/** What the keys of everybody's tasks begin in. */
export const openTasksKey = below('/tasks')
/** What the keys of everybody's time begin in. */
export const timeKey = below('/time')

export const tasksQuery = (number: number) =>
  query('/tickets/{number}/tasks', { path: { number }, query: { limit: 200 } })
export const openTasksQuery = (view: TaskViewName) => pages('/tasks', { query: { view } })
export const taskCountQuery = (enabled: boolean) => ({
  ...query('/tasks', { query: { view: 'mine', limit: 1 } }),
  select: ({ total }: Answer<'/tasks'>) => total,
  enabled,
})
export const taskTemplatesQuery = () => ({ ...list('/task-templates'), staleTime: 5 * 60_000 })
export const timeOfQuery = ({ number, taskId }: WorkItem) =>
  taskId === null
    ? allPages('/tickets/{number}/time', { path: pathOf({ number, taskId }) })
    : allPages('/tickets/{number}/tasks/{id}/time', { path: pathOf({ number, taskId }) })
export const runningClockQuery = (enabled: boolean) => ({
  ...list('/time/running-clocks'),
  select: (clocks: Answer<'/time/running-clocks'>['items']) => clocks[0] ?? null,
  enabled,
})
export const timeTotalsQuery = (by: TotalsBy, filter: TimeFilter) =>
  query('/time/totals', { query: { by, ...filter } })
export const timeQuery = (filter: TimeFilter) => pages('/time', { query: filter })
/** How many tasks of a ticket are still to be done. */
export const ticketTaskCountQuery = (number: number) => ({
  ...tasksQuery(number),
  select: ({ items }: Answer<'/tickets/{number}/tasks'>) =>
    items.filter(({ status }) => status === 'open' || status === 'inProgress').length,
})
