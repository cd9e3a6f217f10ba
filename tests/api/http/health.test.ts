import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { z } from 'zod'
import { ProcessBeat } from '../../../application/health/process-beat.ts'
import type { AlertTest, HealthReport, readiness } from '../../../domain/health/contract.ts'
import type { Hanging } from '../../../domain/health/work-in-hand.ts'
import { eventually } from '../../harness/eventually.ts'
import { ApiDesk, wellTemporal, SECRET_KEYS } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

type Readiness = z.infer<typeof readiness>

describe('what operators ask', () => {
  let desk: ApiDesk

  let worker: ProcessBeat
  let reported = true
  const waiting = { tasks: 0, oldest: 0 }
  const hanging: Record<string, Hanging> = {}

  before(async () => {
    desk = await ApiDesk.open({
      temporal: {
        ...wellTemporal,
        reportsProblems: () => Promise.resolve(reported),
        waiting: (queue) =>
          Promise.resolve(queue === 'deliveries' ? waiting : { tasks: 0, oldest: 0 }),
      },
    })
    worker = new ProcessBeat(desk.bounded, 'worker', SECRET_KEYS, undefined, () => ({
      slots: { workflows: 1, mailboxes: 2, deliveries: 6, notifications: 0, errands: 0 },
      accounts: { 'it-out@mail.example:587': 6 },
      hanging,
    }))
    await worker.beat()
    worker.start()
  })
  after(async () => {
    await worker?.stop()
    await desk?.close()
  })

  for (const prefix of ['', '/api/v1']) {
    it(`${prefix}/healthz says that the process is alive`, async () => {
      assert.deepEqual((await desk.client().request('GET', `${prefix}/healthz`)).body, {
        status: 'alive',
      })
    })

    it(`${prefix}/readyz names database, Temporal, workers and each mailbox`, async () => {
      const { status, body } = await desk.client().request<Readiness>('GET', `${prefix}/readyz`)
      assert.deepEqual(
        [status, body.ready, body.checks.map((c) => c.name).slice(0, 3)],
        [200, true, ['database', 'temporal', 'workers']],
      )
    })
  }

  it('a mailbox that fails is named, and the desk stays in service', async () => {
    const it_ = await desk.department('IT')
    const { id } = await desk.admin.client.post<{ id: string }>('/mailboxes', {
      address: 'it@desk.example',
      departmentId: it_.id,
      imap: { host: 'h', user: 'u', password: 'p' },
    })
    await desk.pool.query(
      `UPDATE mailbox SET status = 'failed', last_error = '"password refused"', failing_since = now() - interval '1 minute' WHERE id = $1`,
      [id],
    )
    const { status, body } = await eventually('the mailbox is named', async () => {
      const answer = await desk.client().request<Readiness>('GET', '/readyz')
      return answer.body.checks.some(({ name }) => name === 'mailboxes it@desk.example') && answer
    })
    const named = body.checks.find(({ name }) => name === 'mailboxes it@desk.example')
    assert.deepEqual([status, body.ready, named?.ok, named?.state], [200, true, false, 'attention'])
    assert.match(named?.detail ?? '', /cannot be read.*password refused.*Settings →/)
    // To the world it is a mailbox, and what its server says is nobody's business.
    for (const forwarded of ['203.0.113.9', '10.0.0.1, 203.0.113.9', 'nonsense']) {
      const told = await fetch(`${desk.url}/readyz`, { headers: { 'x-forwarded-for': forwarded } })
      const outside = (await told.json()) as Readiness
      assert.deepEqual([told.status, outside.ready], [200, true])
      assert.doesNotMatch(JSON.stringify(outside), /desk\.example|password/)
      const mailboxes = outside.checks.filter(({ name }) => name.startsWith('mailboxes'))
      assert.deepEqual(
        mailboxes.map(({ name, reason, state, values }) => [name, reason, state, values]),
        [['mailboxes', 'mailbox-failing', 'attention', {}]],
      )
    }
    const { body: report } = await desk.admin.client.request<HealthReport>('GET', '/health')
    assert.equal(report.state, 'attention')
    assert.deepEqual(
      report.checks
        .flatMap(({ findings }) => findings)
        .map(({ reason, subject, detail }) => [reason, subject, detail]),
      [['mailbox-failing', 'it@desk.example', 'password refused']],
    )
  })

  it('an account that takes mail and says nothing is named after a minute, with how many messages wait for its word', async () => {
    const told = async () => {
      const { body } = await desk.admin.client.request<HealthReport>('GET', '/health')
      return body.checks
        .find(({ code }) => code === 'senders')
        ?.findings.find(({ reason }) => reason === 'sender-hanging')
    }
    hanging['it-out@mail.example:587'] = { count: 6, since: Date.now() - 70_000 }
    hanging['hr-out@mail.example:587'] = { count: 1, since: Date.now() + 600_000 }
    const { subject, state, values } = await eventually('it is told', told)
    assert.deepEqual(
      [subject, state, values],
      ['it-out@mail.example:587', 'attention', { count: 6 }],
    )
    for (const account of Object.keys(hanging)) delete hanging[account]
    await eventually('it is over', async () => (await told()) === undefined)
  })

  it('only admins see it', async () => {
    const agent = await desk.person('Gus Agent', 'agent')
    assertProblem(await agent.client.request('GET', '/health'), 403, 'not-allowed')
  })

  it('/metrics has figures of requests, mails, messages and the process', async () => {
    const it_ = (
      await desk.admin.client.get<{ items: { id: string; name: string }[] }>('/departments')
    ).items[0]!
    const { number } = await desk.mailTicket(it_ as never)
    const figures = () => desk.client().request<string>('GET', '/metrics')
    // Of the whole process, which may have answered the same before.
    const answered = (text: string) =>
      Number(
        /guichet_http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/tickets\/:number\/messages",status="201"\} (\d+)/.exec(
          text,
        )?.[1] ?? 0,
      )
    const before = answered((await figures()).body)
    await desk.admin.client.post(`/tickets/${number}/messages`, { text: 'Hello' })
    const { body, headers } = await figures()
    assert.equal(answered(body), before + 1)
    assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0.0.4/)
    for (const line of [
      /guichet_outbound_messages\{state="queued"\} 1/,
      /guichet_tickets\{status="open"\} 1/,
      /guichet_mailboxes\{status="failed"\} 1/,
      /guichet_oldest_waiting_mail_seconds 0/,
      /process_resident_memory_bytes \d+/,
      /guichet_open_streams 0/,
    ])
      assert.match(body, line)
    assert.doesNotMatch(body, new RegExp(`tickets/${number}`), 'addresses are no labels')
  })

  it('a ticket that cannot go on is told with how many and since when, and that nobody looks for what was left behind', async () => {
    await desk.pool.query(
      `INSERT INTO stuck_ticket (ticket_number, run_id, since, renewals, renewed_at, well_at) VALUES
         (1, 'run', now() - interval '10 minutes', 2, now() - interval '1 minute', null),
         (2, 'run', now() - interval '2 hours', 1, now() - interval '1 hour', now())`,
    )
    await desk.pool.query(
      `INSERT INTO setting (key, value) VALUES ('temporalMark', jsonb_build_object('workflowId', 'reconcile', 'runId', 'run', 'at', $1::text))`,
      [new Date(Date.now() - 600_000).toISOString()],
    )
    const figures = await eventually('the figures say so', async () => {
      const { body } = await desk.client().request<string>('GET', '/metrics')
      return body.includes('reason="tickets-stuck"') && body
    })
    assert.match(figures, /guichet_stuck_tickets 1\n/)
    assert.match(figures, /guichet_renewed_tickets 2\n/)
    assert.match(figures, /reason="tickets-stuck",subject=""\} [6-9]\d\d/)
    assert.match(figures, /reason="reconcile-silent",subject=""\} [6-9]\d\d/)
    await desk.pool.query(
      `UPDATE ticket SET timer_at = now() - interval '10 minutes' WHERE number = (SELECT max(number) FROM ticket)`,
    )
    const late = await eventually('that one is late', async () => {
      const { body } = await desk.client().request<string>('GET', '/metrics')
      return body.includes('reason="tickets-behind"') && body
    })
    assert.match(late, /guichet_behind_tickets 1\n/)
    await desk.pool.query('UPDATE ticket SET timer_at = null')
    await desk.pool.query('UPDATE stuck_ticket SET well_at = now()')
    await eventually('and that all are well', async () => {
      const { body } = await desk.client().request<string>('GET', '/metrics')
      return (
        !/tickets-(stuck|behind)/.test(body) &&
        body.includes('guichet_stuck_tickets 0\n') &&
        body.includes('guichet_behind_tickets 0\n')
      )
    })
  })

  it('what the workers have in hand is told by queue and account, and what waits for a slot of theirs', async (t) => {
    t.after(() => Object.assign(waiting, { tasks: 0, oldest: 0 }))
    Object.assign(waiting, { tasks: 7, oldest: 200 })
    const { findings } = await eventually('it is told', async () => {
      const { body } = await desk.admin.client.request<HealthReport>('GET', '/health')
      const check = body.checks.find(({ code }) => code === 'slots')
      return check?.state === 'attention' && check
    })
    assert.deepEqual(
      findings.map(({ reason, subject, values }) => [reason, subject, values]),
      [['work-waiting', 'deliveries', { count: 7 }]],
    )
    const { body } = await desk.client().request<string>('GET', '/metrics')
    for (const line of [
      /guichet_slots_in_use\{queue="deliveries"\} 6/,
      /guichet_slots_in_use\{queue="mailboxes"\} 2/,
      /guichet_waiting_tasks\{queue="deliveries"\} 7/,
      /guichet_account_messages\{account="it-out@mail\.example:587"\} 6/,
      /guichet_changes_under_way \d/,
      /guichet_changes_waiting \d/,
      /guichet_changes_refused_total \d/,
    ])
      assert.match(body, line)
  })

  it('a Temporal server that does not report tickets that cannot go on is told, and what to set', async (t) => {
    t.after(() => (reported = true))
    const told = async (): Promise<boolean> => {
      const { body } = await desk.client().request<string>('GET', '/metrics')
      return body.includes('reason="stuck-unreported"')
    }
    reported = false
    await eventually('it is told', told)
    const { status, body } = await desk.client().request<Readiness>('GET', '/readyz')
    assert.deepEqual([status, body.ready], [200, true])
    const { checks } = await desk.admin.client.get<HealthReport>('/health')
    assert.ok(
      checks.some(({ findings }) => findings.some(({ reason }) => reason === 'stuck-unreported')),
    )
    reported = true
    await eventually('and no more once it does', async () => !(await told()))
  })

  it('who is told is set by admins, the secret of the webhook is never shown, and belongs to its host', async () => {
    const { client } = desk.admin
    const agent = await desk.person('Una Agent', 'agent')
    assertProblem(await agent.client.request('GET', '/health/alerts'), 403, 'not-allowed')
    const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
    const shown = {
      addresses: ['ops@desk.example'],
      language: 'fr',
      webhook: { url: 'http://127.0.0.1:9/guichet' },
      repeatAfter: 4,
    }
    const put = (webhook: object | null) =>
      client.request('PUT', '/health/alerts', { ...shown, webhook })
    assertProblem(await put(shown.webhook), 422, 'webhook-secret-needed')
    assert.deepEqual((await put({ ...shown.webhook, secret })).body, shown)
    assert.deepEqual((await put({ url: 'http://127.0.0.1:9/other' })).status, 200)
    assertProblem(await put({ url: 'http://127.0.0.1:8/guichet' }), 422, 'webhook-secret-needed')
    for (const url of [
      'http://name:word@a.example/',
      'ftp://a.example',
      'javascript:alert(1)',
      'nonsense',
    ])
      assertProblem(await put({ url, secret }), 400, 'request-invalid')
    const { rows } = await desk.pool.query<{ value: string }>(
      `SELECT value::text FROM setting WHERE key = 'healthAlerts'`,
    )
    assert.doesNotMatch(rows[0]?.value ?? '', new RegExp(secret.slice(6, 20)))
    const { body } = await client.request<AlertTest>('POST', '/health/alerts/test')
    assert.deepEqual(
      body.map(({ channel, ok, explanation }) => [channel, ok, explanation[0]?.code]),
      [
        ['mail', false, 'alert-without-sender'],
        ['webhook', false, 'webhook-unreachable'],
      ],
    )
  })

  it('tables that are locked or not there stop the desk: it is red until they are back', async () => {
    const reason = async (): Promise<unknown> => {
      const { body } = await desk.client().request<Readiness>('GET', '/readyz')
      return body.ready ? null : body.checks.find(({ name }) => name === 'database')?.reason
    }
    await desk.pool.query('ALTER TABLE ticket_event RENAME TO ticket_event_away')
    await eventually('it is red', async () => (await reason()) === 'database-outdated')
    await desk.pool.query('ALTER TABLE ticket_event_away RENAME TO ticket_event')
    await eventually('it is green', async () => (await reason()) === null)
    // Whoever asks meanwhile is told when to come back, and what was sent is done once.
    const client = desk.admin.client
    const headers = { 'idempotency-key': 'while-a-table-is-away' }
    const create = async () => {
      const answer = await client.fetch('POST', '/departments', { name: 'Late' }, { headers })
      return { status: answer.status, headers: answer.headers, body: await answer.json() }
    }
    await desk.pool.query('ALTER TABLE department RENAME TO department_away')
    for (const answer of [await client.request('GET', '/departments'), await create()]) {
      assertProblem(answer, 503, 'database-outdated')
      assert.ok(Number(answer.headers.get('retry-after')) >= 10)
    }
    await desk.pool.query('ALTER TABLE department_away RENAME TO department')
    const made = await create()
    assert.equal(made.status, 201)
    assert.deepEqual((await create()).body, made.body)
    await eventually('it is green', async () => (await reason()) === null)
    const locking = await desk.pool.connect()
    await locking.query('BEGIN; LOCK TABLE ticket IN ACCESS EXCLUSIVE MODE')
    await eventually('it is red', async () => (await reason()) === 'database-silent')
    await locking.query('ROLLBACK')
    locking.release()
    await eventually('it is green', async () => (await reason()) === null)
  })

  it('/metrics is not for the world', async () => {
    const answer = await fetch(`${desk.url}/metrics`, {
      headers: { 'x-forwarded-for': '203.0.113.9' },
    })
    assertProblem(
      { status: answer.status, headers: answer.headers, body: await answer.json() },
      403,
      'not-allowed',
    )
  })
})
