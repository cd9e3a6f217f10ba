import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ReadinessWatch } from '../../../scripts/faults/readiness.ts'
import { judgeReadiness } from '../../../scripts/faults/readiness-judgement.ts'
import type { HadEpisode, HadFault } from '../../../scripts/faults/episode.ts'

/** What each API said, from these seconds on. */
function heard(...apis: [second: number, ready: boolean | null][][]): ReadinessWatch {
  const watch = new ReadinessWatch(apis.map(() => ''))
  apis.forEach((said, api) => {
    watch.said[api]!.push(
      ...said.map(([second, ready]) => ({
        at: second * 1_000,
        until: (second + (ready === null ? 5 : 0)) * 1_000,
        ready,
        why: ready === false ? 'database-silent' : ready === null ? 'AbortError' : '',
      })),
    )
  })
  return watch
}

const FAULT: HadFault = {
  name: 'x',
  readiness: 'must',
  silent: null,
  worker: false,
  began: 100_000,
  ended: 130_000,
}

/** Faults from second 100 to 130, if not said otherwise, got over at 140; the run goes from 0 to 200. */
const judgedAll = (
  watch: ReadinessWatch,
  faults: readonly Partial<HadFault>[],
  recovered: number | null = 140_000,
): string[] => {
  const had = faults.map((fault) => ({ ...FAULT, ...fault }))
  const ended = Math.max(...had.map((fault) => fault.ended))
  const episode: HadEpisode = { faults: had, began: 100_000, ended, recovered, last: '' }
  return judgeReadiness(watch, [episode], watch.said.length, 0, 200_000).map(
    ({ fault: name, api, what }) => `${name ?? 'rest'} ${api}: ${what}`,
  )
}

const judged = (watch: ReadinessWatch, over: Partial<HadFault>): string[] =>
  judgedAll(watch, [over])

describe('what is said of readiness', () => {
  it('is nothing where it is red in time, and green again when all is got over', () => {
    assert.deepEqual(judged(heard([[1, true], [110, false], [139, true]]), {}), []) // prettier-ignore
  })

  it('is that it was late, or never red, by each API that has to say so', () => {
    const watch = heard([[1, true], [120, false], [139, true]], [[1, true]]) // prettier-ignore
    assert.deepEqual(judged(watch, {}), ['x 0: red after 20.0 s', 'x 1: never red'])
    assert.deepEqual(judged(watch, { silent: 1 }), ['x 0: red after 20.0 s'])
    assert.deepEqual(judged(watch, { readiness: 'may' }), [])
  })

  it('is each false alarm: while work goes on, and when there is no fault', () => {
    const watch = heard([[1, true], [105, false], [106, true], [150, null], [156, true]]) // prettier-ignore
    assert.deepEqual(judged(watch, { readiness: 'never' }), [
      'x 0: red: database-silent',
      'rest 0: no answer (AbortError)',
    ])
  })

  it('is nothing after a fault that was not got over', () => {
    const watch = heard([[1, true], [110, false]]) // prettier-ignore
    assert.deepEqual(judgedAll(watch, [{}], null), [])
  })

  it('is nothing of a question that was open when the fault began', () => {
    const watch = heard([[1, true], [99, null], [139, true]]) // prettier-ignore
    assert.deepEqual(judged(watch, { readiness: 'may', silent: 0 }), [])
  })

  describe('where a second fault begins while the first lasts', () => {
    const calm = { name: 'calm', readiness: 'never' } as const
    const grave = { name: 'grave', readiness: 'must', began: 115_000, ended: 150_000 } as const

    it('is that one of them stops all work, from its own begin on', () => {
      const inTime = heard([[1, true], [125, false], [159, true]]) // prettier-ignore
      assert.deepEqual(judgedAll(inTime, [calm, grave], 160_000), [])
      const early = heard([[1, true], [105, false], [159, true]]) // prettier-ignore
      assert.deepEqual(judgedAll(early, [calm, grave], 160_000), ['calm 0: red: database-silent'])
      const late = heard([[1, true], [140, false], [159, true]]) // prettier-ignore
      assert.deepEqual(judgedAll(late, [calm, grave], 160_000), ['grave 0: red after 25.0 s'])
    })

    it('is what both stop together: one of two workers is missed by nobody, both are', () => {
      const one = { ...calm, name: 'one', worker: true }
      const other = { ...one, name: 'other', began: 105_000, ended: 128_000 }
      const red = heard([[1, true], [112, false], [139, true]]) // prettier-ignore
      assert.deepEqual(judgedAll(red, [one, other]), [])
      assert.deepEqual(judgedAll(heard([[1, true]]), [one, other]), ['one + other 0: never red'])
    })
  })
})
