// Runs test files, some at a time and in the order given, and tells which took longest. A process
// of its own, whose options those of the tests inherit: node test-run.mjs LIST
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { projectRoot } from '../environment.mjs'

/**
 * Much of a test is waiting: for a server that was killed to be missed, for a time to come. So many
 * beside each other keep two cores busy. More are too many for one PostgreSQL and one Temporal.
 */
const AT_ONCE = Math.min(os.availableParallelism() + 3, 5)

/** A test that hangs fails, in place of holding everything up. Milliseconds. */
const TIMEOUT = 900_000

const [list = ''] = process.argv.slice(2)
/** @type {string[]} */
const files = JSON.parse(fs.readFileSync(list, 'utf8'))
const strict = /^(1|true)$/i.test(process.env['CI'] ?? '')
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort())

/** @type {Map<string, number>} seconds, by file */
const took = new Map()
/** @type {string[]} */
const skipped = []
/** What fails a process though each of its tests has passed. @type {string[]} */
const afterTheirEnd = []

const events = run({ files, concurrency: AT_ONCE, timeout: TIMEOUT, signal: stopping.signal })
events.on('test:fail', (test) => {
  if (test.todo === undefined || test.todo === false) process.exitCode = 1
  note(test)
})
events.on('test:pass', (test) => {
  if (test.skip !== undefined && test.skip !== false) skipped.push(`${test.name} # ${test.skip}`)
  note(test)
})
events.on('test:diagnostic', ({ message }) => {
  if (message.includes('asynchronous activity after the test ended')) afterTheirEnd.push(message)
})
Readable.from(withTheLongest(events)).pipe(new spec()).pipe(process.stdout)

/** @param {{ nesting: number, file?: string, details: { duration_ms: number } }} test */
function note({ nesting, file = '', details }) {
  if (nesting > 0) return
  const at = path.relative(projectRoot, file)
  took.set(at, (took.get(at) ?? 0) + details.duration_ms / 1000)
}

/**
 * Tells at the end what took longest, and fails for what was skipped where nothing may be.
 * @param {AsyncIterable<object>} source
 */
async function* withTheLongest(source) {
  yield* source
  const ten = [...took].sort(([, a], [, b]) => b - a).slice(0, 10)
  for (const [file, seconds] of ten) yield line(`${seconds.toFixed(1).padStart(6)} s  ${file}`)
  for (const one of afterTheirEnd) yield line(one)
  if (!strict || skipped.length === 0) return
  process.exitCode = 1
  yield line(`CI=true, but ${skipped.length} tests were skipped:`)
  for (const one of skipped) yield line(one)
}

/** @param {string} message */
const line = (message) => ({ type: 'test:diagnostic', data: { nesting: 0, message } })
