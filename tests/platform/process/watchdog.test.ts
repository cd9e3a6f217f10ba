import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { eventually } from '../../harness/eventually.ts'

const watchdog = fileURLToPath(new URL('../../../platform/process/watchdog.ts', import.meta.url))

/** A process that is watched, and does this. */
function watched(t: TestContext, work: string): { child: ChildProcess; said: () => string } {
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      `import { endWhenStuck } from ${JSON.stringify(watchdog)}; endWhenStuck(console, 3); ${work}`,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  t.after(() => child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, said: () => text }
}

describe('a process', () => {
  it('whose event loop stands still is ended, and says why', async (t) => {
    const { child, said } = watched(t, 'setTimeout(() => { for (;;); }, 100)')
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    assert.deepEqual([code, signal], [null, 'SIGKILL'])
    await eventually('it has said why', () => /has stood still for 3 s: it is ended/.test(said()))
  })

  it('that was stopped for a while goes on, and one that has nothing more to do ends', async (t) => {
    const { child, said } = watched(
      t,
      `process.stdin.on('data', () => { console.log('here'); process.stdin.destroy() }); console.log('ready')`,
    )
    await eventually('it is ready', () => said().includes('ready'))
    const ended = once(child, 'exit')
    child.kill('SIGSTOP')
    // The fault itself: longer than a loop may stand still.
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    child.kill('SIGCONT')
    child.stdin?.write('are you there?')
    const [code] = (await ended) as [number | null]
    assert.deepEqual([code, said().includes('here')], [0, true])
  })
})
