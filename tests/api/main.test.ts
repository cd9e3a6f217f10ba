import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import readline from 'node:readline'
import { fileURLToPath } from 'node:url'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { ApiClient } from '../harness/api-client.ts'
import { type FreshDatabase, freshDatabase } from '../harness/database.ts'
import { eventually } from '../harness/eventually.ts'
import { freePort } from '../harness/free-port.ts'
import { freshNamespace } from '../harness/guichet.ts'
import { serverOf } from '../harness/needs.ts'

const MAIN = fileURLToPath(new URL('../../dist/api.mjs', import.meta.url))

/** The API as a process of its own, as the launcher starts it. */
describe('the API process', () => {
  let database: FreshDatabase
  let namespace: string
  const running: ChildProcess[] = []

  before(async () => {
    database = await freshDatabase()
    namespace = await freshNamespace()
  })
  after(async () => {
    for (const child of running) child.kill('SIGKILL')
    await database?.drop()
  })

  async function start(more: Record<string, string> = {}) {
    const port = await freePort()
    const env = {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: serverOf('TEST_TEMPORAL_ADDRESS'),
      TEMPORAL_NAMESPACE: namespace,
      SECRET_KEY: 'a key for tests, and for nothing else',
      SMTP_RECEIVER_PORT: '0',
      TEMPORAL_UI_PORT: String(await freePort()),
      ...more,
    }
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.push(child)
    const lines: string[] = []
    for (const stream of [child.stdout, child.stderr])
      readline.createInterface({ input: stream }).on('line', (line) => lines.push(line))
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
    return {
      child,
      lines,
      exit,
      port,
      url: `http://127.0.0.1:${port}`,
      said: (what: RegExp) =>
        eventually(`the API says ${what}\n${lines.join('\n')}`, () =>
          lines.find((line) => what.test(line)),
        ),
    }
  }

  it('prints a set-up link while nobody can sign in, also when two start at once; each link works, once', async () => {
    const apis = await Promise.all([start(), start()])
    const links = await Promise.all(
      apis.map(async ({ said, url }) => {
        await said(new RegExp(`^Guichet is listening on ${url}$`))
        return (await said(/^Set-up link: /)).slice('Set-up link: '.length)
      }),
    )
    for (const [i, { url }] of apis.entries())
      assert.match(links[i]!, new RegExp(`^${url}/setup/[\\w-]{43}$`))
    const admin = new ApiClient(apis[0]!.url)
    await admin.post(new URL(links[1]!).pathname, {
      email: 'ada@desk.example',
      password: 'correct horse battery',
    })
    assert.equal(
      (
        await admin.request('POST', new URL(links[0]!).pathname, {
          email: 'eve@desk.example',
          password: 'correct horse battery',
        })
      ).status,
      410,
    )
    await admin.post('/departments', { name: 'IT' })
    assert.equal((await admin.request('GET', '/readyz')).status, 503, 'there is no worker')
    assert.equal((await admin.request('GET', '/healthz')).status, 200)
  })

  it('prints none afterwards, and stops cleanly at SIGTERM with a page still listening', async () => {
    const { child, lines, exit, said, url } = await start()
    await said(/^Guichet is listening on /)
    const client = new ApiClient(url)
    await client.signIn('ada@desk.example', 'correct horse battery')
    const stream = await client.fetch('GET', '/stream')
    const ended = stream.text().catch(() => 'cut off')
    child.kill('SIGTERM')
    assert.equal(await exit, 0)
    assert.match(await ended, /event: hello/)
    assert.equal(
      lines.some((line) => line.startsWith('Set-up link')),
      false,
    )
  })

  it('says what to do when its port is taken', async () => {
    const { said, exit } = await start({ PORT: String((await takenPort()).port) })
    await said(/PORT \d+ is taken/)
    assert.equal(await exit, 1)
  })

  it('waits for a database that is not there yet, and says so', async () => {
    const port = await freePort()
    const { said, child } = await start({
      DATABASE_URL: `postgresql://guichet:wrong@127.0.0.1:${port}/guichet`,
    })
    const line = await said(/waiting for the database/)
    assert.doesNotMatch(line, /wrong/)
    child.kill('SIGKILL')
  })

  async function takenPort(): Promise<{ port: number }> {
    const net = await import('node:net')
    const server = net.createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    server.unref()
    return server.address() as { port: number }
  }

  it('keeps one admin of however many processes', async (t) => {
    const pool = new pg.Pool({ connectionString: database.url })
    t.after(() => pool.end())
    const { rows } = await pool.query(`SELECT email FROM app_user WHERE role = 'admin'`)
    assert.deepEqual(rows, [{ email: 'ada@desk.example' }])
  })
})
