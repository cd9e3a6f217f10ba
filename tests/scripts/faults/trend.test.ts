import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type MemorySample, memoryTrend } from '../../../scripts/faults/memory.ts'
import { Random } from '../../../scripts/faults/random.ts'
import { trendOf } from '../../../scripts/faults/trend.ts'

/** Half a minute apart, by chance up and down by so much. */
const series = (random: Random, level: number, slope: number, noise: number, values = 60) =>
  Array.from({ length: values }, (_, index) => ({
    at: index / 120,
    value: level + (slope * index) / 120 + random.between(-noise, noise),
  }))

describe('whether something grows', () => {
  it('is said with what it may be by chance: nineteen times of twenty the truth is within', () => {
    const random = new Random('trend')
    const hits = Array.from({ length: 300 }, () => {
      const slope = random.between(-40, 40)
      const found = trendOf([200, 150, 260].map((level) => series(random, level, slope, 8)))!
      return found.from <= slope && slope <= found.to
    }).filter(Boolean).length
    assert.ok(hits > 300 * 0.91, `${hits} of 300`)
  })

  it('does not hang on where each series begins, or when', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1000 }), fc.integer({ min: -50, max: 50 }), (level, later) => {
        const one = series(new Random('one'), 200, 12, 3)
        const moved = one.map(({ at, value }) => ({ at: at + later, value: value + level }))
        assert.ok(Math.abs(trendOf([one])!.slope - trendOf([moved])!.slope) < 1e-6)
        assert.ok(Math.abs(trendOf([one, moved])!.slope - trendOf([one])!.slope) < 1e-6)
      }),
    )
  })

  it('is not said of a few values', () => {
    assert.equal(trendOf([series(new Random('few'), 1, 1, 0, 5)]), null)
    assert.equal(trendOf([]), null)
  })
})

describe('the memory of a process', () => {
  /** Every five seconds, by process; `megabytes` of the seconds since that one's start. */
  const samples = (lives: number, seconds: number, megabytes: (age: number) => number) =>
    Array.from({ length: lives }, (_, life) =>
      Array.from({ length: seconds / 5 }, (_unused, index): MemorySample => ({
        at: (life * seconds + index * 5) * 1_000,
        pid: 100 + life,
        megabytes: megabytes(index * 5) + (index % 7),
      })),
    ).flat()

  it('does not grow where it only warms up, and begins anew where it was killed', () => {
    const found = memoryTrend(
      'api',
      samples(4, 900, (age) => 200 + Math.min(age, 170)),
    )
    assert.equal(found.grows, false)
    assert.equal(found.lives, 4)
    assert.ok(Math.abs(found.trend!.slope) < 10, JSON.stringify(found))
  })

  it('grows where each life grows, though none lasts long', () => {
    const found = memoryTrend(
      'api',
      samples(4, 900, (age) => 200 + age / 36),
    )
    assert.equal(found.grows, true)
    assert.ok(found.trend!.from < 100 && found.trend!.to > 100, JSON.stringify(found.trend))
  })

  it('is not judged where it was not looked at for long', () => {
    const found = memoryTrend(
      'api',
      samples(6, 200, (age) => age),
    )
    assert.deepEqual([found.trend, found.grows], [null, false])
  })
})
