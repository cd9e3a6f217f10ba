import { z } from 'zod'
import { type Asked, type AskedKind, askedTo } from '../asked.ts'
import { blockedByApproval } from '../approvals/blocking.ts'
import { fact, type Fact } from '../events.ts'
import { reject, type Rejection, rule } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import { blockersOf, isOpenTask, named, titleOf, titles, waitsForItself } from './rules.ts'
import { assigneePremise } from './premises.ts'
import {
  assignee,
  checklistItem,
  MOST_CHECKLIST_ITEMS,
  MOST_TASKS,
  type Task,
  taskTitle,
} from './state.ts'
import { stopClocksOf } from './time-commands.ts'

const dueAt = z.iso.datetime().nullable()
const after = z.array(z.uuid()).max(MOST_TASKS)
const checklist = z.array(checklistItem).max(MOST_CHECKLIST_ITEMS)
const taskRef = z.object({ taskId: z.uuid() })

const notOpened = reject('ticket-not-opened', 'This ticket does not exist yet.')
const unknownTask = reject('task-not-found', 'This ticket has no such task.')

/** What people and Guichet may ask of a ticket's tasks. What is already so changes nothing. */
export const taskOnlyCommands = {
  addTask: rule({
    payload: taskRef.extend({
      title: taskTitle,
      assignee: assignee.nullable().default(null),
      dueAt: dueAt.default(null),
      required: z.boolean().default(false),
      after: after.default([]),
      checklist: checklist.default([]),
      template: z.string().max(100).nullable().default(null),
      /** Whom its template means and who does not see this ticket. */
      notAssigned: z.string().max(200).optional(),
    }),
    right: 'ticket.work',
    asks: (_, { title }) => askedTo('addTask', title),
    decide: (ticket, p, { isUntrue }) => {
      if (!ticket.opened) return notOpened
      if (ticket.tasks.some((task) => task.id === p.taskId)) return []
      if (ticket.status === 'closed')
        return reject('ticket-closed', 'This ticket is closed. Reopen it before you add tasks.')
      if (ticket.tasks.length >= MOST_TASKS)
        return reject(
          'tasks-too-many',
          `A ticket has at most ${MOST_TASKS} tasks. Open another ticket for the rest, and link the two.`,
          { most: MOST_TASKS },
        )
      const isNobody = p.template !== null && assigneePremise(p.assignee).some(isUntrue)
      const added = isNobody ? { ...p, assignee: null, notAssigned: p.assignee?.name } : p
      return mayComeAfter(ticket, p.taskId, p.after) ?? [fact('taskAdded', added)]
    },
  }),

  changeTask: rule({
    payload: taskRef.extend({
      title: taskTitle.optional(),
      dueAt: dueAt.optional(),
      required: z.boolean().optional(),
      after: after.optional(),
      checklist: checklist.optional(),
    }),
    right: 'ticket.work',
    asks: askedChanges,
    decide: (ticket, p) => onTask(ticket, p.taskId, (task) => changesOf(ticket, task, p)),
  }),

  assignTask: rule({
    payload: taskRef.extend({ assignee: assignee.nullable() }),
    right: 'ticket.work',
    asks: (ticket, { taskId, assignee }) =>
      assignee
        ? askedTo('assignTask', titleOf(ticket, taskId), assignee.name)
        : askedTo('unassignTask', titleOf(ticket, taskId)),
    decide: (ticket, p) =>
      onTask(ticket, p.taskId, (task) =>
        task.assignee?.id === p.assignee?.id
          ? []
          : [fact('taskAssigned', { ...nameOf(task), from: task.assignee, to: p.assignee })],
      ),
  }),

  /** Before another task, or to the end. */
  moveTask: rule({
    payload: taskRef.extend({ before: z.uuid().nullable() }),
    right: 'ticket.work',
    asks: askedOfTask('moveTask'),
    decide: (ticket, p) =>
      onTask(ticket, p.taskId, (task) => {
        if (p.before !== null && !ticket.tasks.some(({ id }) => id === p.before)) return unknownTask
        const next = ticket.tasks[ticket.tasks.indexOf(task) + 1]?.id ?? null
        return p.before === task.id || p.before === next
          ? []
          : [fact('taskMoved', { ...nameOf(task), before: p.before })]
      }),
  }),

  tickChecklistItem: rule({
    payload: taskRef.extend({ itemId: z.uuid(), done: z.boolean() }),
    right: 'ticket.work',
    asks: ({ tasks }, { taskId, itemId, done }) =>
      askedTo(
        done ? 'tickItem' : 'untickItem',
        tasks.find(({ id }) => id === taskId)?.checklist.find(({ id }) => id === itemId)?.text,
      ),
    decide: (ticket, p) =>
      onTask(ticket, p.taskId, (task) => {
        const item = task.checklist.find(({ id }) => id === p.itemId)
        if (!item)
          return reject(
            'checklist-item-not-found',
            `The checklist of “${task.title}” has no such line.`,
            { title: task.title },
          )
        return item.done === p.done
          ? []
          : [
              fact('checklistItemTicked', {
                ...nameOf(task),
                itemId: item.id,
                text: item.text,
                done: p.done,
              }),
            ]
      }),
  }),

  startTask: rule({
    payload: taskRef,
    right: 'ticket.work',
    asks: askedOfTask('startTask'),
    decide: (ticket, p) =>
      onTask(ticket, p.taskId, (task) => {
        if (task.status === 'inProgress') return []
        return hindrance(ticket, task) ?? [fact('taskStarted', nameOf(task))]
      }),
  }),

  /** Whoever's clock runs on it is stopped: what they worked is recorded. */
  finishTask: rule({
    payload: taskRef,
    right: 'ticket.work',
    asks: askedOfTask('finishTask'),
    decide: (ticket, p, { now }) =>
      onTask(ticket, p.taskId, (task) => {
        if (task.status === 'done') return []
        return (
          hindrance(ticket, task) ?? [
            ...stopClocksOf(ticket, (clock) => clock.taskId === task.id, now),
            fact('taskFinished', nameOf(task)),
          ]
        )
      }),
  }),

  reopenTask: rule({
    payload: taskRef,
    right: 'ticket.work',
    asks: askedOfTask('reopenTask'),
    decide: (ticket, p) =>
      onTask(ticket, p.taskId, (task) =>
        task.status === 'open' ? [] : [fact('taskReopened', nameOf(task))],
      ),
  }),

  cancelTask: rule({
    payload: taskRef.extend({ reason: z.string().trim().max(500).default('') }),
    right: 'ticket.work',
    asks: askedOfTask('cancelTask'),
    decide: (ticket, p, { now }) =>
      onTask(ticket, p.taskId, (task) => {
        if (task.status === 'cancelled') return []
        if (task.status === 'done')
          return reject(
            'task-ended',
            `The task “${task.title}” is done. Reopen it before you cancel it.`,
            { title: task.title },
          )
        return [
          ...stopClocksOf(ticket, (clock) => clock.taskId === task.id, now),
          fact('taskCancelled', { ...nameOf(task), reason: p.reason }),
        ]
      }),
  }),

  /** The due time that a timer was set for has come. */
  taskDue: rule({
    payload: taskRef.extend({ dueAt: z.iso.datetime() }),
    right: 'system',
    decide: (ticket, p) => {
      const task = ticket.tasks.find(({ id }) => id === p.taskId)
      const meant =
        task !== undefined &&
        isOpenTask(task) &&
        task.dueAt === p.dueAt &&
        task.dueNotified !== p.dueAt
      return meant ? [fact('taskBecameDue', { ...nameOf(task), dueAt: p.dueAt })] : []
    },
  }),
} as const

