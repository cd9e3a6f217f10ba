import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { unheardRefusals } from '../../../activities/projection/answers.ts'
import type { Command } from '../../../domain/commands.ts'
import { decideBatch, unheardOf } from '../../../workflows/ticket/decisions.ts'
import type { InboxItem } from '../../../workflows/ticket/inbox.ts'
import { agent, NOW, openedTicket } from '../../domain/given.ts'

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

describe('a refusal', () => {
  it('that is heard leaves no line', () => {
    const { events, outcomes } = decideBatch(openedTicket(), [refused(later)], NOBODY, NOW)
    assert.deepEqual(events, [])
    assert.equal(outcomes[0]?.code, 'version-outdated')
    assert.deepEqual(unheardRefusals(outcomes), [])
  })

  it('of a worker whose clock stood still while its sender gave up is told by a line, once', () => {
    const batch = [refused(before)]
    const slow = decideBatch(openedTicket(), batch, NOBODY, new Date(0).toISOString())
    assert.deepEqual(slow.events, [], 'by the workflow’s clock somebody waits')
    const unheard = unheardRefusals(slow.outcomes)
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
