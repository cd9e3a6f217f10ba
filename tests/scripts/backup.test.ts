import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { TicketDetail } from '../../domain/tickets/contract.ts'
import { ApiClient } from '../harness/api-client.ts'
import { eventually } from '../harness/eventually.ts'
import { LauncherSite } from './launcher.ts'

const COMMAND = fileURLToPath(new URL('../../scripts/cli.mjs', import.meta.url))

/** `npm run <command>` on the embedded database of a DATA_DIR. */
function command(
  dataDir: string,
  ...args: string[]
): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  return new Promise((resolve) =>
    child.once('close', (code) => {
      resolve({ code, said })
    }),
  )
}

describe('a backup of what npm start runs', { concurrency: false }, () => {
  let site: LauncherSite
  let other: LauncherSite
  before(async () => {
    site = await LauncherSite.open()
    other = await LauncherSite.open()
  })
  after(async () => {
    await site?.remove()
    await other?.remove()
  })

  it('is made while it runs and when it is stopped, and becomes another DATA_DIR that goes on', async () => {
    const running = await site.launchReady()
    const admin = new ApiClient(site.url)
    await admin.signIn('admin@guichet.test', 'correct horse battery')
    const { id: departmentId } = await admin.post<{ id: string }>('/departments', { name: 'IT' })
    const { number } = await admin.post<{ number: number }>('/tickets', {
      departmentId,
      requester: { email: 'anna@client.example' },
      subject: 'Kept',
      text: 'Hello',
    })
    const [first, second] = ['running', 'stopped'].map((name) =>
      path.join(path.dirname(site.dataDir), `${name}.tar.gz`),
    ) as [string, string]
    const whileRunning = await command(site.dataDir, 'backup', '-o', first)
    assert.equal(whileRunning.code, 0, whileRunning.said)
    const refused = await command(site.dataDir, 'restore', first, '--replace')
    assert.equal(refused.code, 1)
    assert.match(refused.said, /already runs on DATA_DIR/)
    running.process.kill('SIGTERM')
    assert.equal((await running.ended).code, 0)
    const stopped = await command(site.dataDir, 'backup', '-o', second, '--verify')
    assert.equal(stopped.code, 0, stopped.said)
    assert.deepEqual(site.processes(), [], 'what was started for it is stopped')

    for (const [file, args] of [
      [first, []],
      [second, ['--replace']],
    ] as const) {
      const restored = await command(other.dataDir, 'restore', file, ...args)
      assert.equal(restored.code, 0, restored.said)
    }
    assert.equal(
      fs.readFileSync(path.join(other.dataDir, 'secret.key'), 'utf8'),
      fs.readFileSync(path.join(site.dataDir, 'secret.key'), 'utf8'),
    )
    const again = await other.launchReady()
    const there = new ApiClient(other.url)
    await there.signIn('admin@guichet.test', 'correct horse battery')
    const ticket = await there.get<TicketDetail>(`/tickets/${number}`)
    assert.equal(ticket.subject, 'Kept')
    await eventually(
      'its workflow goes on',
      async () =>
        (await there.patch<TicketDetail>(`/tickets/${number}`, { priority: 'high' })).priority ===
        'high',
      300_000,
    )
    again.process.kill('SIGTERM')
    assert.equal((await again.ended).code, 0)
  })
})
