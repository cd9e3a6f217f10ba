import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resolvingDespiteBlockers } from '../../../domain/tickets/blockers.ts'
import { isRejection } from '../../../domain/command-rule.ts'

const open = { status: 'open' } as const
const blockers = [
  { number: 7, subject: 'Network is down' },
  { number: 9, subject: '' },
]

describe('a ticket that open tickets block', () => {
  it('is not resolved without a reason; the refusal names those that the person sees', () => {
    const refused = resolvingDespiteBlockers(open, 'solved', blockers, '  ')
    assert.ok(isRejection(refused))
    assert.equal(refused.code, 'blockers-open')
    assert.match(refused.message, /#7 “Network is down”, #9\. Solve them first/)
  })

  it('is resolved with one, which its history keeps', () => {
    assert.deepEqual(resolvingDespiteBlockers(open, 'closed', blockers, ' They agreed '), [
      { type: 'blockersOverridden', data: { numbers: [7, 9], reason: 'They agreed' } },
    ])
  })

  it('is worked on as ever, and when it has ended nothing is asked again', () => {
    assert.deepEqual(resolvingDespiteBlockers(open, 'waiting', blockers), [])
    assert.deepEqual(resolvingDespiteBlockers({ status: 'solved' }, 'closed', blockers), [])
    assert.deepEqual(resolvingDespiteBlockers(open, 'solved', []), [])
  })
})
