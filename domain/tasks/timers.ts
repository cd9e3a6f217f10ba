import { cut } from '../cut.ts'
import type { Ticket } from '../ticket.ts'
import type { PlannedTimer } from '../timers.ts'
import { isOpenTask } from './rules.ts'

/** Each open task with a due time has a timer that tells of it once. */
export const taskTimers = (ticket: Ticket): PlannedTimer[] => {
  if (ticket.status === 'closed') return []
  return ticket.tasks.flatMap(({ id, dueAt, dueNotified, title, status }) =>
    dueAt === null || dueAt === dueNotified || !isOpenTask({ status })
      ? []
      : [
          {
            key: `task-${id}-due`,
            at: dueAt,
            summary: `tells whoever has the task “${cut(title, 60)}” that it is due`,
            command: { name: 'taskDue', payload: { taskId: id, dueAt } },
          },
        ],
  )
}
