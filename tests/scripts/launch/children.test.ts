import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { Children } from '../../../scripts/launch/children.mjs'
import { eventually } from '../../harness/eventually.ts'

/** A child that dies at once from its second start to its tenth, and then lives. */
function dying(t: TestContext) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-children-'))
  const starts = path.join(folder, 'starts')
  const count = (): number => (fs.existsSync(starts) ? fs.readFileSync(starts, 'utf8').length : 0)
  const plan = {
    name: 'worker',
    command: () => ({
      command: process.execPath,
      args: [
        '-e',
        `const fs = require('node:fs'); const file = ${JSON.stringify(starts)}
         fs.appendFileSync(file, 'x'); const n = fs.readFileSync(file, 'utf8').length
         if (n > 1 && n < 10) process.exit(1); setInterval(() => {}, 1000)`,
      ],
    }),
    ready: () => count() > 0,
    stopSignal: 'SIGTERM' as const,
    stopTimeout: 10_000,
    output: 'lines' as const,
  }
  const closes = (children: Children): void =>
    t.after(async () => {
      await children.stop()
      fs.rmSync(folder, { recursive: true, force: true })
    })
  return { folder, plan, count, closes }
}

describe('a child that dies again and again', () => {
  it('is started again for as long as it takes', async (t) => {
    const { folder, plan, count, closes } = dying(t)
    const children = new Children(folder, undefined, 1)
    closes(children)
    await children.start(plan, 60_000)
    process.kill(children.pids['worker']!, 'SIGKILL')
    await eventually('it lives', () => count() === 10)
  })

  it('is given up where somebody wants to know', async (t) => {
    const { folder, plan, count, closes } = dying(t)
    const fatal: Error[] = []
    const children = new Children(folder, (error) => void fatal.push(error), 1)
    closes(children)
    await children.start(plan, 60_000)
    process.kill(children.pids['worker']!, 'SIGKILL')
    await eventually('it is given up', () => fatal.length > 0)
    assert.match(fatal[0]?.message ?? '', /worker died 6 times in 5 minutes/)
    assert.equal(count(), 6)
  })
})
