import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import http from 'node:http'
import type net from 'node:net'
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test'
import { simpleParser } from 'mailparser'
import { ChannelAlerting } from '../../../application/health/alerts/alerting.ts'
import { writeAlertSettings } from '../../../application/health/alerts/settings.ts'
import { alerts } from '../../../application/health/checks/alerts.ts'
import type { HealthFinding, HealthReport } from '../../../domain/health/contract.ts'
import type { AlertChannel, CheckCode } from '../../../domain/health/vocabulary.ts'
import { BoundedDatabase } from '../../../platform/postgres/bounded-database.ts'
import { openDatabase, type OpenDatabase } from '../../../platform/postgres/database.ts'
import { seal } from '../../../platform/secrets/sealed-secret.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'
import { type FreshDatabase, freshDatabase } from '../../harness/database.ts'
import { Relay } from '../../harness/relay.ts'
import { SmtpPeer } from '../../harness/smtp-peer.ts'

const SECRET_KEYS = onlyKey(Buffer.alloc(32, 7))
const SECRET = `whsec_${randomBytes(24).toString('base64')}`

describe('alerts', () => {
  let fresh: FreshDatabase
  let db: OpenDatabase
  let peer: SmtpPeer
  let hook: Hook

  before(async () => {
    fresh = await freshDatabase()
    db = openDatabase(fresh.url, { connections: 3 })
    peer = await SmtpPeer.start()
    hook = await Hook.start()
  })
  after(async () => {
    await hook?.stop()
    await peer?.stop()
    await db?.close()
    await fresh?.drop()
  })
  beforeEach(async () => {
    await db.deleteFrom('alert').execute()
    peer.mails.length = 0
    hook.posts.length = 0
    hook.status = 200
    await writeAlertSettings(db, {
      addresses: ['ops@desk.example', 'night@desk.example'],
      language: 'en',
      webhook: { url: `${hook.url}/guichet` },
      repeatAfter: 24,
      secretSealed: seal(SECRET_KEYS, SECRET),
    })
  })

  /** One API process, as far as it tells. */
  const process_ = (t: TestContext, channel: AlertChannel, state: State, url = fresh.url) => {
    const database = new BoundedDatabase(url, { name: 'alerts', connections: 2 })
    t.after(() => database.close())
    return new ChannelAlerting(channel, {
      database,
      report: () => state.report,
      defaultSmtpUrl: peer.url,
      defaultFrom: 'DoNotReply <donotreply@help.example>',
      secretKeys: SECRET_KEYS,
      publicUrl: 'https://help.example',
      log: { error: () => undefined },
    })
  }
  const wellFor = (minutes: number) =>
    db
      .updateTable('alert')
      .set({ well_since: new Date(Date.now() - minutes * 60_000) })
      .execute()
  const subjects = async () =>
    Promise.all(peer.mails.map(async ({ raw }) => (await simpleParser(raw)).subject))

  it('of one thing come once from several processes, to everybody, with what to do', async (t) => {
    const state = new State([mailboxFails])
    const processes = Array.from({ length: 3 }, () => process_(t, 'mail', state))
    for (let round = 0; round < 2; round++)
      await Promise.all(processes.map((process) => process.round()))
    assert.deepEqual(
      peer.mails.map(({ from, to }) => [from, to]),
      [['donotreply@help.example', ['ops@desk.example', 'night@desk.example']]],
    )
    const mail = await simpleParser(peer.mails[0]!.raw)
    assert.equal(mail.subject, 'Guichet: Please look: Mailboxes (it@desk.example)')
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated')
    assert.match(
      mail.text ?? '',
      /This mailbox cannot be read\. Since .+ UTC\.\npassword refused\n\nCorrect its settings[^]*https:\/\/help\.example\/settings\/health/,
    )
  })

  it('of several things come in one message, and the end of each when it has been well for a while', async (t) => {
    const state = new State([mailboxFails, workersAreAway])
    const one = process_(t, 'mail', state)
    await one.round()
    assert.deepEqual(await subjects(), ['Guichet: 2 things to look at'])
    state.findings = [mailboxFails]
    await one.round()
    await one.round()
    assert.equal(peer.mails.length, 1, 'what was just mended may break again')
    await wellFor(6)
    await Promise.all([one.round(), process_(t, 'mail', state).round()])
    assert.deepEqual((await subjects()).slice(1), ['Guichet: Works again: Workers'])
    assert.equal(await count(db), 1)
    state.findings = [mailboxFails, workersAreAway]
    await one.round()
    state.findings = []
    await one.round()
    await wellFor(6)
    await one.round()
    assert.deepEqual((await subjects()).slice(3), ['Guichet: 2 things work again'])
  })

  it('that could not be sent are told by Health, and sent when the server is back', async (t) => {
    const state = new State([workersAreAway])
    const one = process_(t, 'mail', state)
    peer.fail({ kind: 'reject', at: 'from', code: 451, text: 'later' })
    await assert.rejects(one.round(), { code: 'alert-not-sent' })
    const database = new BoundedDatabase(fresh.url, { name: 'look', connections: 1 })
    t.after(() => database.close())
    const { troubles } = await alerts.look({ database } as never)
    assert.deepEqual(
      troubles.map(({ reason }) => reason),
      ['alert-mail-failing'],
    )
    await one.round()
    assert.equal(peer.mails.length, 0, 'the attempt is not repeated at once')
    await db
      .updateTable('alert')
      .set({ claimed_until: new Date(0) })
      .execute()
    await one.round()
    assert.deepEqual(await subjects(), ['Guichet: Work stands still: Workers'])
    assert.deepEqual((await alerts.look({ database } as never)).troubles, [])
  })

  it('are told again after the pause by one process', async (t) => {
    const state = new State([workersAreAway])
    const both = [process_(t, 'mail', state), process_(t, 'mail', state)]
    await Promise.all(both.map((process) => process.round()))
    await db
      .updateTable('alert')
      .set({ told_at: new Date(Date.now() - 25 * 3_600_000) })
      .execute()
    await Promise.all(both.map((process) => process.round()))
    await Promise.all(both.map((process) => process.round()))
    assert.deepEqual((await subjects()).slice(1), ['Guichet: Still wrong: Workers'])
  })

  it('are signed for the webhook, and every channel is told for itself', async (t) => {
    const state = new State([mailboxFails])
    await process_(t, 'mail', state).round()
    const one = process_(t, 'webhook', state)
    await one.round()
    await one.round()
    assert.equal(hook.posts.length, 1)
    const { headers, body, path } = hook.posts[0]!
    assert.equal(path, '/guichet')
    // https://www.standardwebhooks.com: HMAC-SHA256 of id, time and body.
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const mac = createHmac('sha256', Buffer.from(SECRET.slice(6), 'base64')).update(signed)
    assert.equal(headers['webhook-signature'], `v1,${mac.digest('base64')}`)
    const { type, data } = JSON.parse(body) as {
      type: string
      data: { alerts: Record<string, unknown>[] }
    }
    assert.equal(type, 'health.alerts')
    assert.deepEqual(
      data.alerts.map(({ kind, check, reason, subject }) => [kind, check, reason, subject]),
      [['began', 'mailboxes', 'mailbox-failing', 'it@desk.example']],
    )
  })

  it('are tried again where the webhook refuses or sends elsewhere, which is never followed', async (t) => {
    const one = process_(t, 'webhook', new State([mailboxFails]))
    for (const status of [500, 302]) {
      hook.status = status
      await assert.rejects(one.round(), { code: 'alert-not-sent' })
      await db
        .updateTable('alert')
        .set({ claimed_until: new Date(0) })
        .execute()
    }
    assert.deepEqual(
      hook.posts.map(({ path }) => path),
      ['/guichet', '/guichet'],
    )
    const row = await db.selectFrom('alert').select('last_error').executeTakeFirstOrThrow()
    assert.deepEqual(row.last_error, [
      { code: 'webhook-refused', values: { host: new URL(hook.url).host, status: 302 } },
    ])
  })

  it('tell also that the database is away, and afterwards that it is back', async (t) => {
    const relay = await Relay.start(t, fresh.url)
    const state = new State([])
    const one = process_(t, 'mail', state, relay.url)
    await one.round()
    relay.cut()
    state.findings = [databaseIsAway]
    await one.round()
    await one.round()
    assert.deepEqual(await subjects(), ['Guichet: Work stands still: Database'])
    relay.mend()
    state.findings = []
    await one.round()
    await wellFor(6)
    await one.round()
    assert.deepEqual((await subjects()).slice(1), ['Guichet: Works again: Database'])
    assert.equal(await count(db), 0)
  })

  it('are forgotten when nobody is to be told any more', async (t) => {
    const one = process_(t, 'mail', new State([mailboxFails]))
    await one.round()
    await writeAlertSettings(db, {
      addresses: [],
      language: 'en',
      webhook: null,
      repeatAfter: 24,
      secretSealed: null,
    })
    await one.round()
    assert.equal(await count(db), 0)
    assert.equal(peer.mails.length, 1)
  })
})

