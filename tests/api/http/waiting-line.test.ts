import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import fc from 'fast-check'
import { WaitingLine } from '../../../api/http/waiting-line.ts'

const AT_ONCE = 32
const IN_TIME = 8_000
/** Those that wait for workers that stand still. */
const ASIDE = 256
/** How exactly it is seen when something happens. Milliseconds. */
const STEP = 100

describe('which changes are carried out, wait, or are refused', () => {
  let line: WaitingLine
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 })
    line = new WaitingLine()
  })
  afterEach(() => {
    mock.timers.reset()
  })

  /** Lets what is told by now be heard. */
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await Promise.resolve()
  }
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += STEP) {
      mock.timers.tick(Math.min(STEP, ms - passed))
      await settled()
    }
  }

  /** Who came: what became of them, and when. */
  interface One {
    came: number
    ended?: 'has its turn' | 'refused'
    told: number
    leave?: () => void
  }
  const come = (hungUp?: AbortSignal): One => {
    const one: One = { came: Date.now(), told: 0 }
    void line.enter(hungUp).then((leave) => {
      one.ended = leave === null ? 'refused' : 'has its turn'
      one.told = Date.now()
      if (leave !== null) one.leave = leave
    })
    return one
  }
  const many = (count: number): One[] => Array.from({ length: count }, () => come())
  const withEnd = (all: readonly One[], end: One['ended']): One[] =>
    all.filter(({ ended }) => ended === end)

  /** A desk that does one after the other, each in so many milliseconds, while ever more come. */
  async function work(each: number, rounds: number): Promise<void> {
    const all = many(1_000)
    for (let i = 0; i < rounds; i++) {
      await pass(each)
      all.find(({ leave }) => leave)?.leave?.()
      const done = all.findIndex(({ leave }) => leave)
      if (done >= 0) all.splice(done, 1)
      while (!line.isFull) all.push(come())
      await settled()
    }
  }

  it('carries out a few at once, each in its turn', async () => {
    const all = many(AT_ONCE + 3)
    await settled()
    assert.equal(withEnd(all, 'has its turn').length, AT_ONCE)
    all[0]!.leave!()
    all[0]!.leave!()
    await settled()
    assert.equal(all[AT_ONCE]!.ended, 'has its turn')
    assert.equal(all[AT_ONCE + 1]!.ended, undefined, 'an end counts once')
  })

  it('lets as many wait as are done within seconds, by how fast it goes', async () => {
    for (const each of [10, 20, 40, 80]) {
      line = new WaitingLine()
      await work(each, 1_000)
      const takes = (line.underway + line.waiting) * each
      assert.ok(takes >= 6_000 && takes <= 9_000, `${takes} ms at ${each} ms each`)
    }
  })

  it('refuses at once when everything has become slow', async () => {
    await work(10, 500)
    const before = line.waiting
    assert.ok(before > 500)
    await pass(500)
    assert.ok(line.isFull, 'after the time of one end')
    assert.ok(line.comeAgain >= 1 && line.comeAgain <= 30)
    await pass(IN_TIME)
    assert.equal(line.waiting, 0, 'nobody waits for what does not come')
  })

  it('gives the places of what waits for a worker that stands still to others, but not without bound', async () => {
    const all = many(AT_ONCE - 1)
    await pass(1_200)
    all.push(come())
    await pass(1_200)
    const next = many(2)
    await settled()
    assert.deepEqual(withEnd(next, 'has its turn'), [])
    await pass(200)
    assert.equal(withEnd(next, 'has its turn').length, 2)
    all[0]!.leave!()
    await settled()
    assert.equal(line.underway, AT_ONCE + 1)
    for (let second = 0; second < 60; second++) {
      many(20)
      await pass(1_000)
    }
    assert.ok(line.underway <= AT_ONCE + ASIDE)
    assert.ok(line.underway > ASIDE)
  })

  it('gives no place away while anything ends', async () => {
    const all = many(2 * AT_ONCE)
    for (let i = 0; i < 20; i++) {
      await pass(1_000)
      all.find(({ leave }) => leave)?.leave?.()
      const done = all.findIndex(({ leave }) => leave)
      if (done >= 0) all.splice(done, 1)
      all.push(come())
      await settled()
      assert.ok(line.underway <= AT_ONCE)
    }
  })

  it('forgets who has hung up', async () => {
    many(AT_ONCE)
    const hungUp = new AbortController()
    const gone = come(hungUp.signal)
    const next = come()
    hungUp.abort()
    await settled()
    assert.equal(gone.ended, 'refused')
    assert.equal(line.waiting, 1)
    assert.equal(next.ended, undefined)
  })

  it('does not take the time for slow in which there was nothing to do', async () => {
    const one = come()
    await settled()
    one.leave!()
    mock.timers.tick(3_600_000)
    many(AT_ONCE + 1)
    assert.equal(line.isFull, false)
    assert.equal(line.waiting, 1)
  })

  it('never carries out more at once, and tells everybody in time, whatever comes', async () => {
    const step = fc.oneof(
      fc.record({ come: fc.integer({ min: 1, max: 120 }) }),
      fc.record({ leave: fc.nat({ max: AT_ONCE - 1 }) }),
      fc.record({ pass: fc.integer({ min: 1, max: 3_000 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        line = new WaitingLine()
        const all: One[] = []
        for (const next of steps) {
          if ('come' in next) all.push(...many(next.come))
          else if ('pass' in next) await pass(next.pass)
          else {
            const under = all.filter(({ leave }) => leave)
            const one = under[next.leave]
            one?.leave?.()
            delete one?.leave
          }
          await settled()
          const under = all.filter(({ leave }) => leave).length
          assert.equal(line.underway, under)
          assert.ok(under <= AT_ONCE + ASIDE)
          const waiting = all.filter(({ ended }) => ended === undefined)
          assert.equal(line.waiting, waiting.length)
          assert.ok(waiting.length === 0 || under >= AT_ONCE, 'nobody waits beside a free place')
        }
        await pass(IN_TIME)
        assert.ok(all.every(({ ended, came, told }) => ended && told - came <= IN_TIME + STEP))
      }),
      { numRuns: 100 },
    )
  })
})
