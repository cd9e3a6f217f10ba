import { z } from 'zod'
import { type Asked, type AskedKind, askedTo } from '../asked.ts'
import { fact, type Fact } from '../events.ts'
import { reject, rule } from '../command-rule.ts'
import type { Ticket } from '../ticket.ts'
import { person } from '../vocabulary.ts'
import { titleOf } from './rules.ts'
import type { RunningClock } from './state.ts'

const worker = person.pick({ id: true, name: true })
const taskId = z.uuid().nullable().default(null)
/** The longest single entry, in minutes: a month. */
export const MOST_MINUTES = 31 * 24 * 60
const minutes = z.number().int().min(1).max(MOST_MINUTES)
const note = z.string().trim().max(500).default('')
const MINUTE = 60_000

const notOpened = reject('ticket-not-opened', 'This ticket does not exist yet.')
const unknownTask = reject('task-not-found', 'This ticket has no such task.')

/**
 * Time worked: measured by a clock, or written down afterwards. Whose it is comes with the command;
 * that one writes down only one's own is the API's rule.
 */
export const timeCommands = {
  /**
   * Starts a person's clock on the ticket or one of its tasks. One that they had running here is
   * stopped first.
   */
  startClock: rule({
    payload: z.object({ clockId: z.uuid(), person: worker, taskId }),
    right: 'ticket.work',
    asks: (ticket, { taskId }) => askedOfClock(ticket, taskId, 'startClock', 'startTaskClock'),
    decide: (ticket, p, { now }) => {
      if (!ticket.opened) return notOpened
      const workItem = workItemOf(ticket, p.taskId)
      if (!workItem) return unknownTask
      if (
        ticket.runningClocks.some(
          (clock) => clock.person.id === p.person.id && clock.taskId === p.taskId,
        )
      )
        return []
      return [
        ...stopClocksOf(ticket, (clock) => clock.person.id === p.person.id, now),
        fact('clockStarted', { clockId: p.clockId, person: p.person, ...workItem }),
      ]
    },
  }),

  /** Stops a clock and records its time. @see minutesSince */
  stopClock: rule({
    payload: z.object({ clockId: z.uuid(), note, billable: z.boolean().default(false) }),
    right: 'ticket.work',
    asks: (ticket, { clockId }) =>
      askedOfClock(
        ticket,
        ticket.runningClocks.find(({ id }) => id === clockId)?.taskId ?? null,
        'stopClock',
        'stopTaskClock',
      ),
    decide: (ticket, p, { now }) => {
      const running = ticket.runningClocks.some(({ id }) => id === p.clockId)
      return running
        ? stopClocksOf(ticket, ({ id }) => id === p.clockId, now, p)
        : reject(
            'clock-not-running',
            'This clock does not run any more. Its time is recorded already.',
          )
    },
  }),

  recordTime: rule({
    payload: z.object({
      entryId: z.uuid(),
      person: worker,
      taskId,
      minutes,
      billable: z.boolean().default(false),
      note,
      workedAt: z.iso.datetime(),
    }),
    right: 'ticket.work',
    asks: () => askedTo('recordTime'),
    decide: (ticket, { taskId: id, ...p }) => {
      if (!ticket.opened) return notOpened
      const workItem = workItemOf(ticket, id)
      return workItem ? [fact('timeRecorded', { ...p, ...workItem, measured: false })] : unknownTask
    },
  }),

  /**
   * What it was before comes with the command, because the ticket keeps sums only: send it with
   * `expectedVersion`.
   */
  correctTime: rule({
    payload: z.object({
      entryId: z.uuid(),
      person: worker,
      taskId,
      from: z.object({ minutes: z.number().int(), billable: z.boolean() }),
      to: z.object({ minutes, billable: z.boolean(), note, workedAt: z.iso.datetime() }),
    }),
    right: 'ticket.work',
    asks: () => askedTo('correctTime'),
    decide: (ticket, { taskId: id, ...p }) =>
      ticket.opened
        ? [
            fact('timeCorrected', {
              ...p,
              ...(workItemOf(ticket, id) ?? { taskId: id, title: null }),
            }),
          ]
        : notOpened,
  }),

  /** With `expectedVersion`, like `correctTime`. */
  removeTime: rule({
    payload: z.object({
      entryId: z.uuid(),
      person: worker,
      taskId,
      minutes: z.number().int(),
      billable: z.boolean(),
    }),
    right: 'ticket.work',
    asks: () => askedTo('removeTime'),
    decide: (ticket, { taskId: id, ...p }) =>
      ticket.opened
        ? [
            fact('timeRemoved', {
              ...p,
              ...(workItemOf(ticket, id) ?? { taskId: id, title: null }),
            }),
          ]
        : notOpened,
  }),
} as const

/**
 * The facts that stop clocks and record their time.
 * @param which of the ticket's running clocks.
 * @param now ISO time.
 * @param about note and billable of the time, when the person said so.
 */
export const stopClocksOf = (
  ticket: Ticket,
  which: (clock: RunningClock) => boolean,
  now: string,
  about: { note: string; billable: boolean } = { note: '', billable: false },
): Fact[] =>
  ticket.runningClocks.filter(which).flatMap((clock) => {
    const workItem = workItemOf(ticket, clock.taskId) ?? { taskId: clock.taskId, title: null }
    return [
      fact('clockStopped', { clockId: clock.id, person: clock.person, ...workItem }),
      fact('timeRecorded', {
        entryId: clock.id,
        person: clock.person,
        ...workItem,
        minutes: minutesSince(clock.startedAt, now),
        billable: about.billable,
        note: about.note,
        workedAt: clock.startedAt,
        measured: true,
      }),
    ]
  })

/** @returns whole minutes, rounded to the nearest, at least one: who starts a clock has worked. */
export const minutesSince = (startedAt: string, now: string): number =>
  Math.max(1, Math.round((Date.parse(now) - Date.parse(startedAt)) / MINUTE))

const askedOfClock = (
  ticket: Ticket,
  taskId: string | null,
  whole: AskedKind,
  onTask: AskedKind,
): Asked[] => (taskId === null ? askedTo(whole) : askedTo(onTask, titleOf(ticket, taskId)))

function workItemOf(
  ticket: Ticket,
  id: string | null,
): { taskId: string | null; title: string | null } | null {
  if (id === null) return { taskId: null, title: null }
  const task = ticket.tasks.find((one) => one.id === id)
  return task ? { taskId: task.id, title: task.title } : null
}
