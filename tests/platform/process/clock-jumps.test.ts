import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LastAsked } from '../../../application/health/temporal-look.ts'
import { ClockJumps } from '../../../platform/process/clock-jumps.ts'

describe('a clock that is put', () => {
  it('is noticed once, whatever time has passed', () => {
    let [wall, steady] = [1_000_000, 5]
    const pass = (ms: number, put = 0): void => {
      steady += ms
      wall += ms + put
    }
    const jumps = new ClockJumps(
      () => wall,
      () => steady,
    )
    pass(60_000, 40)
    assert.deepEqual(jumps.look(), { now: wall, jumped: 0 }, 'it is put right all the while')
    for (const put of [3_600_000, -3_600_000]) {
      pass(2_000, put)
      assert.deepEqual(jumps.look(), { now: wall, jumped: put })
      pass(2_000)
      assert.deepEqual(jumps.look(), { now: wall, jumped: 0 })
    }
  })

  it('says nothing of when a worker last asked for work', () => {
    let steady = 0
    const asked = new LastAsked(() => steady)
    const server = Math.floor(Date.now() / 1_000)
    assert.equal(asked.ago([]), null)
    assert.ok((asked.ago([server - 30]) ?? 0) >= 29, 'at the first look by the clocks')
    // Temporal's clock goes an hour wrong, and workers go on asking.
    for (const time of [server + 3_600, server - 3_600, server - 3_590]) {
      steady += 20_000
      asked.ago([time])
    }
    assert.equal(asked.ago([server - 3_590]), 0)
    steady += 80_000
    assert.equal(asked.ago([server - 3_590]), 80, 'nobody has asked since')
    assert.equal(asked.ago([server - 3_700]), 80, 'one that is forgotten has not asked anew')
  })
})
