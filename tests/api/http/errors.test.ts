import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import type { Problem } from '../../../domain/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import { ProcessBeat } from '../../../application/health/process-beat.ts'
import { eventually } from '../../harness/eventually.ts'
import { ProblemError } from '../../../api/http/problem.ts'
import { ApiDesk, wellTemporal, SECRET_KEYS } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'
import { projectedWorkflows } from '../support/projected-workflows.ts'

type Errors = { errors: { pointer: string; message: string }[] }

describe('errors', () => {
  let desk: ApiDesk
  let it_: Department
  let number: number

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    number = (await desk.mailTicket(it_)).number
  })
  after(() => desk?.close())

  it('name each wrong field by a JSON pointer, with a sentence for whoever filled it in', async () => {
    const answer = await desk.admin.client.request<Errors>('POST', '/mailboxes', {
      address: 'nonsense',
      departmentId: 'x',
      imap: { host: '', port: 99_999, user: 7, secure: 'yes', afterImport: 'burn' },
    })
    assertProblem(answer, 400, 'request-invalid')
    assert.deepEqual(answer.body.errors, [
      {
        pointer: '/address',
        message: 'is not an e-mail address such as anna@example.com',
        code: 'email',
      },
      { pointer: '/departmentId', message: 'must be an id (UUID)', code: 'invalid' },
      { pointer: '/imap/host', message: 'must not be empty', code: 'missing' },
      {
        pointer: '/imap/port',
        message: 'must be at most 65535',
        code: 'tooLarge',
        values: { most: 65535 },
      },
      { pointer: '/imap/secure', message: 'must be a boolean', code: 'invalid' },
      { pointer: '/imap/user', message: 'must be a string', code: 'invalid' },
      {
        pointer: '/imap/afterImport',
        message: 'must be keep, flag, delete or move:<folder>',
        code: 'invalid',
      },
    ])
  })

  const wrong: [method: string, path: string, body: unknown, pointer: string][] = [
    ['POST', '/session', { email: 'a@b.c' }, '/password'],
    ['PATCH', '/me/preferences', { language: 'tlh' }, '/language'],
    ['POST', '/me/password', { current: 'x', password: 'short' }, '/password'],
    ['POST', '/tokens', {}, '/name'],
    ['POST', '/users', { email: 'a@b.c', name: ' ', role: 'agent' }, '/name'],
    ['POST', '/departments', { name: 'x'.repeat(101) }, '/name'],
    ['PUT', '/departments/:department/sender', { from: 'nobody', smtp: { host: 'h' } }, '/from'],
    ['POST', '/departments/:department/sender/test', { to: 'nobody' }, '/to'],
    ['POST', '/mailboxes/test', { imap: { port: 0 } }, '/imap/port'],
    ['POST', '/categories', { name: 'x', parentId: 'x' }, '/parentId'],
    ['POST', '/templates', { name: 'x' }, '/body'],
    [
      'POST',
      '/tickets',
      {
        subject: 'x',
        departmentId: '00000000-0000-4000-8000-000000000000',
        requester: { email: 'x' },
      },
      '/requester/email',
    ],
    ['PATCH', '/tickets/:number', { status: 'lost' }, '/status'],
    ['PATCH', '/tickets/:number', { ownerId: 'sam' }, '/ownerId'],
    ['POST', '/tickets/bulk', { numbers: [], change: {} }, '/numbers'],
    ['POST', '/tickets/:number/messages', { text: '  ' }, '/text'],
    ['POST', '/tickets/:number/messages', { text: 'x', to: ['nobody'] }, '/to/0'],
    ['POST', '/tickets/:number/messages', { text: 'x', holdSeconds: 601 }, '/holdSeconds'],
    ['POST', '/tickets/:number/notes', { text: '' }, '/text'],
    ['POST', '/tickets/:number/watchers', {}, '/userId'],
    ['POST', '/tickets/:number/links', { number: 1, kind: 'likes' }, '/kind'],
    ['GET', '/tickets?view=none', undefined, '/query/view'],
    ['GET', '/users?limit=1000', undefined, '/query/limit'],
    ['GET', '/outbox?state=lost', undefined, '/query/state'],
    ['GET', '/tickets/:number/messages?limit=0', undefined, '/query/limit'],
  ]
  for (const [method, path, body, pointer] of wrong) {
    it(`${method} ${path} says that ${pointer} is wrong`, async () => {
      const answer = await desk.admin.client.request<Errors>(
        method,
        path.replace(':number', String(number)).replace(':department', it_.id),
        body,
      )
      assertProblem(answer, 400, 'request-invalid')
      assert.deepEqual(
        answer.body.errors.map((e) => e.pointer),
        [pointer],
      )
    })
  }

  const beyond = 2 ** 31
  const tooLarge: [method: string, path: string, body: unknown, pointer: string][] = [
    ['POST', '/tickets/:number/links', { number: beyond, kind: 'relates' }, '/number'],
    ['POST', '/tickets/bulk', { numbers: [beyond], change: { priority: 'low' } }, '/numbers/0'],
    ['PATCH', '/tickets/:number', { priority: 'low', expectedVersion: beyond }, '/expectedVersion'],
    ['GET', '/tickets/:number/as-of?version=99999999999999', undefined, '/query/version'],
    ['GET', `/time?ticket=${beyond}`, undefined, '/query/ticket'],
    ['POST', '/notifications/read', { ticketNumber: beyond }, '/ticketNumber'],
  ]
  for (const [method, path, body, pointer] of tooLarge)
    it(`${method} ${path} takes no number at ${pointer} that there cannot be`, async () => {
      const address = path.replace(':number', String(number))
      const answer = await desk.admin.client.request(method, address, body)
      assertProblem(answer, 400, 'request-invalid', pointer)
    })

  it('an amount that is none is said to be so, with one that is', async () => {
    const fields: [path: string, body: object, pointer: string, example: number][] = [
      ['/assets', { name: 'Chair', type: 'Chair', price: '1.249,00' }, '/price', 1249],
      [
        '/approval-rules',
        { currency: 'EUR', fromAmount: '1,5', stages: [] },
        '/fromAmount',
        1234.5,
      ],
    ]
    for (const [path, body, pointer, example] of fields) {
      const { errors = [] } = assertProblem(
        await desk.admin.client.request('POST', path, body),
        400,
        'request-invalid',
      )
      const { code, values } = errors.find((one) => one.pointer === pointer) ?? {}
      assert.deepEqual([code, values], ['unclearNumber', { example }])
    }
  })

  it('a cursor with a number that there cannot be belongs to no page', async () => {
    const at = '2026-01-01T00:00:00.000Z'
    const lists: [path: string, keys: unknown[]][] = [
      ['/tickets', [at, beyond, 1]],
      [`/tickets/${number}/messages`, [at, beyond, 1]],
      [`/tickets/${number}/notes`, [at, 1, beyond]],
      [`/tickets/${number}/events`, [beyond]],
      [`/tickets/${number}/tasks`, [beyond]],
    ]
    for (const [path, keys] of lists) {
      const cursor = Buffer.from(JSON.stringify(keys)).toString('base64url')
      const answer = await desk.admin.client.request('GET', `${path}?cursor=${cursor}`)
      assertProblem(answer, 400, 'cursor-invalid')
    }
  })

  it('a body that is no JSON, or none at all, is said to be so', async () => {
    const send = (body: string | undefined, type: string) =>
      fetch(`${desk.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': type },
        ...(body === undefined ? {} : { body }),
      })
    const code = async (response: Response) => [
      response.status,
      ((await response.json()) as { code: string }).code,
    ]
    assert.deepEqual(await code(await send('{"email":', 'application/json')), [
      400,
      'json-malformed',
    ])
    assert.deepEqual(await code(await send('', 'application/json')), [400, 'json-malformed'])
    assert.deepEqual(await code(await send('<x/>', 'application/xml')), [
      415,
      'media-type-unsupported',
    ])
    assert.deepEqual(
      await code(
        await send(
          JSON.stringify({ email: 'a@b.c', password: 'x'.repeat(5_000_000) }),
          'application/json',
        ),
      ),
      [413, 'too-large'],
    )
  })

  it('an address that leads nowhere is not found, whatever is asked of it', async () => {
    for (const path of [
      '/nothing',
      '/tickets/abc',
      '/tickets/0',
      '/tickets/99999999999',
      `/tickets/${number}/nothing`,
      '/departments/not-a-uuid',
      '/attachments/1',
      '/messages/x/source',
    ]) {
      assertProblem(await desk.admin.client.request('GET', path), 404, 'not-found')
    }
    assertProblem(await desk.admin.client.request('DELETE', '/departments/not-a-uuid'), 404)
  })

  it('an address with a character that no name can have leads nowhere', async () => {
    const { client } = desk.admin
    assertProblem(
      await client.request('PUT', '/contacts/aa%00b%40b.example', { name: 'Anna' }),
      404,
      'not-found',
    )
    assertProblem(await client.request('GET', '/contacts/aa%00b%40b.example'), 404, 'not-found')
    assertProblem(await client.request('GET', '/approval-links/a%00b'), 404, 'not-found')
  })

  it('an address that is too long is not repeated: it may hold a secret', async () => {
    const answer = await desk.client().request('GET', `/approval-links/${'secret'.repeat(200)}`)
    const { detail } = assertProblem(answer, 414, 'address-too-long')
    assert.doesNotMatch(detail, /secret/)
  })

  it('HTML nested too deeply is refused at once, and as deep as a mail may be it is taken', async () => {
    const send = (html: string) =>
      desk.admin.client.request('POST', `/tickets/${number}/messages`, { html })
    for (const part of ['<div>', '<li><p>', '<td><b>', '<a title="</a>">'])
      assertProblem(await send(`${part}x`.repeat(20_000)), 422, 'html-too-deep', '/html')
    const { status } = await send(`${'<li><p>'.repeat(200)}x`)
    assert.equal(status, 201)
  })

  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
  for (const headers of [undefined, { 'idempotency-key': 'deep' }])
    it(`a body nested without end is malformed${headers ? ', also one to be done once' : ''}`, async () => {
      for (const body of [
        deep,
        `{"x":${deep}}`,
        '{"x":'.repeat(50_000) + '1' + '}'.repeat(50_000),
      ]) {
        const answer = await desk.admin.client.fetch(
          'POST',
          `/tickets/${number}/notes`,
          undefined,
          {
            headers: { 'content-type': 'application/json', ...headers },
            body,
          },
        )
        const problem = (await answer.json()) as Problem
        assert.deepEqual([answer.status, problem.code], [400, 'json-too-deep'])
      }
    })

  it('what a ticket refuses is a conflict, in the words of its rule', async () => {
    await desk.admin.client.patch(`/tickets/${number}`, { status: 'open' })
    assertProblem(
      await desk.admin.client.request('PATCH', `/tickets/${number}`, { status: 'new' }),
      409,
      'status-not-new-again',
    )
    assertProblem(
      await desk.admin.client.request('POST', `/tickets/${number}/links`, {
        number,
        kind: 'relates',
      }),
      422,
      'link-to-itself',
    )
    const { version } = await desk.admin.client.get<{ version: number }>(`/tickets/${number}`)
    assertProblem(
      await desk.admin.client.request('PATCH', `/tickets/${number}`, {
        priority: 'low',
        expectedVersion: version - 1,
      }),
      409,
      'version-outdated',
    )
  })

  it('what a change names must exist, and nothing of a change is done when a part of it cannot be', async () => {
    const missing = '00000000-0000-4000-8000-000000000000'
    for (const [change, code, pointer] of [
      [{ ownerId: missing }, 'person-without-access', '/ownerId'],
      [{ categoryId: missing }, 'category-not-found', '/categoryId'],
      [{ departmentId: missing }, 'department-not-found', '/departmentId'],
    ] as const) {
      const answer = await desk.admin.client.request<Errors>('PATCH', `/tickets/${number}`, {
        ...change,
        priority: 'urgent',
      })
      assertProblem(answer, 422, code)
      assert.deepEqual(
        answer.body.errors.map((e) => e.pointer),
        [pointer],
      )
    }
    assert.equal(
      (await desk.admin.client.get<{ priority: string }>(`/tickets/${number}`)).priority,
      'normal',
    )
  })

  it('a reply to nobody but ourselves is refused, and leaves nothing behind', async () => {
    await desk.admin.client.post('/mailboxes', { address: 'it@desk.example', departmentId: it_.id })
    assertProblem(
      await desk.admin.client.request('POST', `/tickets/${number}/messages`, {
        text: 'Echo',
        to: ['it@desk.example'],
      }),
      422,
      'reply-without-recipient',
    )
    const { rows } = await desk.pool.query(`SELECT 1 FROM message WHERE text LIKE 'Echo%'`)
    assert.equal(rows.length, 0)
  })

  it('text that no database can hold is taken as it can be held', async () => {
    const note = await desk.admin.client.post<{ text: string }>(`/tickets/${number}/notes`, {
      text: 'a\u0000b\ud800c 😀',
    })
    assert.equal(note.text, 'ab\uFFFDc 😀')
  })
})

describe('when what stands behind is away', () => {
  it('Temporal: reading goes on, and a command says that it is not known whether it was done', async () => {
    const away = new ProblemError(503, 'temporal-unreachable', 'Temporal does not answer.', {
      retryAfter: 10,
    })
    const state = { away: false }
    const desk = await ApiDesk.open({
      workflows: (pool) => {
        const near = projectedWorkflows(pool)
        return {
          ...near,
          execute: (...args) => (state.away ? Promise.reject(away) : near.execute(...args)),
        }
      },
      temporal: {
        ...wellTemporal,
        queue: async () => {
          if (state.away) throw away
          return { askedAgo: 1, oldestTask: 0 }
        },
      },
    })
    const worker = new ProcessBeat(desk.bounded, 'worker', SECRET_KEYS)
    worker.start()
    try {
      const { number } = await desk.mailTicket(await desk.department('IT'))
      state.away = true
      const answer = await desk.admin.client.request('PATCH', `/tickets/${number}`, {
        status: 'open',
      })
      assertProblem(answer, 503, 'temporal-unreachable')
      assert.equal(answer.headers.get('retry-after'), '10')
      assert.equal((await desk.admin.client.request('GET', `/tickets/${number}`)).status, 200)
      await eventually('Temporal alone is missed', async () => {
        const { status, body } = await desk.admin.client.request<{
          checks: { name: string; ok: boolean }[]
        }>('GET', '/readyz')
        assert.equal(status, 503)
        assert.deepEqual(
          body.checks.filter((c) => !c.ok).map((c) => c.name),
          ['temporal'],
        )
        return true
      })
    } finally {
      await worker.stop()
      await desk.close()
    }
  })

  it('the database: every request says so and when to come back, and works again when it is there again', async () => {
    const desk = await ApiDesk.open()
    const server = new URL(desk.databaseUrl)
    const name = server.pathname.slice(1)
    server.pathname = '/postgres'
    const root = new pg.Client({ connectionString: server.href })
    await root.connect()
    const allow = async (yes: boolean): Promise<void> => {
      await root.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${yes}`)
      if (!yes)
        await root.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
          [name],
        )
    }
    try {
      await allow(false)
      const answer = await desk.admin.client.request('GET', '/tickets')
      assertProblem(answer, 503, 'database-unreachable')
      assert.ok(Number(answer.headers.get('retry-after')) > 0)
      assert.equal((await desk.client().request('GET', '/healthz')).status, 200)
      assert.equal((await desk.client().request('GET', '/readyz')).status, 503)
      await allow(true)
      assert.equal((await desk.admin.client.request('GET', '/tickets')).status, 200)
    } finally {
      await allow(true)
      await root.end()
      await desk.close()
    }
  })
})
