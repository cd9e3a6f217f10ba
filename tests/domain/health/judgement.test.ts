import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  judge,
  type Look,
  observe,
  type Observed,
  shifted,
} from '../../../domain/health/judgement.ts'

const STALE = 10_000
const silent: Look = {
  troubles: [{ state: 'stopped', reason: 'database-silent', gracePeriod: 6 }],
}
const well: Look = { troubles: [] }

/** Looks that each take no time, at these seconds. */
const seen = (looks: readonly [second: number, look: Look][]): Observed | null =>
  looks.reduce<Observed | null>(
    (before, [second, look]) => observe(before, 'database', look, second * 1000, second * 1000),
    null,
  )
const stateAt = (second: number, looks: readonly [number, Look][]): string =>
  judge(seen(looks)!, second * 1000, STALE).state

describe('what is told of a check', () => {
  it('is nothing while a fault is shorter than its grace period', () => {
    assert.equal(stateAt(105, [[100, well], [102, silent], [104, silent]]), 'ok') // prettier-ignore
  })

  it('is the fault as soon as it has lasted, counted from the last time that it worked', () => {
    const looks: [number, Look][] = [[100, well], [102, silent], [104, silent]] // prettier-ignore
    const { state, findings } = judge(seen(looks)!, 106_000, STALE)
    assert.deepEqual(
      [state, findings.map(({ reason, since }) => [reason, since])],
      ['stopped', [['database-silent', new Date(100_000).toISOString()]]],
    )
  })

  it('is the fault at once where nobody has seen it work', () => {
    assert.equal(stateAt(100, [[100, silent]]), 'stopped')
    assert.equal(stateAt(102, [[100, silent], [102, silent]]), 'stopped') // prettier-ignore
  })

  it('is nothing again with the first look that finds it well', () => {
    assert.equal(stateAt(121, [[100, well], [110, silent], [120, silent], [121, well]]), 'ok') // prettier-ignore
  })

  it('is that it is not known when the last answer is too old', () => {
    assert.equal(stateAt(111, [[100, well]]), 'unknown')
  })

  it('is the same after the clock was put, forward or back', () => {
    const state = seen([[100, well], [102, silent], [104, silent]])! // prettier-ignore
    for (const ms of [3_600_000, -3_600_000])
      for (const second of [105, 106, 113, 115]) {
        const before = judge(state, second * 1000, STALE)
        const after = judge(shifted(state, ms), second * 1000 + ms, STALE)
        assert.deepEqual(
          [after.state, after.findings.length],
          [before.state, before.findings.length],
        )
      }
  })

  it('is never red for a fault shorter than its grace period, and always for one that lasts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ after: fc.integer({ min: 1, max: 3 }), works: fc.boolean() }), {
          minLength: 1,
          maxLength: 60,
        }),
        (course) => {
          let second = 100
          let worked = second
          let state: Observed | null = observe(null, 'database', well, 100_000, 100_000)
          for (const { after, works } of course) {
            second += after
            const now = second * 1000
            state = observe(state, 'database', works ? well : silent, now, now)
            if (works) worked = second
            const told = judge(state, now, STALE).state
            assert.equal(told, second - worked >= 6 ? 'stopped' : 'ok')
          }
        },
      ),
    )
  })
})
