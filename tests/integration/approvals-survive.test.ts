import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { simpleParser } from 'mailparser'
import type { Approval } from '../../domain/approvals/contract.ts'
import type { TicketEvent } from '../../domain/events.ts'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import type { ApiClient } from '../harness/api-client.ts'
import { eventually } from '../harness/eventually.ts'
import { freshNamespace, Guichet } from '../harness/guichet.ts'
import { SmtpPeer } from '../harness/smtp-peer.ts'
import { Audit } from './support/audit.ts'
import { TemporalServer } from './support/temporal-server.ts'

/**
 * From now until the timers are due, in the first attempt: everything is to be killed in between.
 * Where the machine needs longer, the next attempt has twice as long. Milliseconds.
 */
const TIMERS_DUE = 10_000
/** The shortest time before a deadline at which somebody is reminded. */
const QUARTER = 15 * 60_000
const TIMEOUT = 300_000

const BOSS = 'boss@client.example'
const DORA = 'dora@client.example'
const LEA = 'lea@client.example'

/**
 * Approvals wait for days. In between, machines crash: here worker and Temporal, with SIGKILL,
 * while timers are on their way.
 */
describe('approvals that wait while everything is killed', () => {
  let temporal: TemporalServer
  let peer: SmtpPeer
  let guichet: Guichet
  let audit: Audit
  let admin: ApiClient
  let ida: ApiClient
  let ticket = 0
  let reminded: Approval
  let escalated: Approval
  /** What they are about. */
  let screen = ''
  let chair = ''

  before(async () => {
    temporal = await TemporalServer.start()
    peer = await SmtpPeer.start()
    guichet = await Guichet.start({
      env: {
        TEMPORAL_ADDRESS: temporal.address,
        DEFAULT_SMTP_URL: peer.url,
        DEFAULT_FROM: 'Help <donotreply@help.example>',
      },
      namespace: await freshNamespace(temporal.address),
    })
    audit = Audit.open(guichet.databaseUrl)
    admin = await guichet.admin()
    const { id: departmentId } = await admin.post<{ id: string }>('/departments', {
      name: 'IT',
      acknowledge: false,
    })
    for (const name of ['ida', 'max'])
      await admin.post('/users', {
        email: `${name}@desk.test`,
        name,
        role: 'approver',
        password: 'correct horse battery',
      })
    ticket = (
      await admin.post<{ number: number }>('/tickets', {
        departmentId,
        requester: { email: 'anna@client.example' },
        subject: 'Laptop',
        text: 'Please.',
      })
    ).number
    ida = guichet.client()
    await ida.signIn('ida@desk.test', 'correct horse battery')
  })
  after(async () => {
    await audit?.close()
    await guichet?.stop()
    await peer?.stop()
    await temporal?.remove()
  })

  const ask = (subject: string, approvers: string[], more: object = {}): Promise<Approval> =>
    admin.post<Approval>(`/tickets/${ticket}/approvals`, {
      subject,
      stages: [{ rule: { kind: 'all' }, approvers: approvers.map((email) => ({ email })) }],
      remindHoursBefore: [],
      ...more,
    })
  const stand = ({ id }: Approval): Promise<Approval> =>
    admin.get<Approval>(`/tickets/${ticket}/approvals/${id}`)
  const events = async ({ id }: Approval): Promise<TicketEvent[]> =>
    (await admin.get<{ items: TicketEvent[] }>(`/tickets/${ticket}/events?limit=200`)).items.filter(
      ({ data }) => (data as { approvalId?: string }).approvalId === id,
    )
  /** Every mail about an approval that somebody got: subject, and the link in it. */
  const mailsTo = async (
    address: string,
    about: string,
  ): Promise<{ subject: string; link: string; id: string }[]> => {
    const parsed = await Promise.all(
      peer.mails.filter(({ to }) => to.includes(address)).map(({ raw }) => simpleParser(raw)),
    )
    return parsed
      .filter(({ subject = '' }) => subject.includes(about))
      .map(({ subject = '', text = '', messageId = '' }) => ({
        subject,
        id: messageId,
        link: /http:\S+\/approve\/([\w-]+)/.exec(text)?.[1] ?? '',
      }))
  }
  const linkOf = (address: string, about: string): Promise<string> =>
    eventually(
      `the mail to ${address}`,
      async () => (await mailsTo(address, about))[0]?.link,
      TIMEOUT,
    )
  const decide = (token: string, decision: 'approved' | 'refused', comment = '') =>
    guichet.client().request<{ code?: string }>('POST', `/approval-links/${token}/decision`, {
      decision,
      comment,
    })
  /** A worker that is there: the API takes a dead one for present for a while. */
  const workerAgain = async (): Promise<void> => {
    guichet.lines.splice(0)
    guichet.spawn('worker')
    await eventually(
      'the worker is back',
      () => guichet.lines.some((line) => line.includes('worker ready')),
      TIMEOUT,
    )
  }
  /** Nothing is left to be mailed. */
  const mailed = () =>
    eventually(
      'every notification is mailed',
      async () =>
        (await audit.count('notification WHERE mailed_at IS NULL AND due_at IS NOT NULL')) === 0,
      TIMEOUT,
    )

  /**
   * Asks, and kills worker and Temporal while the timers of what was asked are on their way.
   * @returns when these are due.
   */
  async function killedInBetween(): Promise<number> {
    for (let attempt = 1, lead = TIMERS_DUE; ; attempt++, lead *= 2) {
      const due = Date.now() + lead
      ;[screen, chair] = [`Screen ${attempt}.`, `Chair ${attempt}.`]
      try {
        reminded = await ask(screen, ['ida@desk.test', BOSS], {
          deadline: new Date(due + QUARTER).toISOString(),
          remindHoursBefore: [0.25],
        })
        escalated = await ask(chair, ['max@desk.test'], {
          deadline: new Date(due).toISOString(),
          deputy: { email: DORA },
        })
      } catch (error) {
        // A deadline that is over is refused.
        if (Date.now() < due) throw error
        continue
      }
      await mailed()
      await guichet.kill('worker')
      await temporal.kill()
      const inTime = Date.now() < due
      await temporal.start()
      if (inTime) return due
      await workerAgain()
    }
  }

  it('keep their timers when worker and Temporal die before these are due', async (t) => {
    const due = await killedInBetween()
    // The worker comes back when the timers are due already.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now())))
    assert.deepEqual(await mailsTo(DORA, chair), [], 'nobody was there to ask')
    guichet.spawn('worker')
    await eventually(
      'the reminder and the deputy',
      async () =>
        (await mailsTo(BOSS, screen)).length === 2 && (await mailsTo(DORA, chair)).length === 1,
      TIMEOUT,
    )
    const { client, connection } = await connectTemporal(temporal.address, guichet.namespace)
    t.after(() => connection.close())
    const { currentDetails = '' } = await client.workflow
      .getHandle(ticketWorkflowId(ticket))
      .query<{ currentDetails?: string }>('__temporal_workflow_metadata')
    assert.ok(
      currentDetails.includes(`waiting for ida, ${BOSS} until ${reminded.deadline ?? ''}`),
      currentDetails,
    )
  })

  it('mail each thing once, also when the worker dies once more', async () => {
    await mailed()
    await guichet.kill('worker')
    await workerAgain()
    await ask('A lamp', [LEA])
    await linkOf(LEA, 'A lamp')
    const subjects = async (address: string, about: string) =>
      (await mailsTo(address, about)).map(({ subject }) => subject)
    assert.deepEqual(await subjects(BOSS, screen), [
      `Please decide: ${screen}`,
      `Still waiting for you: ${screen}`,
    ])
    assert.deepEqual(await subjects('ida@desk.test', screen), [
      `Please decide: ${screen}`,
      `Still waiting for you: ${screen}`,
    ])
    assert.deepEqual(await subjects('max@desk.test', chair), [`Please decide: ${chair}`])
    assert.deepEqual(await subjects(DORA, chair), [`Please decide: ${chair}`])
    assert.deepEqual(
      (await events(escalated)).map(({ type }) => type),
      ['approvalAsked', 'approvalEscalated'],
    )
    assert.deepEqual(
      (await events(reminded)).map(({ type }) => type),
      ['approvalAsked', 'approvalReminded'],
    )
  })

  it('are decided by no look at them, whoever looks: link scanners, previews, prefetching browsers', async () => {
    const token = await linkOf(BOSS, screen)
    const before = (await events(reminded)).length
    const looks: [string, Record<string, string>][] = [
      ['GET', {}],
      ['HEAD', {}],
      ['GET', { purpose: 'prefetch', 'sec-purpose': 'prefetch;prerender' }],
      ['GET', { 'user-agent': 'Mozilla/5.0 (compatible; LinkScanner/1.0)' }],
      ['OPTIONS', {}],
    ]
    for (const [method, headers] of looks) {
      for (const path of [
        `/approve/${token}`,
        `/api/v1/approval-links/${token}`,
        `/api/v1/approval-links/${token}/decision`,
        `/api/v1/approval-links/${token}/decision?decision=approved`,
        `/api/v1/approval-links/${token}/delegation`,
      ]) {
        assert.ok(
          (await fetch(`${guichet.url}${path}`, { method, headers })).status < 500,
          `${method} ${path}`,
        )
      }
    }
    assert.equal((await events(reminded)).length, before)
  })

  it('count each person once: pressed twice, and by two at the same moment', async () => {
    const token = await linkOf(BOSS, screen)
    const answers = await Promise.all([
      decide(token, 'approved'),
      decide(token, 'approved'),
      ida.request('POST', `/tickets/${ticket}/approvals/${reminded.id}/decision`, {
        decision: 'approved',
      }),
      decide(token, 'approved'),
    ])
    assert.deepEqual(
      [answers[0], answers[1], answers[3]].map((answer) => answer?.status).sort(),
      [200, 410, 410],
    )
    assert.equal(answers[2].status, 200)
    assert.equal((await stand(reminded)).state, 'approved')
    const types = (await events(reminded)).map(({ type }) => type)
    assert.deepEqual(types.slice(2), ['approvalVoted', 'approvalVoted', 'approvalEnded'])
  })

  it('are decided by the deputy for those who were silent', async () => {
    assert.equal((await decide(await linkOf(DORA, chair), 'approved')).status, 200)
    assert.equal((await stand(escalated)).state, 'approved')
    assert.equal(
      (await decide(await linkOf('max@desk.test', chair), 'refused', 'No.')).body.code,
      'approval-ended',
    )
  })

  it('never hide a refusal behind an approval, in whatever order they arrive', async () => {
    for (let i = 0; i < 5; i++) {
      const about = `Order ${i}.`
      const approval = await ask(about, [BOSS, DORA, LEA])
      const [first, second, third] = [
        await linkOf(BOSS, about),
        await linkOf(DORA, about),
        await linkOf(LEA, about),
      ]
      assert.equal((await decide(first, 'approved')).status, 200)
      const refusing = (): ReturnType<typeof decide> => decide(second, 'refused', 'Too dear.')
      const early = i % 2 === 0 ? refusing() : null
      const [late, refusal] = await Promise.all([decide(third, 'approved'), early ?? refusing()])
      assert.equal(refusal.status, 200)
      assert.ok([200, 410].includes(late.status), String(late.status))
      const after = await stand(approval)
      assert.deepEqual(
        [
          after.state,
          after.votes
            .filter(({ decision }) => decision === 'refused')
            .map(({ comment }) => comment),
        ],
        ['refused', ['Too dear.']],
      )
      assert.deepEqual(
        (await events(approval))
          .filter(({ type }) => type === 'approvalEnded')
          .map(({ data }) => (data as { outcome: string }).outcome),
        ['refused'],
      )
    }
  })

  it('leave the history sound', () => audit.assertSound())
})