const count = async (db: OpenDatabase): Promise<number> =>
  (await db.selectFrom('alert').select('reason').execute()).length

interface Wrong {
  check: CheckCode
  finding: HealthFinding
}

const wrong = (
  check: CheckCode,
  reason: HealthFinding['reason'],
  state: HealthFinding['state'],
  more: Partial<HealthFinding> = {},
): Wrong => ({
  check,
  finding: {
    reason,
    state,
    subject: '',
    since: '2026-01-31T12:00:00.000Z',
    detail: null,
    values: {},
    ...more,
  },
})
const mailboxFails = wrong('mailboxes', 'mailbox-failing', 'attention', {
  subject: 'it@desk.example',
  detail: 'password refused',
})
const workersAreAway = wrong('workers', 'no-worker', 'stopped')
const databaseIsAway = wrong('database', 'database-silent', 'stopped')

/** What is wrong now. */
class State {
  constructor(public findings: readonly Wrong[]) {}

  get report(): HealthReport {
    const codes: CheckCode[] = ['database', 'workers', 'mailboxes']
    return {
      state: 'ok',
      at: new Date().toISOString(),
      checks: codes.map((code) => ({
        code,
        state: 'ok',
        figures: {},
        lookedAt: new Date().toISOString(),
        findings: this.findings.filter(({ check }) => check === code).map((one) => one.finding),
      })),
    }
  }
}

/** A real HTTP server that keeps what it is sent. */
class Hook {
  readonly posts: { path: string; headers: http.IncomingHttpHeaders; body: string }[] = []
  status = 200
  private constructor(private readonly server: http.Server) {}

  static async start(): Promise<Hook> {
    const server = http.createServer((request, response) => {
      const chunks: Buffer[] = []
      request
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          hook.posts.push({
            path: request.url ?? '',
            headers: request.headers,
            body: Buffer.concat(chunks).toString(),
          })
          response.writeHead(hook.status, { location: '/elsewhere' }).end('ok')
        })
    })
    const hook = new Hook(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return hook
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as net.AddressInfo).port}`
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.closeAllConnections()
      this.server.close(() => {
        resolve()
      })
    })
  }
}
