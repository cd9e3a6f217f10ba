import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Decision } from '../../../domain/decide.ts'
import { notificationsOf } from '../../../domain/areas.ts'
import { rebuild } from '../../../domain/apply.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import { plannedTimers } from '../../../domain/areas.ts'
import type { Actor } from '../../../domain/vocabulary.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import { agent, FINANCE, NOW, openedTicket, outgoing, SAM, types, uuid, when } from '../given.ts'

const IDA = { id: '44444444-4444-4444-8444-444444444444', name: 'Ida', email: 'ida@example.com' }
const ida: Actor = { kind: 'agent', id: IDA.id, name: IDA.name }
const DUE = '2026-11-25T09:00:00.000Z'

const add = (title: string, more: Record<string, unknown> = {}) => {
  const taskId = uuid()
  return {
    taskId,
    step: (t: Ticket): Decision => when(t, 'addTask', { taskId, title, ...withDefaults, ...more }),
  }
}
const withDefaults = {
  assignee: null,
  dueAt: null,
  required: false,
  after: [] as string[],
  checklist: [],
  template: null,
}
const titles = (ticket: Ticket): string[] => ticket.tasks.map((task) => task.title)

describe('a task', () => {
  it('is added once, at the end, and needs an open ticket', () => {
    const a = add('Order the part')
    const b = add('Fit it')
    const ticket = openedTicket(a.step, b.step, a.step)
    assert.deepEqual(titles(ticket), ['Order the part', 'Fit it'])
    const closed = openedTicket((t) =>
      when(t, 'changeStatus', { status: 'closed', reason: 'agent' }),
    )
    assert.equal(add('Late').step(closed).rejection?.code, 'ticket-closed')
  })

  it('changes in what is named, each as a line of the history, and not at all by what is so already', () => {
    const a = add('Order')
    const ticket = openedTicket(a.step)
    const change = { taskId: a.taskId, title: 'Order the part', dueAt: DUE, required: true }
    const decision = when(ticket, 'changeTask', change)
    assert.deepEqual(types(decision), ['taskRenamed', 'taskDueChanged', 'taskRequirementChanged'])
    assert.deepEqual(types(when(decision.ticket, 'changeTask', change)), [])
  })

  it('is moved before another or to the end', () => {
    const [a, b, c] = [add('a'), add('b'), add('c')]
    let ticket = openedTicket(a.step, b.step, c.step)
    ticket = when(ticket, 'moveTask', { taskId: c.taskId, before: a.taskId }).ticket
    assert.deepEqual(titles(ticket), ['c', 'a', 'b'])
    ticket = when(ticket, 'moveTask', { taskId: a.taskId, before: null }).ticket
    assert.deepEqual(titles(ticket), ['c', 'b', 'a'])
    assert.deepEqual(
      types(when(ticket, 'moveTask', { taskId: b.taskId, before: a.taskId })),
      [],
      'it is there already',
    )
  })

  it('has a checklist whose lines are ticked and unticked', () => {
    const item = { id: uuid(), text: 'Screws', done: false }
    const a = add('Fit it', { checklist: [item] })
    const ticket = openedTicket(a.step, (t) =>
      when(t, 'tickChecklistItem', { taskId: a.taskId, itemId: item.id, done: true }),
    )
    assert.equal(ticket.tasks[0]?.checklist[0]?.done, true)
    assert.equal(
      when(ticket, 'tickChecklistItem', { taskId: a.taskId, itemId: uuid(), done: true }).rejection
        ?.code,
      'checklist-item-not-found',
    )
  })

  it('waits for those that it comes after, done or cancelled', () => {
    const a = add('Order')
    const b = add('Fit', { after: [a.taskId] })
    const ticket = openedTicket(a.step, b.step)
    for (const command of ['startTask', 'finishTask'] as const) {
      const { rejection } = when(ticket, command, { taskId: b.taskId })
      assert.equal(rejection?.code, 'task-blocked')
      assert.match(rejection?.message ?? '', /“Fit” comes after “Order”/)
    }
    for (const ending of ['finishTask', 'cancelTask'] as const) {
      const freed = when(ticket, ending, { taskId: a.taskId, reason: '' }).ticket
      assert.deepEqual(types(when(freed, 'startTask', { taskId: b.taskId })), ['taskStarted'])
    }
  })

  it('never comes after itself, however long the way round, nor after a task of another ticket', () => {
    const a = add('a')
    const b = add('b', { after: [a.taskId] })
    const c = add('c', { after: [b.taskId] })
    const ticket = openedTicket(a.step, b.step, c.step)
    for (const after of [a.taskId, c.taskId])
      assert.equal(
        when(ticket, 'changeTask', { taskId: a.taskId, after: [after] }).rejection?.code,
        'task-circle',
      )
    assert.equal(
      when(ticket, 'changeTask', { taskId: a.taskId, after: [uuid()] }).rejection?.code,
      'task-after-unknown',
    )
  })

  it('goes from open to in progress to done and back, and is cancelled with a reason', () => {
    const a = add('a')
    const ticket = openedTicket(
      a.step,
      (t) => when(t, 'startTask', { taskId: a.taskId }),
      (t) => when(t, 'finishTask', { taskId: a.taskId }),
    )
    assert.deepEqual([ticket.tasks[0]?.status, ticket.tasks[0]?.endedAt], ['done', NOW])
    assert.equal(
      when(ticket, 'cancelTask', { taskId: a.taskId, reason: '' }).rejection?.code,
      'task-ended',
    )
    const reopened = when(ticket, 'reopenTask', { taskId: a.taskId }).ticket
    assert.deepEqual([reopened.tasks[0]?.status, reopened.tasks[0]?.endedAt], ['open', null])
    const cancelled = when(reopened, 'cancelTask', { taskId: a.taskId, reason: 'No need' })
    assert.equal(cancelled.ticket.tasks[0]?.status, 'cancelled')
    assert.equal(
      when(cancelled.ticket, 'finishTask', { taskId: a.taskId }).rejection?.code,
      'task-ended',
    )
  })
})