function askedOfTask(what: AskedKind) {
  return (ticket: Ticket, { taskId }: { taskId: string }): Asked[] =>
    askedTo(what, titleOf(ticket, taskId))
}

function askedChanges(ticket: Ticket, change: TaskChange & { taskId: string }): Asked[] {
  const name = titleOf(ticket, change.taskId)
  const { title, dueAt, required, after, checklist } = change
  return [
    ...(title === undefined ? [] : askedTo('renameTask', name, title)),
    ...(dueAt === undefined
      ? []
      : dueAt === null
        ? askedTo('removeTaskDue', name)
        : askedTo('setTaskDue', name, dueAt)),
    ...([required, after, checklist].every((part) => part === undefined)
      ? []
      : askedTo('changeTask', name)),
  ]
}

const nameOf = ({ id, title }: Task): { taskId: string; title: string } => ({ taskId: id, title })

function onTask(
  ticket: Ticket,
  taskId: string,
  decide: (task: Task) => Fact[] | Rejection,
): Fact[] | Rejection {
  if (!ticket.opened) return notOpened
  const task = ticket.tasks.find(({ id }) => id === taskId)
  return task ? decide(task) : unknownTask
}

/** Why a task can be neither started nor finished. */
function hindrance(ticket: Ticket, task: Task): Rejection | null {
  if (!isOpenTask(task))
    return reject('task-ended', `The task “${task.title}” has ended. Reopen it first.`, {
      title: task.title,
    })
  const approval = blockedByApproval(ticket, task.id)
  if (approval)
    return reject(
      'task-awaits-approval',
      `The task “${task.title}” waits for the approval “${approval.subject}”.`,
      { title: task.title, subject: approval.subject },
    )
  const blockers = blockersOf(ticket.tasks, task)
  return blockers.length === 0
    ? null
    : reject(
        'task-blocked',
        `The task “${task.title}” comes after ${named(blockers)}. Finish or cancel that first.`,
        { title: task.title, tasks: titles(blockers) },
      )
}

