import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { notificationsOf } from '../../../domain/areas.ts'
import { priorityBy, usualMatrix } from '../../../domain/classification/priority-matrix.ts'
import { waitingSteps } from '../../../domain/sla/waiting.ts'
import { ticketRow } from '../../../domain/tickets/projected-row.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import { agent, openedTicket, outgoing, SAM, types, when } from '../given.ts'
import { answered, due, mail, planned, plans, status, waitingPlan } from './given.ts'

const ASKED = '2026-11-24T10:00:00.000Z'
const waiting = () => openedTicket(planned(waitingPlan()), answered(ASKED, 'waiting'))

describe('waiting for the requester', () => {
  it('does nothing by itself where the department has not said so', () => {
    assert.deepEqual(plans(openedTicket(answered(ASKED, 'waiting'))), [])
  })

  it('reminds, reminds again and closes, counted from the question', () => {
    let ticket = waiting()
    assert.deepEqual(plans(ticket), ['waiting-reminder-0 2026-11-27T10:00'])
    const first = due(ticket, 'waiting-reminder-0')
    assert.deepEqual(types(first), ['reminderDue'])
    ticket = first.ticket
    assert.deepEqual(plans(ticket), ['waiting-reminder-1 2026-12-01T10:00'])
    ticket = due(ticket, 'waiting-reminder-1').ticket
    assert.deepEqual(
      waitingSteps(ticket).map((s) => [s.kind, s.done]),
      [
        ['reminder', true],
        ['reminder', true],
        ['closing', false],
      ],
    )
    const closed = due(ticket, 'waiting-closing-2')
    assert.deepEqual(types(closed), ['reminderDue', 'statusChanged'])
    assert.equal(closed.ticket.status, 'closed')
    assert.deepEqual(plans(closed.ticket), [])
  })

  it('is resumed by an answer, and begins anew with the next question', () => {
    const reminded = due(waiting(), 'waiting-reminder-0').ticket
    const back = mail('2026-11-28T10:00:00.000Z')(reminded).ticket
    assert.equal(back.status, 'open')
    assert.deepEqual(plans(back), [])
    const again = answered('2026-11-28T11:00:00.000Z', 'waiting')(back).ticket
    assert.deepEqual(plans(again), ['waiting-reminder-0 2026-12-01T11:00'])
    assert.deepEqual(
      plans(answered('2026-11-29T11:00:00.000Z')(again).ticket),
      ['waiting-reminder-0 2026-12-02T11:00'],
      'a further question while waiting',
    )
  })

  it('can be stopped', () => {
    const stopped = when(waiting(), 'cancelReminders', {})
    assert.deepEqual(types(stopped), ['remindersCancelled'])
    assert.deepEqual(plans(stopped.ticket), [])
    assert.deepEqual(types(when(stopped.ticket, 'cancelReminders', {})), [])
  })

  it('queues a reminder that was written, unless the requester was quicker', () => {
    const reminded = due(waiting(), 'waiting-reminder-0').ticket
    const order = { ...outgoing(), kind: 'reminder' as const, since: ASKED }
    const queued = when(reminded, 'queueReminder', order, SYSTEM)
    assert.deepEqual(types(queued), ['messageQueued'])
    assert.equal(queued.ticket.waiting?.since, ASKED, 'a reminder is no new question')
    assert.equal(queued.ticket.preview, reminded.preview)
    assert.deepEqual(
      types(
        when(mail('2026-11-28T10:00:00.000Z')(reminded).ticket, 'queueReminder', order, SYSTEM),
      ),
      [],
    )
  })
})

describe('a mere “thank you”', () => {
  it('leaves a solved ticket solved and offers to open it', () => {
    const solved = openedTicket(status('solved', ASKED))
    const thanked = mail('2026-11-25T10:00:00.000Z', { thanks: true })(solved)
    assert.deepEqual(types(thanked), ['messageReceived'])
    assert.equal(thanked.ticket.thankedAt, '2026-11-25T10:00:00.000Z')
    const reopened = status('open', '2026-11-25T11:00:00.000Z')(thanked.ticket).ticket
    assert.equal(reopened.thankedAt, null)
  })

  it('resumes a ticket that waits, as any answer does', () => {
    assert.equal(
      mail('2026-11-25T10:00:00.000Z', { thanks: true })(waiting()).ticket.status,
      'open',
    )
  })

  it('any other answer opens the solved ticket', () => {
    assert.equal(
      mail('2026-11-25T10:00:00.000Z')(openedTicket(status('solved', ASKED))).ticket.status,
      'open',
    )
  })
})

