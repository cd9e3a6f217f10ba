import type { Fold } from '../fold.ts'
import type { Ticket } from '../ticket.ts'
import type { taskEvents } from './events.ts'
import type { Task } from './state.ts'

export const taskFold: Fold<typeof taskEvents> = {
  taskAdded: (ticket, { taskId, template: _, notAssigned: __, ...d }, { at }) => ({
    tasks: [
      ...ticket.tasks,
      {
        id: taskId,
        ...d,
        status: 'open',
        minutes: 0,
        addedAt: at,
        endedAt: null,
        dueNotified: null,
      },
    ],
  }),
  taskRenamed: (ticket, d) => changed(ticket, d.taskId, { title: d.to }),
  taskAssigned: (ticket, d) => changed(ticket, d.taskId, { assignee: d.to }),
  taskDueChanged: (ticket, d) => changed(ticket, d.taskId, { dueAt: d.to }),
  taskRequirementChanged: (ticket, d) => changed(ticket, d.taskId, { required: d.required }),
  taskAfterChanged: (ticket, d) =>
    changed(ticket, d.taskId, { after: d.after.map(({ id }) => id) }),
  taskMoved: (ticket, d) => ({ tasks: movedBefore(ticket.tasks, d.taskId, d.before) }),
  checklistChanged: (ticket, d) => changed(ticket, d.taskId, { checklist: d.checklist }),
  checklistItemTicked: (ticket, d) => {
    const checklist = ticket.tasks.find(({ id }) => id === d.taskId)?.checklist ?? []
    return changed(ticket, d.taskId, {
      checklist: checklist.map((item) => (item.id === d.itemId ? { ...item, done: d.done } : item)),
    })
  },
  taskStarted: (ticket, d) => changed(ticket, d.taskId, { status: 'inProgress' }),
  taskFinished: (ticket, d, { at }) => changed(ticket, d.taskId, { status: 'done', endedAt: at }),
  taskReopened: (ticket, d) => changed(ticket, d.taskId, { status: 'open', endedAt: null }),
  taskCancelled: (ticket, d, { at }) =>
    changed(ticket, d.taskId, { status: 'cancelled', endedAt: at }),
  taskBecameDue: (ticket, d) => changed(ticket, d.taskId, { dueNotified: d.dueAt }),
  tasksOverridden: () => ({}),

  clockStarted: (ticket, d, { at }) => ({
    runningClocks: [
      ...ticket.runningClocks,
      { id: d.clockId, person: d.person, taskId: d.taskId, startedAt: at },
    ],
  }),
  clockStopped: (ticket, d) => ({
    runningClocks: ticket.runningClocks.filter(({ id }) => id !== d.clockId),
  }),
  timeRecorded: (ticket, d) => counted(ticket, d.taskId, d.minutes, d.billable ? d.minutes : 0),
  timeCorrected: (ticket, d) =>
    counted(
      ticket,
      d.taskId,
      d.to.minutes - d.from.minutes,
      (d.to.billable ? d.to.minutes : 0) - (d.from.billable ? d.from.minutes : 0),
    ),
  timeRemoved: (ticket, d) => counted(ticket, d.taskId, -d.minutes, d.billable ? -d.minutes : 0),
}

const changed = (ticket: Ticket, taskId: string, change: Partial<Task>): Partial<Ticket> => ({
  tasks: ticket.tasks.map((task) => (task.id === taskId ? { ...task, ...change } : task)),
})

const counted = (
  ticket: Ticket,
  taskId: string | null,
  minutes: number,
  billable: number,
): Partial<Ticket> => ({
  minutes: ticket.minutes + minutes,
  billableMinutes: ticket.billableMinutes + billable,
  tasks: ticket.tasks.map((task) =>
    task.id === taskId ? { ...task, minutes: task.minutes + minutes } : task,
  ),
})

function movedBefore(tasks: readonly Task[], taskId: string, before: string | null): Task[] {
  const moving = tasks.filter(({ id }) => id === taskId)
  const rest = tasks.filter(({ id }) => id !== taskId)
  const index = before === null ? -1 : rest.findIndex(({ id }) => id === before)
  return index === -1
    ? [...rest, ...moving]
    : [...rest.slice(0, index), ...moving, ...rest.slice(index)]
}
