import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Ticket } from '../../../domain/ticket.ts'
import { agent, NOW, openedTicket, SAM, types, uuid, when } from '../given.ts'

const sam = { id: SAM.id, name: SAM.name }
const ida = { id: '44444444-4444-4444-8444-444444444444', name: 'Ida' }
const later = (minutes: number): string =>
  new Date(Date.parse(NOW) + minutes * 60_000).toISOString()

const taskId = uuid()
const withTask = (): Ticket =>
  openedTicket((t) =>
    when(t, 'addTask', {
      taskId,
      title: 'Fit it',
      assignee: null,
      dueAt: null,
      required: false,
      after: [],
      checklist: [],
      template: null,
    }),
  )
const sums = ({ minutes, billableMinutes, tasks }: Ticket) => [
  minutes,
  billableMinutes,
  tasks[0]?.minutes,
]

describe('a running clock', () => {
  it('becomes time on its task when it is stopped, in whole minutes and at least one', () => {
    const clockId = uuid()
    const ticket = when(withTask(), 'startClock', { clockId, person: sam, taskId }).ticket
    assert.deepEqual(ticket.runningClocks, [{ id: clockId, person: sam, taskId, startedAt: NOW }])
    const stopped = when(
      ticket,
      'stopClock',
      { clockId, note: 'Mainboard', billable: true },
      agent,
      later(25.4),
    )
    assert.deepEqual(types(stopped), ['clockStopped', 'timeRecorded'])
    assert.deepEqual(stopped.events[1]?.data, {
      entryId: clockId,
      person: sam,
      taskId,
      title: 'Fit it',
      minutes: 25,
      billable: true,
      note: 'Mainboard',
      workedAt: NOW,
      measured: true,
    })
    assert.deepEqual(sums(stopped.ticket), [25, 25, 25])
    assert.deepEqual(stopped.ticket.runningClocks, [])
    assert.deepEqual(
      sums(
        when(ticket, 'stopClock', { clockId, note: '', billable: false }, agent, later(0)).ticket,
      ),
      [1, 0, 1],
    )
    assert.equal(
      when(stopped.ticket, 'stopClock', { clockId, note: '', billable: false }).rejection?.code,
      'clock-not-running',
    )
  })

  it('stops when its person starts another; somebody else’s goes on', () => {
    let ticket = when(withTask(), 'startClock', { clockId: uuid(), person: sam, taskId }).ticket
    ticket = when(ticket, 'startClock', { clockId: uuid(), person: ida, taskId }).ticket
    const next = when(
      ticket,
      'startClock',
      { clockId: uuid(), person: sam, taskId: null },
      agent,
      later(10),
    )
    assert.deepEqual(types(next), ['clockStopped', 'timeRecorded', 'clockStarted'])
    assert.deepEqual(
      next.ticket.runningClocks.map((clock) => [clock.person.id, clock.taskId]),
      [
        [ida.id, taskId],
        [sam.id, null],
      ],
    )
    assert.deepEqual(
      types(when(next.ticket, 'startClock', { clockId: uuid(), person: sam, taskId: null })),
      [],
      'it runs already',
    )
  })

  it('stops with its task', () => {
    const ticket = when(withTask(), 'startClock', { clockId: uuid(), person: sam, taskId }).ticket
    for (const ending of ['finishTask', 'cancelTask'] as const) {
      const ended = when(ticket, ending, { taskId, reason: '' }, agent, later(30))
      assert.deepEqual([ended.ticket.runningClocks, ended.ticket.minutes], [[], 30])
    }
  })

  it('needs a task of this ticket, or none', () => {
    assert.equal(
      when(withTask(), 'startClock', { clockId: uuid(), person: sam, taskId: uuid() }).rejection
        ?.code,
      'task-not-found',
    )
  })
})

describe('time written down', () => {
  const entryId = uuid()
  const record = {
    entryId,
    person: sam,
    taskId,
    minutes: 40,
    billable: true,
    note: '',
    workedAt: NOW,
  }

  it('counts for the ticket and its task, or the ticket alone', () => {
    const ticket = when(withTask(), 'recordTime', record).ticket
    assert.deepEqual(sums(ticket), [40, 40, 40])
    assert.deepEqual(
      sums(
        when(ticket, 'recordTime', {
          ...record,
          entryId: uuid(),
          taskId: null,
          billable: false,
          minutes: 5,
        }).ticket,
      ),
      [45, 40, 40],
    )
  })

  it('is corrected and removed by what it was before', () => {
    const ticket = when(withTask(), 'recordTime', record).ticket
    const corrected = when(ticket, 'correctTime', {
      entryId,
      person: sam,
      taskId,
      from: { minutes: 40, billable: true },
      to: { minutes: 30, billable: false, note: 'Less', workedAt: NOW },
    }).ticket
    assert.deepEqual(sums(corrected), [30, 0, 30])
    assert.deepEqual(
      sums(
        when(corrected, 'removeTime', {
          entryId,
          person: sam,
          taskId,
          minutes: 30,
          billable: false,
        }).ticket,
      ),
      [0, 0, 0],
    )
  })
})