describe('a required task', () => {
  const a = add('Inform the works council', { required: true })
  const b = add('Tidy up')
  const ticket = openedTicket(a.step, b.step)

  it('keeps the ticket from being resolved, by status and by reply, and is named', () => {
    for (const status of ['solved', 'closed'] as const) {
      const { rejection } = when(ticket, 'changeStatus', { status, reason: 'agent' })
      assert.equal(rejection?.code, 'tasks-open')
      assert.match(rejection?.message ?? '', /“Inform the works council”/)
      assert.doesNotMatch(rejection?.message ?? '', /Tidy up/)
    }
    assert.equal(
      when(ticket, 'reply', { ...outgoing(), status: 'solved' }).rejection?.code,
      'tasks-open',
    )
    assert.equal(when(ticket, 'reply', outgoing()).rejection, null)
    assert.equal(
      when(ticket, 'changeStatus', { status: 'waiting', reason: 'agent' }).rejection,
      null,
    )
  })

  it('does so no more once it is done or cancelled', () => {
    for (const ending of ['finishTask', 'cancelTask'] as const) {
      const ended = when(ticket, ending, { taskId: a.taskId, reason: '' }).ticket
      assert.equal(
        when(ended, 'changeStatus', { status: 'solved', reason: 'agent' }).ticket.status,
        'solved',
      )
    }
  })

  it('gives way to a reason, which the history keeps', () => {
    const decision = when(ticket, 'changeStatus', {
      status: 'solved',
      reason: 'agent',
      overrideReason: 'The council agreed by phone',
    })
    assert.deepEqual(types(decision), ['tasksOverridden', 'statusChanged'])
    assert.deepEqual(decision.events[0]?.data, {
      tasks: [{ taskId: a.taskId, title: 'Inform the works council' }],
      reason: 'The council agreed by phone',
    })
    assert.equal(
      when(ticket, 'changeStatus', { status: 'solved', reason: 'agent', overrideReason: '  ' })
        .rejection?.code,
      'tasks-open',
    )
  })

  it('gives way to a reason given with an answer, which then goes out and solves the ticket in one step', () => {
    const decision = when(ticket, 'reply', {
      ...outgoing(),
      status: 'solved',
      overrideReason: 'The council agreed by phone',
    })
    assert.deepEqual(types(decision), ['messageQueued', 'tasksOverridden', 'statusChanged'])
    assert.ok(
      !('overrideReason' in (decision.events[0]?.data ?? {})),
      'the reason is in the history once',
    )
    assert.equal(decision.ticket.status, 'solved')
    assert.deepEqual(
      types(
        when(ticket, 'reply', { ...outgoing(), status: 'waiting', overrideReason: 'Not needed' }),
      ),
      ['messageQueued', 'statusChanged'],
    )
  })

  it('does not hold up the automatic closing', () => {
    const solved = when(ticket, 'changeStatus', {
      status: 'solved',
      reason: 'agent',
      overrideReason: 'Agreed',
    }).ticket
    assert.deepEqual(
      types(when(solved, 'changeStatus', { status: 'closed', reason: 'timer' }, SYSTEM)),
      ['statusChanged'],
    )
  })
})

