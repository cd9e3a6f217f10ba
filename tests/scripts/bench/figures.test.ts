import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packageOf, summarise } from '../../../scripts/bench/cpu-profile.ts'
import { type Figure, isMet, shareOfLimit } from '../../../scripts/bench/figure.ts'
import { parseStat } from '../../../scripts/bench/process-accounting.ts'
import {
  latencies,
  median,
  middleRun,
  percentile,
  seededRandom,
} from '../../../scripts/bench/statistics.ts'
import { quantity, table } from '../../../scripts/bench/table.ts'

const rate: Figure = {
  section: 'throughput',
  id: 'rate',
  name: 'Mails',
  value: 30,
  unit: '/s',
  limit: { name: 'bare', value: 40 },
  aim: { shareAtLeast: 0.6 },
}
const cost: Figure = {
  section: 'latency',
  id: 'cost',
  name: 'Waiting',
  value: 1_200,
  unit: 'ms',
  limit: { name: 'bare', value: 600 },
  aim: { atMost: 1_000 },
}

test('percentiles by nearest rank, medians between the two middle values', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)
  assert.equal(percentile(hundred, 0.5), 50)
  assert.equal(percentile(hundred, 0.99), 99)
  assert.equal(percentile([7], 0.99), 7)
  assert.ok(Number.isNaN(percentile([], 0.5)))
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2.5)
  assert.deepEqual(latencies([1, 2, 3, 4]), { p50: 2, p99: 4, count: 4 })
})

test('the middle run is a run that took place, the slower one of two', () => {
  assert.deepEqual(
    middleRun([{ v: 3 }, { v: 1 }, { v: 2 }], (r) => r.v),
    { v: 2 },
  )
  assert.deepEqual(
    middleRun([{ v: 3 }, { v: 1 }], (r) => r.v),
    { v: 1 },
  )
  assert.throws(() => middleRun([], () => 0))
})

test('random numbers repeat with their seed and lie in [0, 1)', () => {
  const [a, b] = [seededRandom(5), seededRandom(5)]
  for (let i = 0; i < 1_000; i++) {
    const value = a()
    assert.equal(value, b())
    assert.ok(value >= 0 && value < 1)
  }
})

test('the share of the limit says the same of rates and of costs: 1 is at the limit', () => {
  assert.equal(shareOfLimit(rate), 0.75)
  assert.equal(shareOfLimit(cost), 0.5)
  assert.equal(shareOfLimit({ ...rate, limit: { name: 'none', value: 0 } }), null)
  assert.equal(isMet(rate), true)
  assert.equal(isMet({ ...rate, value: 20 }), false)
  assert.equal(isMet(cost), false)
  assert.equal(isMet({ ...cost, value: 999 }), true)
  const { aim: _, ...aimless } = rate
  assert.equal(isMet(aimless), null)
})

test('the table has every figure beside its limit, the ratio, and whether the aim is met', () => {
  const text = table({
    machine: '2 × CPU',
    date: '2026-11-24',
    quick: true,
    figures: [rate, cost],
    skipped: [{ section: 'api', why: 'not built' }],
    remarks: ['A remark.'],
  })
  assert.match(text, /Mails +30\.0\/s +40\.0\/s bare +75 % +≥ 60 % met/)
  assert.match(text, /Waiting +1200 ms +600 ms bare +50 % +≤ 1000 ms MISSED/)
  assert.match(text, /quick: a smoke test/)
  assert.match(text, /Not measured: api \(not built\)/)
  assert.match(text, /· A remark\./)
  assert.equal(quantity(NaN, 'ms'), '–')
})

test('a process may have any name', () => {
  const numbers = Array.from({ length: 49 }, (_, i) => i + 4)
  assert.deepEqual(parseStat(`77 (a (odd) name) S ${numbers.join(' ')}`), {
    name: 'a (odd) name',
    parent: 4,
    ownTicks: 14 + 15,
    endedTicks: 16 + 17,
  })
  assert.equal(parseStat(''), null)
})

test('a CPU profile is told by package and function, waiting and other times left out', () => {
  const frame = (id: number, functionName: string, url: string) => ({
    id,
    callFrame: { functionName, url, lineNumber: 0, columnNumber: 0 },
  })
  const nodes = [
    frame(1, '(idle)', ''),
    frame(2, 'parse', 'file:///x/node_modules/zod/v4/core/parse.js'),
    frame(3, '', 'node:vm'),
    frame(4, '(garbage collector)', ''),
  ]
  const told = summarise(
    {
      nodes,
      startTime: 100_000,
      samples: [2, 1, 2, 2, 3, 4, 2],
      timeDeltas: [1_000, 9_000, 1_000, 2_000, 500, 500, 1_000],
    },
    { from: 105_000, to: 114_000 },
    (url) => url,
  )
  assert.equal(told.busyMs, 4)
  assert.deepEqual(told.packages, [
    { name: 'zod', ms: 3 },
    { name: 'node', ms: 0.5 },
    { name: '(garbage collector)', ms: 0.5 },
  ])
  assert.equal(told.functions[0]?.name, 'parse · zod')
  assert.equal(packageOf('/x/node_modules/@temporalio/worker/lib/worker.js'), '@temporalio/worker')
  assert.equal(packageOf('activities/mail-in/routing/route.ts'), 'guichet')
})
