import { z } from 'zod'
import { departmentRef, person } from '../vocabulary.ts'

export const taskStatus = z.enum(['open', 'inProgress', 'done', 'cancelled'])
export type TaskStatus = z.infer<typeof taskStatus>

/** Who is to do a task: one person, or whoever of a department takes it. */
export const assignee = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), ...person.shape }),
  z.object({ kind: z.literal('team'), ...departmentRef.shape }),
])
export type Assignee = z.infer<typeof assignee>

export const TITLE_LENGTH = 200
/** A ticket's workflow carries its tasks wherever it goes: these keep it small. */
export const MOST_TASKS = 100
export const MOST_CHECKLIST_ITEMS = 30

export const taskTitle = z.string().trim().min(1).max(TITLE_LENGTH)
export const checklistItem = z.object({
  id: z.uuid(),
  text: taskTitle,
  done: z.boolean().default(false),
})
export type ChecklistItem = z.infer<typeof checklistItem>

/**
 * One piece of work on a ticket. Their order in the ticket is the order in which people put them.
 */
export interface Task {
  id: string
  title: string
  status: TaskStatus
  assignee: Assignee | null
  /** ISO time. */
  dueAt: string | null
  /** The ticket cannot be resolved while it is open. */
  required: boolean
  /** Tasks that come first. */
  after: string[]
  checklist: ChecklistItem[]
  /** Minutes recorded on it. */
  minutes: number
  addedAt: string
  /** When it was done or cancelled. */
  endedAt: string | null
  /** The due time that its assignee was told of. */
  dueNotified: string | null
}

/**
 * Somebody's clock that runs on a ticket. Its id becomes that of the time recorded when it is
 * stopped.
 */
export interface RunningClock {
  id: string
  person: { id: string; name: string }
  taskId: string | null
  startedAt: string
}

/**
 * Tasks and the time recorded on them: what a ticket's workflow holds of them. Of time only sums:
 * the entries are rows of a table.
 */
export interface TaskState {
  tasks: Task[]
  runningClocks: RunningClock[]
  /** Minutes recorded on the ticket, those on its tasks included. */
  minutes: number
  billableMinutes: number
}

export const noTaskState = (): TaskState => ({
  tasks: [],
  runningClocks: [],
  minutes: 0,
  billableMinutes: 0,
})
