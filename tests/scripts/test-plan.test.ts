import assert from 'node:assert/strict'
import fs from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { longest, testPlan, testSources } from '../../scripts/launch/test-plan.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const files = fs
  .readdirSync(`${root}tests`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `tests/${name}`)
  .sort()

describe('the plan of a test run', () => {
  const plan = testPlan(files)

  it('runs every file once', () => {
    assert.deepEqual(plan.flat().sort(), files)
  })

  it('begins with what takes longest, each of which is there', () => {
    assert.deepEqual(
      plan.slice(0, longest.length).map(([first]) => first),
      longest,
    )
  })

  it('gives a process of its own to what starts processes, browsers or Temporal workers', () => {
    for (const together of plan.filter(({ length }) => length > 1))
      for (const file of together)
        assert.doesNotMatch(
          testSources([file]),
          /from '(node:child_process|@temporalio\/(worker|testing)|playwright-core)'/,
          file,
        )
  })

  it('gives one to what is done before or after a whole file', () => {
    for (const together of plan.filter(({ length }) => length > 1))
      for (const file of together)
        assert.doesNotMatch(
          fs.readFileSync(`${root}${file}`, 'utf8'),
          /^(before|after)(Each)?\(/m,
          file,
        )
  })

  it('lets those of one floor share theirs', () => {
    assert.ok(plan.length < files.length / 2)
  })

  it('is the same for a few files: those that were asked for', () => {
    const few = ['tests/api/kept.test.ts', 'tests/web/pages.test.ts']
    assert.deepEqual(testPlan(few), [['tests/web/pages.test.ts'], ['tests/api/kept.test.ts']])
  })
})
