import { z } from 'zod'
import { singleLine } from '../single-line.ts'
import { MOST_CHECKLIST_ITEMS, MOST_TASKS, taskStatus, TITLE_LENGTH } from './state.ts'
import { ticketStatus } from '../vocabulary.ts'
import { cursorQuery, isoTime, page, wholeNumber } from '../contract.ts'

const taskTitle = singleLine(TITLE_LENGTH).min(1)
const worker = z.object({ id: z.uuid(), name: z.string() })
const checklistLine = z.object({ id: z.uuid(), text: z.string(), done: z.boolean() })

/** A clock that runs now. */
export const runningClock = z
  .object({
    id: z.uuid(),
    person: worker,
    ticketNumber: z.number().int(),
    ticketSubject: z.string().describe('Empty for who does not see the ticket any more.'),
    task: z.object({ id: z.uuid(), title: z.string() }).nullable(),
    startedAt: isoTime,
  })
  .meta({ id: 'RunningClock' })
export type RunningClockView = z.infer<typeof runningClock>

export const task = z
  .object({
    id: z.uuid(),
    ticketNumber: z.number().int(),
    ticketSubject: z.string(),
    ticketStatus,
    title: z.string(),
    status: taskStatus,
    /** One person, or a department whose people take it. */
    assignee: z
      .object({
        kind: z.enum(['person', 'team']),
        id: z.uuid(),
        name: z.string(),
        email: z.string().describe('Empty for a team.'),
      })
      .nullable(),
    dueAt: isoTime.nullable(),
    /** The ticket is not resolved while it is open, except with a reason. */
    required: z.boolean(),
    after: z.array(z.uuid()),
    /** Those of `after` that are open: until they end it can be neither started nor finished. */
    blockedBy: z.array(z.object({ id: z.uuid(), title: z.string() })),
    checklist: z.array(checklistLine),
    minutes: z.number().int(),
    runningClocks: z.array(runningClock.pick({ id: true, person: true, startedAt: true })),
    addedAt: isoTime,
    endedAt: isoTime.nullable(),
  })
  .meta({ id: 'Task' })
export type TaskView = z.infer<typeof task>

/** A ticket's tasks in their order, with the time on the ticket as a whole. */
export const ticketTasks = page(task)
  .extend({
    minutes: z.number().int(),
    billableMinutes: z.number().int(),
    runningClocks: task.shape.runningClocks.describe('Clocks that run on the ticket itself.'),
  })
  .meta({ id: 'TicketTasks' })
export type TicketTasks = z.infer<typeof ticketTasks>

export const newTask = z
  .object({
    title: taskTitle,
    assigneeId: z.uuid().nullish(),
    teamId: z.uuid().nullish(),
    dueAt: isoTime.nullish(),
    required: z.boolean().default(false),
    after: z.array(z.uuid()).max(MOST_TASKS).default([]),
    checklist: z.array(taskTitle).max(MOST_CHECKLIST_ITEMS).default([]),
  })
  .refine((t) => !t.assigneeId || !t.teamId, {
    message: 'Give a task to a person or to a team, not to both.',
    path: ['teamId'],
  })
  .meta({ id: 'NewTask' })

/**
 * Only what is present changes. A line of the checklist without an id is new; one that is left out
 * is taken away.
 */
export const taskChange = z
  .object({
    title: taskTitle,
    status: taskStatus,
    assigneeId: z.uuid().nullable(),
    teamId: z.uuid().nullable(),
    dueAt: isoTime.nullable(),
    required: z.boolean(),
    after: z.array(z.uuid()).max(MOST_TASKS),
    checklist: z
      .array(
        z.object({ id: z.uuid().optional(), text: taskTitle, done: z.boolean().default(false) }),
      )
      .max(MOST_CHECKLIST_ITEMS),
    /** One line of the checklist, done or not. */
    tick: z.object({ itemId: z.uuid(), done: z.boolean() }),
    /** The task that it is put before; null puts it last. */
    before: z.uuid().nullable(),
  })
  .partial()
  .refine((t) => !t.assigneeId || !t.teamId, {
    message: 'Give a task to a person or to a team, not to both.',
    path: ['teamId'],
  })
  .meta({ id: 'TaskChange' })
export type TaskChange = z.infer<typeof taskChange>

export const cancelQuery = z.object({ reason: z.string().max(500).default('') })

/** mine: given to me; team: given to one of my departments; all: every one that I may see. */
export const taskView = z.enum(['mine', 'team', 'all'])
export type TaskViewName = z.infer<typeof taskView>
export const taskQuery = cursorQuery.extend({ view: taskView.default('mine') })
export const taskPage = page(task)
  .extend({ total: z.number().int(), overdue: z.number().int() })
  .meta({ id: 'TaskPage' })
export type TaskPage = z.infer<typeof taskPage>

const templateLine = z.object({
  /**
   * Kept by who changes the template: a line that is on a ticket already is not put there again.
   */
  id: z.uuid(),
  title: taskTitle,
  required: z.boolean(),
  /** Hours from when it is put on a ticket; null: no due time. */
  dueInHours: z
    .number()
    .min(0)
    .max(24 * 366)
    .nullable(),
  /** Positions of earlier lines in the template, from 0. */
  after: z.array(wholeNumber),
  /** Who does it, on tickets that they see; elsewhere nobody has it yet. */
  assigneeId: z.uuid().nullable(),
  teamId: z.uuid().nullable(),
})
export type TemplateLine = z.infer<typeof templateLine>

export const taskTemplate = z
  .object({
    id: z.uuid(),
    name: z.string(),
    categoryId: z.uuid().nullable(),
    automatic: z.boolean(),
    lines: z.array(templateLine),
  })
  .meta({ id: 'TaskTemplate' })
export type TaskTemplate = z.infer<typeof taskTemplate>

const newLine = templateLine
  .extend({
    id: z.uuid().optional(),
    required: z.boolean().default(false),
    dueInHours: templateLine.shape.dueInHours.default(null),
    after: templateLine.shape.after.default([]),
    assigneeId: z.uuid().nullable().default(null),
    teamId: z.uuid().nullable().default(null),
  })
  .refine((line) => !line.assigneeId || !line.teamId, {
    message: 'Give a task to a person or to a team, not to both.',
    path: ['teamId'],
  })
const newLines = z
  .array(newLine)
  .min(1)
  .max(50)
  .refine((lines) => lines.every(({ after }, index) => after.every((earlier) => earlier < index)), {
    message: 'A line can only come after lines above it.',
  })

export const newTaskTemplate = z
  .object({
    name: singleLine(100).min(1),
    categoryId: z.uuid().nullish(),
    automatic: z.boolean().default(true),
    lines: newLines,
  })
  .meta({ id: 'NewTaskTemplate' })
export const taskTemplateChange = z
  .object({
    name: singleLine(100).min(1),
    categoryId: z.uuid().nullable(),
    automatic: z.boolean(),
    lines: newLines,
  })
  .partial()
  .meta({ id: 'TaskTemplateChange' })
export const templateChoice = z.object({ templateId: z.uuid() }).meta({ id: 'TaskTemplateChoice' })