describe('the assignee of a task', () => {
  const notified = (before: Ticket, decision: Decision) =>
    notificationsOf({ before, after: decision.ticket, events: decision.events }).filter(
      ({ kind }) => kind.startsWith('task'),
    )

  it('is notified when it becomes theirs, but not by themselves', () => {
    const before = openedTicket()
    const a = add('Fit it', { assignee: { kind: 'person', ...IDA }, dueAt: DUE })
    const added = a.step(before)
    assert.deepEqual(notified(before, added), [
      {
        eventNo: 3,
        kind: 'taskAssigned',
        to: { userId: IDA.id },
        data: { taskId: a.taskId, title: 'Fit it', dueAt: DUE, by: SAM.name },
      },
    ])
    const nobody = when(added.ticket, 'assignTask', { taskId: a.taskId, assignee: null })
    assert.deepEqual(notified(added.ticket, nobody), [])
    assert.deepEqual(
      notified(
        nobody.ticket,
        when(
          nobody.ticket,
          'assignTask',
          { taskId: a.taskId, assignee: { kind: 'person', ...IDA } },
          ida,
        ),
      ),
      [],
    )
    assert.deepEqual(
      notified(
        nobody.ticket,
        when(nobody.ticket, 'assignTask', {
          taskId: a.taskId,
          assignee: { kind: 'team', ...FINANCE },
        }),
      ),
      [],
      'a team’s members are known to the database alone',
    )
  })

  it('is notified once when it is due, by a timer that is planned from the state', () => {
    const a = add('Fit it', { assignee: { kind: 'person', ...IDA }, dueAt: DUE })
    const ticket = openedTicket(a.step)
    const [timer] = plannedTimers(ticket)
    assert.deepEqual(
      [timer?.key, timer?.at, timer?.command],
      [`task-${a.taskId}-due`, DUE, { name: 'taskDue', payload: { taskId: a.taskId, dueAt: DUE } }],
    )
    const due = when(ticket, 'taskDue', { taskId: a.taskId, dueAt: DUE }, SYSTEM, DUE)
    assert.deepEqual(
      notified(ticket, due).map(({ kind, to }) => [kind, to]),
      [['taskDue', { userId: IDA.id }]],
    )
    assert.deepEqual(plannedTimers(due.ticket), [])
    assert.deepEqual(
      types(when(due.ticket, 'taskDue', { taskId: a.taskId, dueAt: DUE }, SYSTEM)),
      [],
    )
  })

  it('is not notified of a due time that was changed, nor of a task that has ended', () => {
    const a = add('Fit it', { assignee: { kind: 'person', ...IDA }, dueAt: DUE })
    const later = openedTicket(a.step, (t) =>
      when(t, 'changeTask', { taskId: a.taskId, dueAt: '2026-11-26T09:00:00.000Z' }),
    )
    assert.deepEqual(types(when(later, 'taskDue', { taskId: a.taskId, dueAt: DUE }, SYSTEM)), [])
    const done = openedTicket(a.step, (t) => when(t, 'finishTask', { taskId: a.taskId }))
    assert.deepEqual(plannedTimers(done), [])
  })

  it('is the ticket’s owner as long as nobody else is', () => {
    const a = add('Fit it', { dueAt: DUE })
    const ticket = openedTicket((t) => when(t, 'changeOwner', { owner: SAM }), a.step)
    assert.deepEqual(
      notified(ticket, when(ticket, 'taskDue', { taskId: a.taskId, dueAt: DUE }, SYSTEM, DUE)).map(
        ({ to }) => to,
      ),
      [{ userId: SAM.id }],
    )
  })
})

describe('the tasks of a ticket', () => {
  it('are the fold of its events', () => {
    const [a, b] = [add('a', { required: true }), add('b')]
    let ticket = openedTicket()
    const events = []
    for (const step of [
      a.step,
      b.step,
      (t: Ticket) => when(t, 'moveTask', { taskId: b.taskId, before: a.taskId }),
      (t: Ticket) => when(t, 'finishTask', { taskId: a.taskId }, agent),
    ]) {
      const decision = step(ticket)
      ticket = decision.ticket
      events.push(...decision.events)
    }
    const { tasks } = rebuild(1001, events)
    assert.deepEqual(tasks, ticket.tasks)
  })
})
