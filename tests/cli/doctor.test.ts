import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Finding } from '../../cli/doctor/finding.ts'
import type { Department } from '../../domain/people/contract.ts'
import { absentDatabase } from '../harness/database.ts'
import { Guichet } from '../harness/guichet.ts'
import { SmtpPeer } from '../harness/smtp-peer.ts'
import { runCommand } from './run-command.ts'

const PASSWORD = 'only the mail server knows'

describe('npm run doctor', { concurrency: false }, () => {
  let guichet: Guichet
  let peer: SmtpPeer

  before(async () => {
    peer = await SmtpPeer.start({ user: 'it@desk.test', password: PASSWORD })
    guichet = await Guichet.start()
    const admin = await guichet.admin()
    const { id } = await admin.post<Department>('/departments', { name: 'IT' })
    await admin.put(`/departments/${id}/sender`, {
      from: 'IT <it@desk.test>',
      smtp: {
        host: peer.host,
        port: peer.port,
        secure: false,
        user: 'it@desk.test',
        password: PASSWORD,
        allowInvalidCertificate: true,
      },
    })
    await admin.post('/mailboxes', { address: 'it@desk.test', departmentId: id })
  })
  after(async () => {
    await guichet?.stop()
    await peer?.stop()
  })

  /** What it finds with other variables: the problems, each with what to do. */
  async function examine(env: Record<string, string> = {}) {
    const ran = await runCommand(['doctor', '--json'], { ...guichet.env, ...env })
    for (const secret of [PASSWORD, guichet.env['SECRET_KEY'], env['SECRET_KEY']])
      assert.ok(secret === undefined || !ran.said.includes(secret), 'no secret is said')
    const { ok, findings } = JSON.parse(ran.stdout) as { ok: boolean; findings: Finding[] }
    const problems = findings.filter(({ level }) => level === 'problem')
    for (const { level, advice } of findings) assert.equal(level === 'ok', advice === undefined)
    assert.equal(ran.code, ok ? 0 : 1)
    assert.equal(ok, problems.length === 0)
    return { findings, problems }
  }

  it('finds nothing wrong with a desk that runs, and says what it looked at', async () => {
    const { findings, problems } = await examine()
    assert.deepEqual(problems, [])
    const about = new Set(findings.map((finding) => finding.about))
    for (const one of [
      'Node.js',
      'configuration',
      'database',
      'key',
      'disk',
      'Temporal',
      'workers',
      'readiness',
      'mailbox it@desk.test',
      'sender IT <it@desk.test>',
    ])
      assert.ok(about.has(one), one)
    const inWords = await runCommand(['doctor'], guichet.env)
    assert.equal(inWords.code, 0)
    assert.match(inWords.stdout, /✓ database \(\S+:\d+\/\w+\): PostgreSQL \d+.* answers/)
    for (const finding of findings) assert.ok(finding.where, `${finding.about} says where`)
  })

  it('names the mail account that refuses, with what its server says', async () => {
    await peer.stop()
    const { problems } = await examine()
    assert.deepEqual(
      problems.map(({ about }) => about),
      ['sender IT <it@desk.test>'],
    )
    assert.match(problems[0]!.found, new RegExp(`${peer.host}:${peer.port}`))
    await peer.start()
  })

  it('names stored passwords that another key was used for', async () => {
    const { problems } = await examine({ SECRET_KEY: 'another key than the one of before' })
    assert.ok(problems.some(({ about, found }) => about === 'key' && /IT <it@desk/.test(found)))
  })

  it('tells a server that is away from a database that is not migrated', async () => {
    const away = await examine({ DATABASE_URL: 'postgresql://x:hidden@127.0.0.1:1/none' })
    assert.match(away.problems[0]!.found, /no connection/)
    const database = absentDatabase()
    const missing = await examine({ DATABASE_URL: database.url })
    assert.match(missing.problems[0]!.found, /no connection: .*does not exist/)
  })

  it('names a namespace and a Temporal server that are not there', async () => {
    const namespace = await examine({ TEMPORAL_NAMESPACE: 'nobody-made-this' })
    assert.match(
      namespace.problems.find(({ about }) => about === 'Temporal')!.found,
      /no namespace nobody-made-this/,
    )
    const server = await examine({ TEMPORAL_ADDRESS: '127.0.0.1:1' })
    assert.match(
      server.problems.find(({ about }) => about === 'Temporal')!.found,
      /none answers at 127\.0\.0\.1:1/,
    )
  })

  it('takes no other program’s Temporal and no other Guichet for its own when none runs on DATA_DIR', async (t) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-doctor-'))
    t.after(() => {
      fs.rmSync(folder, { recursive: true })
    })
    const { DATABASE_URL, TEMPORAL_ADDRESS = '', ...env } = guichet.env
    assert.ok(DATABASE_URL)
    const ran = await runCommand(['doctor', '--json'], {
      ...env,
      DATABASE_URL: '',
      TEMPORAL_ADDRESS: '',
      DATA_DIR: folder,
    })
    const { findings } = JSON.parse(ran.stdout) as { findings: Finding[] }
    const temporal = findings.filter(({ about }) => about === 'Temporal' || about === 'workers')
    assert.deepEqual(
      temporal.map(({ level, where }) => [level, where]),
      [['warning', `DATA_DIR ${folder}`]],
    )
    assert.match(temporal[0]!.found, /none runs here/)
    assert.ok(!ran.stdout.includes(TEMPORAL_ADDRESS))
    assert.ok(findings.every(({ about }) => about !== 'readiness'))
  })

  it('says which variable has a bad value, and looks at nothing else', async () => {
    const { problems } = await examine({ PORT: 'eighty' })
    assert.deepEqual(
      problems.map(({ about }) => about),
      ['configuration'],
    )
    assert.match(problems[0]!.found, /PORT is not a port/)
  })
})
