import { z } from 'zod'
import { assignee, checklistItem } from './state.ts'

const named = z.object({ taskId: z.uuid(), title: z.string() })
const worker = z.object({ id: z.uuid(), name: z.string() })
/** Where time goes: a task, or the ticket as a whole (null). */
const workItem = z.object({ taskId: z.uuid().nullable(), title: z.string().nullable() })

/** Tasks and the time recorded on them: what can have happened. Titles are those of that time. */
export const taskEvents = {
  taskAdded: named.extend({
    assignee: assignee.nullable(),
    dueAt: z.string().nullable(),
    required: z.boolean(),
    after: z.array(z.uuid()),
    checklist: z.array(checklistItem),
    /** The name of the template that it came from. */
    template: z.string().nullable(),
    /**
     * Whom the template means, when they do not see the ticket (any more): nobody has the task yet.
     */
    notAssigned: z.string().optional(),
  }),
  taskRenamed: z.object({ taskId: z.uuid(), from: z.string(), to: z.string() }),
  taskAssigned: named.extend({ from: assignee.nullable(), to: assignee.nullable() }),
  taskDueChanged: named.extend({ from: z.string().nullable(), to: z.string().nullable() }),
  taskRequirementChanged: named.extend({ required: z.boolean() }),
  taskAfterChanged: named.extend({ after: z.array(z.object({ id: z.uuid(), title: z.string() })) }),
  /** Now before that one; null: last. */
  taskMoved: named.extend({ before: z.uuid().nullable() }),
  checklistChanged: named.extend({ checklist: z.array(checklistItem) }),
  checklistItemTicked: named.extend({ itemId: z.uuid(), text: z.string(), done: z.boolean() }),
  taskStarted: named,
  taskFinished: named,
  taskReopened: named,
  taskCancelled: named.extend({ reason: z.string() }),
  taskBecameDue: named.extend({ dueAt: z.string() }),
  /** The ticket was resolved although required tasks were open. */
  tasksOverridden: z.object({ tasks: z.array(named), reason: z.string() }),

  clockStarted: workItem.extend({ clockId: z.uuid(), person: worker }),
  clockStopped: workItem.extend({ clockId: z.uuid(), person: worker }),
  timeRecorded: workItem.extend({
    entryId: z.uuid(),
    person: worker,
    minutes: z.number().int(),
    billable: z.boolean(),
    note: z.string(),
    /** ISO time at which the work was done, or begun when a clock measured it. */
    workedAt: z.string(),
    measured: z.boolean(),
  }),
  timeCorrected: workItem.extend({
    entryId: z.uuid(),
    person: worker,
    from: z.object({ minutes: z.number().int(), billable: z.boolean() }),
    to: z.object({
      minutes: z.number().int(),
      billable: z.boolean(),
      note: z.string(),
      workedAt: z.string(),
    }),
  }),
  timeRemoved: workItem.extend({
    entryId: z.uuid(),
    person: worker,
    minutes: z.number().int(),
    billable: z.boolean(),
  }),
} as const