describe('snooze', () => {
  const UNTIL = '2026-11-25T08:00:00.000Z'
  const snoozed = (until: string | null = UNTIL) =>
    openedTicket((t) => when(t, 'snooze', { until }))

  it('ends at its time and tells who asked for it', () => {
    const ticket = snoozed()
    assert.equal(ticketRow(ticket).snoozed, true)
    assert.deepEqual(plans(ticket), ['snooze 2026-11-25T08:00'])
    const ended = due(ticket, 'snooze')
    assert.deepEqual(types(ended), ['snoozeEnded'])
    assert.equal(ticketRow(ended.ticket).snoozed, false)
    assert.deepEqual(
      notificationsOf({ before: ticket, after: ended.ticket, events: ended.events }).map((n) => [
        n.kind,
        n.to,
      ]),
      [['snoozeEnded', { userId: SAM.id }]],
    )
  })

  it('ends with an answer, before its time or without one', () => {
    for (const ticket of [snoozed(), snoozed(null)]) {
      const back = mail('2026-11-24T12:00:00.000Z')(ticket)
      assert.deepEqual(types(back), ['messageReceived', 'snoozeEnded'])
      assert.equal(back.ticket.snooze, null)
    }
    assert.deepEqual(types(mail('2026-11-24T12:00:00.000Z', { automatic: true })(snoozed())), [
      'messageReceived',
    ])
  })

  it('ends by hand without a notification, and with the ticket', () => {
    const woken = when(snoozed(), 'unsnooze', {})
    assert.deepEqual(types(woken), ['snoozeEnded'])
    assert.deepEqual(
      notificationsOf({ before: snoozed(), after: woken.ticket, events: woken.events }),
      [],
    )
    assert.equal(status('solved', ASKED)(snoozed()).ticket.snooze, null)
  })

  it('is refused into the past and on an ended ticket', () => {
    assert.equal(
      when(openedTicket(), 'snooze', { until: '2026-11-23T08:00:00.000Z' }).rejection?.code,
      'snooze-in-the-past',
    )
    assert.equal(
      when(openedTicket(status('solved', ASKED)), 'snooze', { until: UNTIL }).rejection?.code,
      'snooze-ended-ticket',
    )
  })
})

describe('impact and urgency', () => {
  it('set the priority that they are sent with', () => {
    const set = when(openedTicket(), 'setImpact', {
      impact: 'high',
      urgency: 'high',
      priority: priorityBy(usualMatrix, 'high', 'high'),
    })
    assert.deepEqual(types(set), ['impactChanged', 'priorityChanged'])
    assert.equal(set.ticket.priority, 'urgent')
    assert.equal(priorityBy(usualMatrix, 'high', null), null)
    assert.deepEqual(
      types(when(set.ticket, 'setImpact', { impact: 'high', urgency: 'high', priority: 'urgent' })),
      [],
    )
  })
})

describe('tags and fields', () => {
  it('are kept sorted and once, and change nothing when they are the same', () => {
    const tagged = when(openedTicket(), 'setTags', { tags: ['vpn', 'printer', 'vpn'] }, agent)
    assert.deepEqual(tagged.ticket.tags, ['printer', 'vpn'])
    assert.deepEqual(types(when(tagged.ticket, 'setTags', { tags: ['vpn', 'printer'] })), [])
  })

  it('hold one value per field, none when emptied', () => {
    const field = { fieldId: '55555555-5555-4555-8555-555555555555', name: 'Serial number' }
    const set = when(openedTicket(), 'setField', { ...field, value: 'X-1' })
    assert.deepEqual(set.events[0]?.data, { ...field, from: null, to: 'X-1' })
    assert.deepEqual(types(when(set.ticket, 'setField', { ...field, value: 'X-1' })), [])
    assert.deepEqual(when(set.ticket, 'setField', { ...field, value: '' }).ticket.fields, {})
  })
})
