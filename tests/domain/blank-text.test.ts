import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isBlank, visibleOrEmpty } from '../../domain/blank-text.ts'
import { ticketChange, newTicket } from '../../domain/tickets/contract.ts'

const nothing = [
  '',
  ' ',
  '\u00a0\u3000',
  '\u200b\u200d\ufeff',
  '\u0000\u001b\u0085',
  '\u00ad\u3164\u2800',
  '\u202e\u2066',
]
const something = ['a', '\u200ba', '\u0301', '👩\u200d👩', '.', '\u0600']

describe('a text in which a person sees nothing', () => {
  it('is as good as empty', () => {
    for (const text of nothing) assert.equal(isBlank(text), true, JSON.stringify(text))
    for (const text of something) assert.equal(isBlank(text), false, JSON.stringify(text))
    assert.equal(visibleOrEmpty('\u200b'), '')
    assert.equal(visibleOrEmpty('\u200ba'), '\u200ba')
  })
  it('is found so however long it is', () => {
    assert.equal(isBlank('\u200b'.repeat(1_000_000)), true)
    assert.equal(isBlank(`${'\u200b'.repeat(1_000_000)}a`), false)
  })
  it('is no subject that somebody gives a ticket', () => {
    for (const subject of nothing) {
      assert.equal(ticketChange.safeParse({ subject }).success, false, JSON.stringify(subject))
      assert.equal(newTicket.shape.subject.safeParse(subject).success, false)
    }
    assert.equal(ticketChange.safeParse({ subject: 'a' }).success, true)
  })
})
