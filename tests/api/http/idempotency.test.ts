import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import { buildApp } from '../../../api/app.ts'
import type { Api } from '../../../api/http/route-schema.ts'
import { CHANNELS } from '../../../api/tickets/change-feed.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { HealthMonitor } from '../../../application/health/monitor.ts'
import { openDatabase } from '../../../platform/postgres/database.ts'
import { databaseBlobs } from '../../../platform/postgres/blobs.ts'
import { ListenConnection } from '../../../platform/postgres/listen-connection.ts'
import { ApiClient } from '../../harness/api-client.ts'
import { freePort } from '../../harness/free-port.ts'
import { ApiDesk, PASSWORD, SECRET_KEY } from '../support/api-desk.ts'
import { describedOperations } from '../support/described-operations.ts'
import { assertProblem } from '../support/problems.ts'

interface Sent {
  status: number
  replayed: boolean
  body: unknown
  headers: Headers
}

describe('a POST with an Idempotency-Key', () => {
  let desk: ApiDesk
  /** A second API process on the same database. */
  let other: { app: Api; url: string; close: () => Promise<void> }
  let token: string
  let it_: Department
  let number: number

  before(async () => {
    desk = await ApiDesk.open()
    other = await secondProcess()
    ;({ token } = await desk.admin.client.post<{ token: string }>('/tokens', { name: 'program' }))
    it_ = await desk.department('IT')
    number = (await desk.mailTicket(it_)).number
  })
  after(async () => {
    await other?.close()
    await desk?.close()
  })

  async function secondProcess(): Promise<typeof other> {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const db = openDatabase(desk.databaseUrl)
    const log = pino({ enabled: false })
    const listening = new ListenConnection(db.pool, CHANNELS, log)
    const app = await buildApp({
      db,
      blobs: databaseBlobs(db),
      workflows: desk.workflows,
      health: {} as HealthMonitor,
      listening,
      log,
      settings: {
        publicUrl: desk.url,
        secretKey: SECRET_KEY,
        defaultFrom: 'DoNotReply <donotreply@help.example>',
        workflowPages: null,
        webFolder: null,
      },
    })
    await app.listen({ port, host: '127.0.0.1' })
    const close = async (): Promise<void> => {
      await app.close()
      listening.close()
      await db.close()
    }
    return { app, url, close }
  }

  async function send(
    path: string,
    body: unknown,
    key: string,
    { url = desk.url, as = token } = {},
  ): Promise<Sent> {
    const form = body instanceof FormData
    const response = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${as}`,
        'idempotency-key': key,
        ...(form || body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      replayed: response.headers.get('idempotency-replayed') === 'true',
      body: text === '' ? null : JSON.parse(text),
      headers: response.headers,
    }
  }

  /** What a process leaves that dies after its effect and before its answer is kept. */
  const forgetAnswer = (key: string) =>
    desk.pool.query(
      `UPDATE idempotent_request SET status = NULL, answer = NULL, leased_until = now() - interval '1 second' WHERE key = $1`,
      [key],
    )

  /** How many rows each table has: nothing is made without one. */
  async function rows(): Promise<Record<string, number>> {
    const { rows: tables } = await desk.pool.query<{ name: string }>(
      `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
    )
    const { rows: counted } = await desk.pool.query<{ name: string; n: number }>(
      tables
        .map(({ name }) => `SELECT '${name}' AS name, count(*)::int AS n FROM ${name}`)
        .join(' UNION ALL '),
    )
    return Object.fromEntries(counted.map(({ name, n }) => [name, n]))
  }

  const file = (content: string): FormData => {
    const form = new FormData()
    form.append('file', new Blob([content], { type: 'text/plain' }), 'note.txt')
    return form
  }

  /** What makes something, and how it is asked for. */
  const effects: [what: string, path: () => string, body: () => unknown][] = [
    [
      'a ticket',
      () => '/tickets',
      () => ({
        subject: 'The screen flickers',
        departmentId: it_.id,
        requester: { email: 'anna@client.example', name: 'Anna Weber' },
        text: 'Since this morning.',
      }),
    ],
    [
      'a ticket without words',
      () => '/tickets',
      () => ({
        subject: 'Call back',
        departmentId: it_.id,
        requester: { email: 'anna@client.example', name: 'Anna Weber' },
      }),
    ],
    ['a message', () => `/tickets/${number}/messages`, () => ({ text: 'Switch it off and on.' })],
    ['a note', () => `/tickets/${number}/notes`, () => ({ text: 'He is on holiday.' })],
    ['a task', () => `/tickets/${number}/tasks`, () => ({ title: 'Order toner' })],
    ['time', () => `/tickets/${number}/time`, () => ({ minutes: 15 })],
    [
      'an approval request',
      () => `/tickets/${number}/approvals`,
      () => ({
        subject: 'A new printer',
        text: 'The old one is broken.',
        stages: [
          { rule: { kind: 'all' }, approvers: [{ email: 'boss@client.example', name: 'Boss' }] },
        ],
      }),
    ],
    ['a file', () => '/attachments', () => file('Once.')],
  ]

  for (const [what, path, body] of effects) {
    it(`makes ${what} once, and is given the first answer again`, async () => {
      const key = randomUUID()
      const first = await send(path(), body(), key)
      assert.equal(first.status, 201, JSON.stringify(first.body))
      const before = await rows()
      const second = await send(path(), body(), key, { url: other.url })
      assert.deepEqual([second.status, second.body], [first.status, first.body])
      assert.deepEqual([first.replayed, second.replayed], [false, true])
      assert.equal(second.headers.get('location'), first.headers.get('location'))
      assert.deepEqual(await rows(), before)
    })

    it(`makes ${what} once when the process dies before it has answered`, async () => {
      const key = randomUUID()
      const first = await send(path(), body(), key)
      const before = await rows()
      await forgetAnswer(key)
      const second = await send(path(), body(), key, { url: other.url })
      assert.equal(second.status, 201, JSON.stringify(second.body))
      assert.equal(second.replayed, false)
      assert.deepEqual(await rows(), before)
      assert.deepEqual(identityOf(second.body), identityOf(first.body))
    })
  }

  const identityOf = (body: unknown): unknown => {
    const { id, number: of } = body as { id?: string; number?: number }
    return id ?? of
  }

  it('makes a row of the settings once; after a crash it is said that it is there', async () => {
    const key = randomUUID()
    const first = await send('/departments', { name: 'Facilities' }, key)
    assert.equal(first.status, 201)
    const before = await rows()
    await forgetAnswer(key)
    const second = await send('/departments', { name: 'Facilities' }, key)
    assert.deepEqual([second.status, (second.body as { code: string }).code], [409, 'done-already'])
    assert.deepEqual(await rows(), before)
  })

  it('sent to two processes at once is carried out by one', async () => {
    const key = randomUUID()
    const before = await rows()
    const sent = await Promise.all(
      [desk.url, other.url, desk.url, other.url].map((url) =>
        send(`/tickets/${number}/notes`, { text: 'At once.' }, key, { url }),
      ),
    )
    assert.equal(sent.filter(({ status, replayed }) => status === 201 && !replayed).length, 1)
    for (const { status, replayed, body, headers } of sent) {
      if (status === 201) continue
      assert.equal(status, 409)
      assert.equal((body as { code: string }).code, 'request-under-way')
      assert.equal(headers.get('retry-after'), '1')
      assert.equal(replayed, false)
    }
    assert.equal((await rows())['note'], before['note']! + 1)
  })

  it('is no other request: another body or address with the key is refused', async () => {
    const key = randomUUID()
    await send(`/tickets/${number}/notes`, { text: 'One.' }, key)
    for (const again of [
      send(`/tickets/${number}/notes`, { text: 'Two.' }, key),
      send(`/tickets/${number}/tasks`, { title: 'One.' }, key),
    ]) {
      const { status, body } = await again
      assert.deepEqual([status, (body as { code: string }).code], [422, 'idempotency-key-used'])
    }
    const upload = randomUUID()
    await send('/attachments', file('One.'), upload)
    assert.equal((await send('/attachments', file('Two.'), upload)).status, 422)
  })

  it('is the same request in another order of its fields', async () => {
    const key = randomUUID()
    const email = 'anna@client.example'
    const first = { subject: 'x', departmentId: it_.id, requester: { email, name: 'A' } }
    const again = { requester: { name: 'A', email }, departmentId: it_.id, subject: 'x' }
    await send('/tickets', first, key)
    assert.equal((await send('/tickets', again, key)).replayed, true)
  })

  it('is of its caller: the same key of another is another request', async () => {
    const key = randomUUID()
    const sam = await desk.person('Sam Agent', 'agent', [it_])
    const { token: his } = await sam.client.post<{ token: string }>('/tokens', { name: 'his' })
    await send(`/tickets/${number}/notes`, { text: 'Mine.' }, key)
    const { status, replayed } = await send(`/tickets/${number}/notes`, { text: 'His.' }, key, {
      as: his,
    })
    assert.deepEqual([status, replayed], [201, false])
  })

  it('is carried out again when nothing came of it', async () => {
    const key = randomUUID()
    const text = { text: 'Later.' }
    await desk.pool.query('ALTER TABLE note RENAME TO note_away')
    const failed = await send(`/tickets/${number}/notes`, text, key)
    await desk.pool.query('ALTER TABLE note_away RENAME TO note')
    assert.equal(failed.status, 503)
    assert.equal((await send(`/tickets/${number}/notes`, text, key)).status, 201)
  })

  it('is forgotten after a day', async () => {
    const key = randomUUID()
    await send('/departments', { name: 'Yesterday' }, key)
    await desk.pool.query(
      `UPDATE idempotent_request SET started_at = now() - interval '25 hours' WHERE key = $1`,
      [key],
    )
    const { status, replayed } = await send('/departments', { name: 'Today' }, key)
    assert.deepEqual([status, replayed], [201, false])
  })

  it('keeps no secret in clear', async () => {
    const key = randomUUID()
    const session = new ApiClient(desk.url)
    await session.signIn(desk.admin.email, PASSWORD)
    const made = await session.fetch(
      'POST',
      '/tokens',
      { name: 'kept' },
      {
        headers: { 'idempotency-key': key },
      },
    )
    const { token: secret } = (await made.json()) as { token: string }
    const { rows: kept } = await desk.pool.query<{ answer: string }>(
      'SELECT answer FROM idempotent_request WHERE key = $1',
      [key],
    )
    assert.equal(kept.length, 1)
    assert.ok(!JSON.stringify(kept).includes(secret))
  })

  it('has a key that is one', async () => {
    for (const key of ['', 'x'.repeat(256), 'two words']) {
      const answer = await desk.admin.client.fetch(
        'POST',
        '/departments',
        { name: 'x' },
        {
          headers: { 'idempotency-key': key },
        },
      )
      assert.equal(answer.status, 400, key)
    }
  })

  it('has one effect, whatever it asks of the API', async () => {
    const posts = (await describedOperations()).filter(
      ({ method, isUpload, template }) => method === 'POST' && !isUpload && template !== '/session',
    )
    assert.ok(posts.length > 50)
    for (const { operationId, path, body } of posts) {
      const key = randomUUID()
      const first = await send(path, body, key)
      if (first.status >= 500) continue
      const before = await rows()
      const second = await send(path, body, key, { url: other.url })
      assert.deepEqual(
        [second.status, second.body, second.replayed],
        [first.status, first.body, first.status !== 403 && first.status !== 429],
        operationId,
      )
      assert.deepEqual(await rows(), before, operationId)
    }
  })

  it('is no matter for a sign-in, which may be done twice', async () => {
    const body = { email: desk.admin.email, password: PASSWORD }
    const key = randomUUID()
    for (const _ of [1, 2]) assert.equal((await send('/session', body, key)).replayed, false)
    assertProblem(
      await desk.client().request('POST', '/session', { ...body, password: 'wrong' }),
      401,
    )
  })
})
