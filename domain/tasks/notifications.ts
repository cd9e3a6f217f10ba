import type { TicketEvent } from '../events.ts'
import type { Notification, TicketTransition } from '../notifications.ts'
import type { Ticket } from '../ticket.ts'
import type { Task } from './state.ts'

/**
 * A task's assignee is notified when it becomes theirs and when it is due; of one that is nobody's the
 * ticket's owner is notified when it is due. Who belongs to a team only the database knows:
 * persist-tasks tells its members.
 */
export const taskNotifications = ({ after, events }: TicketTransition): Notification[] =>
  events.flatMap((event) => {
    const notified = taskNotificationOf(event, after)
    if (!notified) return []
    const { kind, task, to } = notified
    const userId =
      to?.kind === 'person'
        ? to.id
        : kind === 'taskDue' && to === null
          ? after.owner?.id
          : undefined
    if (userId === undefined || (event.actor.kind === 'agent' && event.actor.id === userId))
      return []
    return [{ eventNo: event.no, kind, to: { userId }, data: dataOf(event, task) }]
  })

export interface TaskNotification {
  kind: 'taskAssigned' | 'taskDue'
  task: Pick<Task, 'id' | 'title' | 'dueAt'>
  to: Task['assignee']
}

/**
 * @returns what an event gives reason to tell a task's assignee, or null.
 * @param after the ticket after it.
 */
export function taskNotificationOf(event: TicketEvent, after: Ticket): TaskNotification | null {
  const stand = (taskId: string): Task | undefined => after.tasks.find(({ id }) => id === taskId)
  switch (event.type) {
    case 'taskAdded':
      return (
        event.data.assignee && {
          kind: 'taskAssigned',
          task: { ...event.data, id: event.data.taskId },
          to: event.data.assignee,
        }
      )
    case 'taskAssigned':
      return (
        event.data.to && {
          kind: 'taskAssigned',
          task: {
            id: event.data.taskId,
            title: event.data.title,
            dueAt: stand(event.data.taskId)?.dueAt ?? null,
          },
          to: event.data.to,
        }
      )
    case 'taskBecameDue':
      return {
        kind: 'taskDue',
        task: { id: event.data.taskId, title: event.data.title, dueAt: event.data.dueAt },
        to: stand(event.data.taskId)?.assignee ?? null,
      }
    default:
      return null
  }
}

/** What the text of a notification needs: the task, and whose doing it is when it is a person's. */
export const dataOf = (
  { actor }: TicketEvent,
  { id, title, dueAt }: TaskNotification['task'],
): Record<string, unknown> => ({
  taskId: id,
  title,
  dueAt,
  ...(actor.kind === 'agent' ? { by: actor.name } : {}),
})
