import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { planFaults } from '../../../scripts/faults/plan.ts'

const kinds = fc.uniqueArray(
  fc.record({
    name: fc.string({ minLength: 1 }),
    lasts: fc
      .tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 }))
      .map(([from, more]): [number, number] => [from, from + more]),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 20 },
)

describe('which fault comes when', () => {
  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 7200 }), kinds, (seed, seconds, all) => {
        assert.deepEqual(planFaults(seed, seconds, all), planFaults(seed, seconds, all))
      }),
    )
  })

  it('is another for another seed', () => {
    const all = ['a', 'b', 'c', 'd'].map((name) => ({ name, lasts: [1, 9] as const }))
    const plans = new Set(
      Array.from({ length: 50 }, (_, seed) => JSON.stringify(planFaults(seed, 600, all))),
    )
    assert.equal(plans.size, 50)
  })

  it('lets each kind come before one comes again, one after the other, within the time', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 7200 }), kinds, (seed, seconds, all) => {
        const plan = planFaults(seed, seconds, all)
        for (const [index, { name, at, lasts }] of plan.entries()) {
          const [from, to] = all.find((kind) => kind.name === name)!.lasts
          assert.ok(lasts >= from - 0.1 && lasts <= to + 0.1, `${name} lasts ${lasts}`)
          assert.ok(at + lasts <= seconds + 0.1)
          const next = plan[index + 1]
          if (next) assert.ok(next.at >= at + lasts)
        }
        for (let from = 0; from < plan.length; from += all.length) {
          const dealt = plan.slice(from, from + all.length).map(({ name }) => name)
          assert.equal(new Set(dealt).size, dealt.length)
        }
      }),
    )
  })

  it('lasts no longer than asked for', () => {
    const all = [{ name: 'a', lasts: [20, 30] as const }]
    assert.ok(planFaults(1, 300, all, 5).every(({ lasts }) => lasts === 5))
  })
})
