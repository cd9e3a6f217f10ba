import type { z } from 'zod'
import type {
  newTask,
  newTaskTemplate,
  RunningTimerView,
  TaskChange,
  TaskPage,
  TaskTemplate,
  TaskView,
  TaskViewName,
  TicketTasks,
} from '../../../domain/contract/tasks.ts'
import type {
  newTime,
  StartedTimer,
  timeChange,
  TimeEntry,
  TimeTotals,
  TotalsBy,
} from '../../../domain/contract/time.ts'
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
export interface Place {
  number: number
  taskId: string | null
}
const at = ({ number, taskId }: Place, rest: string): string =>
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

  startTimer: (place: Place): Promise<StartedTimer> => request('POST', at(place, 'timer')),
  stopTimer: (place: Place): Promise<TimeEntry> => request('DELETE', at(place, 'timer')),
  running: async (): Promise<RunningTimerView | null> =>
    (await request<{ items: RunningTimerView[] }>('GET', '/time/running')).items[0] ?? null,
  timeOf: (place: Place): Promise<TimeEntry[]> => allPages(at(place, 'time')),
  record: (place: Place, body: z.input<typeof newTime>): Promise<TimeEntry> =>
    request('POST', at(place, 'time'), { body }),
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