function mayComeAfter(
  ticket: Ticket,
  taskId: string,
  earlier: readonly string[],
): Rejection | null {
  if (earlier.some((id) => id !== taskId && !ticket.tasks.some((task) => task.id === id)))
    return reject(
      'task-after-unknown',
      'A task can only come after tasks of the same ticket. One of those named is not on it.',
    )
  return waitsForItself(ticket.tasks, taskId, earlier)
    ? reject(
        'task-circle',
        'The task would come after itself. Choose other tasks for it to come after.',
      )
    : null
}

interface TaskChange {
  title?: string | undefined
  dueAt?: string | null | undefined
  required?: boolean | undefined
  after?: string[] | undefined
  checklist?: Task['checklist'] | undefined
}

function changesOf(ticket: Ticket, task: Task, change: TaskChange): Fact[] | Rejection {
  const refusal = change.after ? mayComeAfter(ticket, task.id, change.after) : null
  if (refusal) return refusal
  const title = change.title ?? task.title
  const name = { taskId: task.id, title }
  const { dueAt: due, required, after: earlier, checklist: list } = change
  return [
    ...(title === task.title
      ? []
      : [fact('taskRenamed', { taskId: task.id, from: task.title, to: title })]),
    ...(due === undefined || due === task.dueAt
      ? []
      : [fact('taskDueChanged', { ...name, from: task.dueAt, to: due })]),
    ...(required === undefined || required === task.required
      ? []
      : [fact('taskRequirementChanged', { ...name, required })]),
    ...(earlier === undefined || sameIds(earlier, task.after)
      ? []
      : [
          fact('taskAfterChanged', {
            ...name,
            after: ticket.tasks
              .filter(({ id }) => earlier.includes(id))
              .map((one) => ({ id: one.id, title: one.title })),
          }),
        ]),
    ...(list === undefined || JSON.stringify(list) === JSON.stringify(task.checklist)
      ? []
      : [fact('checklistChanged', { ...name, checklist: list })]),
  ]
}

const sameIds = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id) => b.includes(id))
