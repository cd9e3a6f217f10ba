import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ReadinessWatch } from '../../../scripts/faults/readiness.ts'
import { judgeReadiness } from '../../../scripts/faults/readiness-judgement.ts'
import type { HadFault } from '../../../scripts/faults/run.ts'

/** What each API said, from these seconds on. */
function heard(...apis: [second: number, ready: boolean | null][][]): ReadinessWatch {
  const watch = new ReadinessWatch(apis.map(() => ''))
  apis.forEach((said, api) => {
    watch.said[api]!.push(
      ...said.map(([second, ready]) => ({
        at: second * 1_000,
        ready,
        why: ready === false ? 'database-silent' : '',
      })),
    )
  })
  return watch
}

/** One fault from second 100 to 130, got over at 140; the run goes from 0 to 200. */
const judged = (
  watch: ReadinessWatch,
  over: Partial<Pick<HadFault, 'readiness' | 'silent' | 'recovered'>>,
): string[] => {
  const fault = { name: 'x', began: 100_000, ended: 130_000, recovered: 140_000, last: '' }
  const had: HadFault = { ...fault, readiness: 'must', silent: null, ...over }
  return judgeReadiness(watch, [had], watch.said.length, 0, 200_000).map(
    ({ fault: name, api, what }) => `${name ?? 'rest'} ${api}: ${what}`,
  )
}

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
    const watch = heard([[1, true], [105, false], [106, true], [150, null], [152, true]]) // prettier-ignore
    assert.deepEqual(judged(watch, { readiness: 'never' }), [
      'x 0: red: database-silent',
      'rest 0: no answer',
    ])
  })

  it('is nothing after a fault that was not got over', () => {
    const watch = heard([[1, true], [110, false]]) // prettier-ignore
    assert.deepEqual(judged(watch, { recovered: null }), [])
  })
})
