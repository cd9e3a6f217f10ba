import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
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
import { seal } from '../../../platform/secrets/sealed-secret.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'
import { ApiClient } from '../../harness/api-client.ts'
import { freePort } from '../../harness/free-port.ts'
import { ApiDesk, PASSWORD, SECRET_KEYS } from '../support/api-desk.ts'
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
        secretKeys: SECRET_KEYS,
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

  it('is answered by what was done when no key opens the first answer any more', async () => {
    const key = randomUUID()
    const note = { text: 'Sealed with a key that is gone.' }
    const first = await send(`/tickets/${number}/notes`, note, key)
    const before = await rows()
    await desk.pool.query('UPDATE idempotent_request SET answer = $2 WHERE key = $1', [
      key,
      seal(onlyKey(randomBytes(32)), JSON.stringify({ headers: {}, body: '{}' })),
    ])
    for (const replayed of [false, true]) {
      const again = await send(`/tickets/${number}/notes`, note, key, { url: other.url })
      assert.deepEqual([again.status, again.replayed], [201, replayed])
      assert.deepEqual(identityOf(again.body), identityOf(first.body))
    }
    assert.deepEqual(await rows(), before)
  })

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

  it('does not take back what somebody changed after a crash, before it was sent again', async () => {
    const key = randomUUID()
    const asset = { name: 'Projector', type: 'monitor' }
    const { id } = (await send('/assets', asset, key)).body as { id: string }
    await desk.admin.client.patch(`/assets/${id}`, { name: 'Projector, hall' })
    await forgetAnswer(key)
    const again = await send('/assets', asset, key, { url: other.url })
    const { id: same, name } = again.body as { id: string; name: string }
    assert.deepEqual([again.status, same, name], [201, id, 'Projector, hall'])
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

  it('has one effect whatever it asks of the API: sent twice at once, after a crash, and after the answer', async () => {
    const real = await requests()
    const made: string[] = []
    const posts = (await describedOperations()).filter(
      ({ method, template }) => method === 'POST' && template !== '/session',
    )
    for (const { operationId, template, path: example, body: exampleBody } of posts) {
      const [path, body] = [real.path(template, example), real.bodies[operationId] ?? exampleBody]
      const key = randomUUID()
      const once = () =>
        Promise.all([desk.url, other.url, desk.url].map((url) => send(path, body, key, { url })))
      const answers = (await once()).filter((sent) => !isUnderWay(sent))
      const [first] = answers
      assert.ok(first && first.status < 500, `${operationId}: ${JSON.stringify(first?.body)}`)
      const replayed = first.status !== 403 && first.status !== 429
      if (replayed)
        assert.equal(answers.filter((sent) => !sent.replayed).length, 1, `${operationId} at once`)
      if (first.status === 201) made.push(operationId)
      const before = await rows()

      await forgetAnswer(key)
      const crashed = await send(path, body, key, { url: other.url })
      if (!isDoneAlready(crashed) && !REFUSED_BY_ITSELF.has(operationId)) {
        assert.equal(crashed.status, first.status, `${operationId} after a crash`)
        if (first.status === 201)
          assert.deepEqual(identityOf(crashed.body), identityOf(first.body), operationId)
      }
      // Its answer is the secret, which is kept nowhere: what is lost is made anew.
      const after = await rows()
      if (operationId !== 'createSetupLink')
        assert.deepEqual(after, before, `${operationId} after a crash`)

      const again = await send(path, body, key)
      assert.deepEqual(
        [again.status, again.body, again.replayed],
        [crashed.status, crashed.body, replayed],
        `${operationId} after the answer`,
      )
      assert.deepEqual(await rows(), after, `${operationId} after the answer`)
    }
    const expected = posts.filter(({ makesSomething }) => makesSomething)
    assert.deepEqual(
      expected.map(({ operationId }) => operationId).filter((id) => !made.includes(id)),
      // A program's token makes no token: above, by a session.
      ['createToken'],
      'a request that makes something needs here what it is about',
    )
  })

  /** After a crash it meets what it has done itself, and is refused with that reason. */
  const REFUSED_BY_ITSELF = new Set(['createResolution'])
  const isUnderWay = ({ status, body }: Sent): boolean =>
    status === 409 && (body as { code: string }).code === 'request-under-way'
  const isDoneAlready = ({ status, body }: Sent): boolean =>
    status === 409 && (body as { code: string }).code === 'done-already'

  /** Examples name what is not there: here it is, for what makes something. */
  async function requests() {
    const { client } = desk.admin
    const make = async (path: string, body: object): Promise<string> =>
      (await client.post<{ id: string }>(path, body)).id
    const sam = await desk.person('Real Sam', 'agent', [it_])
    const ticket = (await desk.mailTicket(it_)).number
    const kin = (await desk.mailTicket(it_)).number
    const message = await make(`/tickets/${ticket}/messages`, { text: 'Try again.' })
    const task = await make(`/tickets/${ticket}/tasks`, { title: 'Look' })
    const template = await make('/task-templates', { name: 'Steps', lines: [{ title: 'One' }] })
    const asset = await make('/assets', { name: 'Screen', type: 'monitor' })
    const [document, kinDocument] = [
      await make('/documents', { kind: 'invoice', title: 'One' }),
      await make('/documents', { kind: 'invoice', title: 'Two' }),
    ]
    const attachment = (await send('/attachments', file('Kept.'), randomUUID())).body as {
      id: string
    }
    const stages = [{ rule: { kind: 'any' }, approvers: [{ userId: sam.id }] }]
    const ids: Record<string, string | number> = {
      'tickets/{number}': ticket,
      'tasks/{id}': task,
      'documents/{id}': document,
      'assets/{id}': asset,
      'users/{id}': sam.id,
    }
    return {
      path: (described: string, example: string): string => {
        const found = Object.entries(ids).filter(([name]) => described.includes(`/${name}/`))
        return found.length === (described.match(/\{/g) ?? []).length
          ? found.reduce(
              (path, [name, id]) => path.replace(name, name.replace(/\{.*/, String(id))),
              described,
            )
          : example
      },
      bodies: {
        createTicket: {
          subject: 'Once',
          departmentId: it_.id,
          requester: { email: 'anna@client.example' },
        },
        addWatcher: { userId: sam.id },
        createLink: { number: kin, kind: 'relates' },
        uploadAttachment: file('Once more.'),
        createMailbox: { address: 'once@desk.example', departmentId: it_.id },
        createTasksFromTemplate: { templateId: template },
        createApproval: { subject: 'A new printer', stages },
        createApprovalRule: { currency: 'EUR', fromAmount: '500.00', stages },
        createTicketApprovalRule: { name: 'Hardware', departmentId: it_.id, stages },
        addDocumentFiles: { attachmentIds: [attachment.id] },
        linkAssetDocument: { documentId: document },
        linkDocuments: { documentId: kinDocument },
        linkTicketAsset: { assetId: asset },
        linkTicketDocument: { documentId: document },
        createConfirmation: {
          kind: 'handOver',
          assetIds: [asset],
          person: { email: 'ida@desk.example' },
        },
        createServiceLevel: { name: 'Standard', firstResponse: 60 },
        splitTicket: { fromMessageId: message, subject: 'Another matter' },
        createDepartment: { name: 'Once' },
        createCustomField: { name: 'Floor', kind: 'choice', choices: ['1', '2'] },
        createLocation: { name: 'Acme', kind: 'company' },
      } as Record<string, unknown>,
    }
  }

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
