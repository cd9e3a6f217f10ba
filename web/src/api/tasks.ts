import type { z } from 'zod'
import type {
  newTask,
  newTaskTemplate,
  RunningClockView,
  TaskChange,
  TaskPage,
  TaskTemplate,
  TaskView,
  TaskViewName,
  TicketTasks,
} from '../../../domain/tasks/contract.ts'
import type {
  newTime,
  StartedClock,
  timeChange,
  TimeEntry,
  TimeTotals,
  TotalsBy,
} from '../../../domain/tasks/time-contract.ts'
import { allPages, type Page, request } from './client.ts'

export type NewTaskTemplate = z.input<typeof newTaskTemplate>
/** What a sum of time is about, as the URL holds it. */
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
const at = ({ number, taskId }: WorkItem, rest: string): string =>
  `/tickets/${number}${taskId === null ? '' : `/tasks/${taskId}`}/${rest}`

/** Tasks and the time worked on them. */
export const tasks = {
  ofTicket: (number: number, signal?: AbortSignal): Promise<TicketTasks> =>
    request('GET', `/tickets/${number}/tasks`, {
      query: { limit: 200 },
      ...(signal ? { signal } : {}),
    }),
  open: (view: TaskViewName, cursor: string | null, limit = 50): Promise<TaskPage> =>
    request('GET', '/tasks', { query: { view, cursor, limit } }),
  add: (number: number, body: z.input<typeof newTask>): Promise<TaskView> =>
    request('POST', `/tickets/${number}/tasks`, { body }),
  change: (number: number, id: string, body: TaskChange): Promise<TaskView> =>
    request('PATCH', `/tickets/${number}/tasks/${id}`, { body }),
  cancel: (number: number, id: string): Promise<void> =>
    request('DELETE', `/tickets/${number}/tasks/${id}`),
  addFromTemplate: (number: number, templateId: string): Promise<TicketTasks> =>
    request('POST', `/tickets/${number}/tasks/from-template`, { body: { templateId } }),

  templates: (): Promise<TaskTemplate[]> => allPages('/task-templates'),
  createTemplate: (body: NewTaskTemplate): Promise<TaskTemplate> =>
    request('POST', '/task-templates', { body }),
  changeTemplate: (id: string, body: NewTaskTemplate): Promise<TaskTemplate> =>
    request('PATCH', `/task-templates/${id}`, { body }),
  removeTemplate: (id: string): Promise<void> => request('DELETE', `/task-templates/${id}`),

  startClock: (workItem: WorkItem): Promise<StartedClock> => request('POST', at(workItem, 'clock')),
  stopClock: (workItem: WorkItem): Promise<TimeEntry> => request('DELETE', at(workItem, 'clock')),
  runningClock: async (): Promise<RunningClockView | null> =>
    (await request<{ items: RunningClockView[] }>('GET', '/time/running-clocks')).items[0] ?? null,
  timeOf: (workItem: WorkItem): Promise<TimeEntry[]> => allPages(at(workItem, 'time')),
  record: (workItem: WorkItem, body: z.input<typeof newTime>): Promise<TimeEntry> =>
    request('POST', at(workItem, 'time'), { body }),
  correct: (id: string, body: z.input<typeof timeChange>): Promise<TimeEntry> =>
    request('PATCH', `/time/${id}`, { body }),
  removeTime: (id: string): Promise<void> => request('DELETE', `/time/${id}`),
  time: (filter: TimeFilter, cursor: string | null): Promise<Page<TimeEntry>> =>
    request('GET', '/time', { query: { ...filter, cursor } }),
  totals: (by: TotalsBy, filter: TimeFilter): Promise<TimeTotals> =>
    request('GET', '/time/totals', { query: { by, ...filter } }),
}

export const timeCsvUrl = (filter: TimeFilter): string =>
  `/api/v1/time.csv?${new URLSearchParams(Object.entries(filter).filter(([, value]) => value)).toString()}`
