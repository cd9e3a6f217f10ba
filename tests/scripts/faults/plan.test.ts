import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { lengthOf, planFaults } from '../../../scripts/faults/plan.ts'

const kinds = fc.uniqueArray(
  fc.record({
    name: fc.string({ minLength: 1 }),
    lasts: fc
      .tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 }))
      .map(([from, more]): [number, number] => [from, from + more]),
    touches: fc.subarray(['postgres', 'temporal', 'worker', 'imap'], { minLength: 1 }),
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
    const all = ['a', 'b', 'c', 'd'].map((name) => ({
      name,
      lasts: [1, 9] as const,
      touches: [name],
    }))
    const plans = new Set(
      Array.from({ length: 50 }, (_, seed) => JSON.stringify(planFaults(seed, 600, all))),
    )
    assert.equal(plans.size, 50)
  })

  it('lets each kind come before one comes again, one episode after the other, within the time', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 7200 }), kinds, (seed, seconds, all) => {
        const plan = planFaults(seed, seconds, all)
        for (const [index, { at, faults }] of plan.entries()) {
          assert.ok(at + lengthOf(faults) <= seconds + 0.2)
          const next = plan[index + 1]
          if (next) assert.ok(next.at >= at + lengthOf(faults))
        }
        const had = plan.flatMap(({ faults }) => faults)
        for (const { name, lasts } of had) {
          const [from, to] = all.find((kind) => kind.name === name)!.lasts
          assert.ok(lasts >= from - 0.1 && lasts <= to + 0.1, `${name} lasts ${lasts}`)
        }
        // A second fault is dealt from the same cards.
        const times = all.map(({ name }) => had.filter((fault) => fault.name === name).length)
        assert.ok(Math.max(...times) - Math.min(...times) <= 1)
      }),
    )
  })

  it('lets a second fault begin while the first lasts, where it is of something else', () => {
    fc.assert(
      fc.property(fc.nat(), kinds, (seed, all) => {
        for (const { faults } of planFaults(seed, 3600, all)) {
          const [first, second] = faults
          assert.equal(first!.after, 0)
          if (!second) continue
          assert.ok(second.after >= 0 && second.after <= first!.lasts)
          const [one, other] = faults.map(({ name }) => all.find((kind) => kind.name === name)!)
          assert.deepEqual(
            one!.touches.filter((part) => other!.touches.includes(part)),
            [],
          )
        }
      }),
    )
    const all = ['a', 'b', 'c', 'd'].map((name) => ({ name, lasts: [9, 9] as const, touches: [name] })) // prettier-ignore
    const joined = planFaults(1, 3600, all).filter(({ faults }) => faults.length === 2)
    assert.ok(joined.length > 20)
  })

  it('lasts no longer than asked for', () => {
    const all = [{ name: 'a', lasts: [20, 30] as const, touches: ['a'] }]
    assert.ok(planFaults(1, 300, all, 5).every(({ faults }) => faults[0]!.lasts === 5))
  })
})
