import assert from 'node:assert/strict'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import type { Finding } from '../../cli/doctor/finding.ts'
import { databaseUrl } from '../../scripts/launch/postgres.mjs'
import { runCommand } from '../cli/run-command.ts'
import { eventually } from '../harness/eventually.ts'
import { LauncherSite } from './launcher.ts'

describe('npm start', { concurrency: false }, () => {
  let site: LauncherSite
  before(async () => {
    site = await LauncherSite.open()
  })
  after(() => site?.remove())

  const database = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({
      connectionString: databaseUrl(site.dataDir, site.ports.postgres),
    })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  it('brings up everything, refuses a second start, stops cleanly, and finds the data again', async () => {
    const first = await site.launchReady()
    assert.equal((await fetch(`${site.url}/healthz`)).status, 200)
    assert.equal((await fetch(`http://127.0.0.1:${site.ports.ui}`)).status, 200)
    assert.deepEqual(Object.keys(site.children()).sort(), ['api', 'postgres', 'temporal', 'worker'])
    await database((client) =>
      client.query(`INSERT INTO setting (key, value) VALUES ('test', '"kept"')`),
    )

    // A command that is told nothing but DATA_DIR looks at the ports of this set.
    const told = await runCommand(['doctor', '--json'], {
      DATA_DIR: site.dataDir,
      ...Object.fromEntries(
        ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'PORT', 'SMTP_RECEIVER_PORT'].map((name) => [
          name,
          '',
        ]),
      ),
    })
    const { findings } = JSON.parse(told.stdout) as { findings: Finding[] }
    const where = (about: string) => findings.find((finding) => finding.about === about)?.where
    assert.deepEqual(['readiness', 'database', 'Temporal', 'workers'].map(where), [
      `${site.url}/readyz`,
      `127.0.0.1:${site.ports.postgres}/guichet`,
      `127.0.0.1:${site.ports.temporal}, namespace default`,
      `127.0.0.1:${site.ports.temporal}, namespace default`,
    ])
    assert.ok(
      findings.every(({ level }) => level !== 'problem'),
      told.stdout,
    )

    const second = await site.launch().ended
    assert.equal(second.code, 1)
    assert.match(
      second.output,
      new RegExp(`already runs on DATA_DIR .*process ${first.process.pid}, ${site.url}`),
    )
    assert.equal((await fetch(`${site.url}/healthz`)).status, 200)

    first.process.kill('SIGTERM')
    const ended = await first.ended
    assert.equal(ended.code, 0, ended.output)
    assert.deepEqual(site.processes(), [])
    const stops = [...ended.output.matchAll(/stopping (\w+)$/gm)].map(([, name]) => name)
    assert.deepEqual(stops, ['api', 'worker', 'temporal', 'postgres'])

    const again = await site.launchReady()
    const kept = await database((client) =>
      client.query<{ value: unknown }>(`SELECT value FROM setting WHERE key = 'test'`),
    )
    assert.equal(kept.rows[0]?.value, 'kept')
    again.process.kill('SIGINT')
    assert.equal((await again.ended).code, 0)
  })

  it('starts a process again that died, and ends the orphans of a launcher that was killed', async () => {
    const first = await site.launchReady()
    const worker = site.children()['worker'] ?? 0
    process.kill(worker, 'SIGKILL')
    await eventually('another worker', () => (site.children()['worker'] ?? worker) !== worker)
    await eventually('readiness', async () => (await fetch(`${site.url}/readyz`)).ok)

    const orphans = site.children()
    first.process.kill('SIGKILL')
    await first.ended
    assert.ok(site.processes().length >= 4)
    const next = await site.launchReady()
    for (const name of ['worker', 'temporal', 'postgres'])
      assert.match(next.output(), new RegExp(`ending ${name} \\(process ${orphans[name]}\\)`))
    next.process.kill('SIGTERM')
    assert.equal((await next.ended).code, 0)
    assert.deepEqual(site.processes(), [])
  })

  it('lets one of many starts at the same moment through', async () => {
    const starts = Array.from({ length: 4 }, () => site.launch())
    await eventually('one is ready', () =>
      starts.some(({ output }) => output().includes('Ready after')),
    )
    await eventually(
      'the others have given up',
      () => starts.filter(({ process: { exitCode } }) => exitCode === 1).length === 3,
    )
    for (const { process: one } of starts) if (one.exitCode === null) one.kill('SIGTERM')
    const codes = (await Promise.all(starts.map(({ ended }) => ended))).map(({ code }) => code)
    assert.deepEqual(codes.sort(), [0, 1, 1, 1])
  })

  for (const [variable, port] of [
    ['PORT', 'web'],
    ['TEMPORAL_UI_PORT', 'ui'],
    ['SMTP_RECEIVER_PORT', 'smtp'],
    ['POSTGRES_PORT', 'postgres'],
  ] as const) {
    it(`names ${variable} when that port is taken, and leaves nothing behind`, async () => {
      const other = net.createServer()
      await new Promise<void>((resolve) => other.listen(site.ports[port], '127.0.0.1', resolve))
      try {
        const { code, output } = await site.launch().ended
        assert.equal(code, 1)
        assert.match(
          output,
          new RegExp(`Port ${site.ports[port]} .* is taken.*${variable}=\\d+ npm start`),
        )
        const proposed = Number(new RegExp(`${variable}=(\\d+)`).exec(output)?.[1])
        assert.ok(!Object.values(site.ports).includes(proposed), 'no other setting of this start')
        assert.deepEqual(site.processes(), [])
      } finally {
        await new Promise((resolve) => other.close(resolve))
      }
    })
  }

  it('stops with one line for a bad value', async () => {
    const { code, output } = await site.launch({ PUBLIC_URL: 'help.example.org' }).ended
    assert.equal(code, 78)
    assert.match(
      output.trim().split('\n')[0] ?? '',
      /^PUBLIC_URL is not a URL.*Example: PUBLIC_URL=https:/,
    )
  })

  it('never runs the demo on real data, nor on a database of the user', async () => {
    const onRealData = await site.launch({}, ['--demo']).ended
    assert.equal(onRealData.code, 1)
    assert.match(onRealData.output, /holds real tickets: the demo does not touch it/)
    const onDatabase = await site.launch(
      { DATA_DIR: `${site.dataDir}-demo`, DATABASE_URL: 'postgresql://someone@127.0.0.1:1/real' },
      ['--demo'],
    ).ended
    assert.equal(onDatabase.code, 1)
    assert.match(onDatabase.output, /demo does not run on servers of yours/)
  })

  it('keeps its secrets to their owner', () => {
    for (const name of ['secret.key', 'postgres.password'])
      assert.equal(fs.statSync(path.join(site.dataDir, name)).mode & 0o077, 0, name)
  })
})
