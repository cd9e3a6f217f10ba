import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ticketRow } from '../../../domain/tickets/projected-row.ts'
import { NOW, openedTicket, uuid, when } from '../given.ts'

/** By it a ticket is found that does not do what is planned. */
describe('when a ticket does something by itself next', () => {
  const timerAt = (...steps: Parameters<typeof openedTicket>): string | null =>
    ticketRow(openedTicket(...steps)).timer_at

  it('is nothing where nothing is planned', () => {
    assert.equal(timerAt(), null)
  })

  it('is the first of its timers', () => {
    const task = (dueAt: string) => (ticket: Parameters<typeof when>[0]) =>
      when(ticket, 'addTask', {
        taskId: uuid(),
        title: 'Look',
        assignee: null,
        dueAt,
        required: false,
        after: [],
        checklist: [],
        template: null,
      })
    assert.equal(
      timerAt(task('2026-11-26T08:00:00.000Z'), task('2026-11-25T08:00:00.000Z'), (ticket) =>
        when(ticket, 'snooze', { until: '2026-11-27T08:00:00.000Z' }),
      ),
      '2026-11-25T08:00:00.000Z',
    )
  })

  it('is the closing of a solved ticket, and nothing once it is closed', () => {
    const status = (to: 'solved' | 'closed') => (ticket: Parameters<typeof when>[0]) =>
      when(ticket, 'changeStatus', { status: to, reason: 'agent' })
    assert.equal(
      Date.parse(timerAt(status('solved')) ?? '') - Date.parse(NOW),
      7 * 24 * 60 * 60 * 1000,
    )
    assert.equal(timerAt(status('solved'), status('closed')), null)
  })
})
