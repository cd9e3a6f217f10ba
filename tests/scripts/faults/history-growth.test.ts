import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { excessOf, growthOf, type HistoryEvent } from '../../../scripts/faults/history-growth.ts'

const OUTAGE = { began: 100_000, ended: 200_000, quiet: 165_000 }

const events = (from: number, ...types: string[]): HistoryEvent[] =>
  types.map((type, index) => ({ at: from * 1_000 + index, type }))
const task = (at: number): HistoryEvent[] =>
  events(at, 'workflowTaskScheduled', 'workflowTaskStarted', 'workflowTaskCompleted')
const signal = (at: number): HistoryEvent[] => [
  ...events(at, 'workflowExecutionSignaled'),
  ...task(at),
]

describe('the history of a ticket while nothing can be written', () => {
  it('may get what was told to it, and the attempts within its task', () => {
    const history = [
      ...signal(90),
      ...signal(101),
      ...[109, 117, 125].flatMap(task),
      ...signal(190),
    ]
    const growth = growthOf('stop postgres', [history, []], OUTAGE)
    assert.deepEqual(growth, {
      fault: 'stop postgres',
      tickets: 2,
      events: 0,
      later: 0,
      laterFor: 35,
    })
    assert.equal(excessOf(growth), null)
  })

  it('may not go on growing by itself', () => {
    const kept = Array.from({ length: 12 }, (_, index) => task(101 + index * 8)).flat()
    const growth = growthOf('stop postgres', [[], [...signal(101), ...kept]], OUTAGE)
    assert.equal(growth.later, 15 - 3)
    assert.match(excessOf(growth) ?? '', /goes on adding/)
  })

  it('is not said to be quiet where the outage was over before', () => {
    const growth = growthOf('stop postgres', [task(150)], { ...OUTAGE, quiet: 210_000 })
    assert.deepEqual([growth.later, growth.laterFor], [null, 0])
  })

  it('may not grow by much, whatever comes later', () => {
    const growth = growthOf('cut', [Array.from({ length: 20 }, () => task(110)).flat()], OUTAGE)
    assert.match(excessOf(growth) ?? '', /60 events/)
  })
})
