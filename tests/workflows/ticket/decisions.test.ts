import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isWaitedFor, unheardRefusals } from '../../../activities/projection/answers.ts'
import type { Command } from '../../../domain/commands.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { decideBatch, unheardOf } from '../../../workflows/ticket/decisions.ts'
import { unopenedTicket } from '../../../domain/apply.ts'
import { type InboxItem, takeBatch } from '../../../workflows/ticket/inbox.ts'
import { agent, NOW, opening, openedTicket, received, requester } from '../../domain/given.ts'

const NOBODY = new Set<string>()
/** A change that a new ticket refuses; its sender waits until a moment of real time. */
const refused = (answerBy: number): InboxItem => ({
  name: 'changeStatus',
  command: {
    id: 'again-new',
    actor: agent,
    payload: { status: 'closed', reason: 'timer' },
    expectedVersion: 0,
    answerBy,
  } as Command<'changeStatus'>,
})
const later = Math.floor(Date.now() / 1000) + 3600
const before = Math.floor(Date.now() / 1000) - 10
const NOW_LATE = new Date().toISOString()

describe('a refusal', () => {
  it('that is heard leaves no line', () => {
    const { events, outcomes } = decideBatch(openedTicket(), [refused(later)], NOBODY, NOW)
    assert.deepEqual(events, [])
    assert.equal(outcomes[0]?.code, 'version-outdated')
    assert.deepEqual(unheardRefusals(outcomes, events), [])
  })

  it('of which its sender has given up waiting is told by one line', () => {
    const { events, outcomes } = decideBatch(openedTicket(), [refused(before)], NOBODY, NOW_LATE)
    assert.deepEqual(
      events.map(({ type }) => type),
      ['commandRejected'],
    )
    assert.deepEqual(unheardRefusals(outcomes, events), [])
  })

  it('of a worker whose clock stood still while its sender gave up is told by a line, once', () => {
    const batch = [refused(before)]
    const slow = decideBatch(openedTicket(), batch, NOBODY, new Date(0).toISOString())
    assert.deepEqual(slow.events, [], 'by the workflow’s clock somebody waits')
    const unheard = unheardRefusals(slow.outcomes, slow.events)
    assert.deepEqual(unheard, ['again-new'])
    const lines = unheardOf(unheard, batch, slow)
    const told = decideBatch(slow.ticket, lines, NOBODY, NOW)
    assert.deepEqual(
      told.events.map(({ type, actor }) => [type, actor]),
      [['commandRejected', agent]],
    )
    assert.deepEqual(told.outcomes, [])
    const again = new Set(told.events.map(({ commandId }) => commandId))
    assert.deepEqual(decideBatch(slow.ticket, lines, again, NOW).events, [])
  })
})

it('a refusal that is a line by itself is not told by another, whatever the worker’s clock says', () => {
  const line = { type: 'approvalVoteRefused', commandId: 'late' } as TicketEvent
  const outcome = {
    commandId: 'late',
    code: 'approval-ended' as const,
    message: '',
    answerBy: before,
  }
  assert.deepEqual(unheardRefusals([outcome], [line]), [])
  assert.equal(isWaitedFor([outcome], 'late'), false)
  assert.equal(isWaitedFor([{ ...outcome, answerBy: later }], 'late'), true)
  assert.equal(isWaitedFor([], 'late'), false)
})

describe('mails of a ticket that does not exist yet', () => {
  const mail = (id: string, opens: boolean): InboxItem => ({
    name: 'mailReceived',
    command: {
      id,
      actor: requester,
      payload: { message: received(), ...(opens ? { opening } : {}) },
    } as Command<'mailReceived'>,
  })
  const question = mail('question', true)
  const answers = ['first', 'second', 'third'].map((id) => mail(id, false))

  it('are all taken in, in whatever order and however often they come', () => {
    const sent = fc.array(fc.constantFrom(...answers, question), { maxLength: 12 }).chain((again) =>
      fc.shuffledSubarray([question, ...answers, ...again], {
        minLength: 4 + again.length,
      }),
    )
    fc.assert(
      fc.property(sent, (signals) => {
        const inbox = [...signals]
        const batch = takeBatch(inbox, false)
        const { events } = decideBatch(unopenedTicket(1001), batch, NOBODY, NOW)
        assert.deepEqual(inbox, [])
        const from = (type: string) =>
          events.filter((event) => event.type === type).map((event) => event.commandId)
        assert.deepEqual(from('ticketOpened'), ['question'])
        assert.deepEqual(from('messageReceived').toSorted(), [
          'first',
          'question',
          'second',
          'third',
        ])
      }),
    )
  })

  it('keep their order in a ticket that exists', () => {
    const inbox = [answers[1]!, question, answers[0]!]
    assert.deepEqual(takeBatch([...inbox], true), inbox)
  })
})
