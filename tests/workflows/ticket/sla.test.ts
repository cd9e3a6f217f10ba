import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { CommandName, CommandPayload } from '../../../domain/commands.ts'
import type { SlaPlan } from '../../../domain/sla/plan.ts'
import type { Actor } from '../../../domain/vocabulary.ts'
import { raiseSlaRevision } from '../../../application/sla/settings.ts'
import { replanByNewSettings, SLA_REPLAN } from '../../../application/sla/replan-workflow.ts'
import { TASK_QUEUE } from '../../../platform/temporal/connection.ts'
import { owedJobs } from '../../../activities/projection/ticket-jobs.ts'
import { agent, outgoing, received, requester } from '../../domain/given.ts'
import { slaPlan, slaRule } from '../../domain/sla/given.ts'
import { eventually } from '../../harness/eventually.ts'
import { withoutTestServer } from '../../harness/needs.ts'
import { startTicketWorker, type TicketWorker } from './worker.ts'

/**
 * Service levels and waiting as durable timers, on the time-skipping server, with the real
 * projection.
 */
describe('service levels in the ticket workflow', { skip: withoutTestServer }, () => {
  let tickets: TicketWorker
  const sam = { id: randomUUID(), name: 'Sam', email: 'sam@desk.example' }
  let away = false

  before(async () => {
    tickets = await startTicketWorker({
      jobs: ({ writeReminder }) => ({
        writeReminder: (job) =>
          away ? Promise.reject(new Error('the database is away')) : writeReminder(job),
      }),
    })
    await tickets.person(sam)
  })
  after(() => tickets?.stop())

  const send = <N extends CommandName>(
    number: number,
    name: N,
    payload: CommandPayload<N>,
    actor: Actor = agent,
  ) =>
    tickets.execute({ number, resume: true }, name, {
      id: randomUUID(),
      actor,
      payload,
    })

  async function open(plan: SlaPlan | null): Promise<number> {
    const number = await tickets.open()
    if (plan) await send(number, 'setSlaPlan', { plan }, { kind: 'system', name: 'Guichet' })
    return number
  }
  const answer = (number: number, status: 'open' | 'waiting') =>
    send(number, 'reply', { ...outgoing(), messageId: randomUUID(), status })
  const requesterAnswers = (number: number) =>
    send(number, 'mailReceived', { message: { ...received(), messageId: randomUUID() } }, requester)

  const column = (number: number, name: string) => tickets.column(number, name)
  const owed = (number: number) => owedJobs(tickets.db, number)
  const count = async (number: number, type: string): Promise<number> =>
    (await tickets.history(number)).filter((t) => t === type).length

  it('warns and notes the miss at their times, and tells the department of a ticket that nobody owns', async () => {
    const number = await open(
      slaPlan({ rules: [slaRule({ firstResponse: 600, escalatePriority: 'high' })] }),
    )
    assert.notEqual(await column(number, 'due_at'), null)
    await tickets.sleep('8 hours')
    await eventually('slaTargetNear once', async () => (await count(number, 'slaTargetNear')) === 1)
    assert.equal(await count(number, 'slaTargetBreached'), 0)
    await tickets.sleep('3 hours')
    await eventually(
      'slaTargetBreached once',
      async () => (await count(number, 'slaTargetBreached')) === 1,
    )
    assert.equal(await column(number, 'priority'), 'high')
    const { rows } = await tickets.db.pool.query(
      'SELECT kind, user_id FROM notification WHERE ticket_number = $1 ORDER BY kind',
      [number],
    )
    assert.deepEqual(rows, [
      { kind: 'slaBreached', user_id: sam.id },
      { kind: 'slaWarning', user_id: sam.id },
    ])
  })

  it('stops its timers while the requester is waited for, and starts them again with what was left', async () => {
    const number = await open(slaPlan({ rules: [slaRule({ resolution: 600 })] }))
    await answer(number, 'waiting')
    assert.equal(await column(number, 'due_at'), null)
    await tickets.sleep('2 days')
    assert.equal(await count(number, 'slaTargetNear'), 0)
    await requesterAnswers(number)
    await tickets.sleep('7 hours')
    assert.equal(await count(number, 'slaTargetNear'), 0)
    await tickets.sleep('4 hours')
    await eventually(
      'slaTargetBreached once',
      async () => (await count(number, 'slaTargetBreached')) === 1,
    )
  })

  it('is planned anew by another priority', async () => {
    const number = await open(
      slaPlan({
        rules: [slaRule({ resolution: 60 }), slaRule({ priority: 'low', resolution: 6000 })],
      }),
    )
    await send(number, 'changePriority', { priority: 'low' })
    await tickets.sleep('3 hours')
    assert.equal(await count(number, 'slaTargetBreached'), 0)
  })

  it('reminds the requester, closes the ticket and sends each mail once', async () => {
    const number = await open(
      slaPlan({
        waiting: [
          { departmentId: tickets.department.id, reminders: [3 * 1440], closeAfter: 10 * 1440 },
        ],
      }),
    )
    await answer(number, 'waiting')
    await tickets.sleep('4 days')
    await eventually('reminderDue once', async () => (await count(number, 'reminderDue')) === 1)
    await eventually('messageSent twice', async () => (await count(number, 'messageSent')) === 2)
    const {
      rows: [reminder],
    } = await tickets.db.pool.query<{ text: string; flags: string[]; automatic: boolean }>(
      `SELECT text, flags, automatic FROM message WHERE ticket_number = $1 AND 'reminder' = ANY(flags)`,
      [number],
    )
    assert.match(reminder?.text ?? '', /waiting for your answer/)
    assert.equal(reminder?.automatic, true)
    await tickets.sleep('7 days')
    await eventually('status closed', async () => (await column(number, 'status')) === 'closed')
    await eventually(
      'messageSent three times',
      async () => (await count(number, 'messageSent')) === 3,
    )
    assert.equal(await count(number, 'messageQueued'), 3)
    await requesterAnswers(number)
    assert.equal(await column(number, 'status'), 'open')
  })

  it('writes no reminder to somebody who has answered meanwhile', async () => {
    const number = await open(
      slaPlan({
        waiting: [{ departmentId: tickets.department.id, reminders: [1440], closeAfter: null }],
      }),
    )
    away = true
    await answer(number, 'waiting')
    await tickets.sleep('2 days')
    await eventually('reminderDue once', async () => (await count(number, 'reminderDue')) === 1)
    await requesterAnswers(number)
    away = false
    // The next attempt may be an hour away by now.
    await tickets.sleep('2 hours')
    await eventually('nothing is owed', async () => (await owed(number)).length === 0)
    assert.equal(await count(number, 'messageQueued'), 1)
    const { rowCount } = await tickets.db.pool.query(
      `SELECT 1 FROM message WHERE ticket_number = $1 AND 'reminder' = ANY(flags)`,
      [number],
    )
    assert.equal(rowCount, 0)
  })

  it('brings a snoozed ticket back at its time', async () => {
    const number = await open(null)
    const now = await tickets.now()
    await send(
      number,
      'snooze',
      { until: new Date(now + 86_400_000).toISOString() },
      { kind: 'agent', id: sam.id, name: sam.name },
    )
    assert.equal(await column(number, 'snoozed'), true)
    await tickets.sleep('25 hours')
    await eventually('the snooze ended', async () => (await column(number, 'snoozed')) === false)
    const { rows } = await tickets.db.pool.query(
      'SELECT kind FROM notification WHERE ticket_number = $1 AND user_id = $2',
      [number, sam.id],
    )
    assert.ok(rows.some((r: { kind: string }) => r.kind === 'snoozeEnded'))
  })

  it('gets its settings when they change, and from then on when it is new or open again', async () => {
    const number = await open(null)
    assert.equal(await column(number, 'sla_revision'), 0, 'nothing was ever set up')
    const change = async (sql: string, values: unknown[] = []): Promise<void> => {
      await tickets.db.pool.query(sql, values)
      await raiseSlaRevision(tickets.db)
      await replanByNewSettings(tickets.client)
      await tickets.client.workflow.getHandle(SLA_REPLAN).result()
    }
    await change(`INSERT INTO service_level (id, name, resolution) VALUES ($1, 'All', 60)`, [
      randomUUID(),
    ])
    const first = (await column(number, 'due_at')) as Date
    assert.ok(first)
    await change('UPDATE service_level SET resolution = 120')
    assert.equal(((await column(number, 'due_at')) as Date).getTime() - first.getTime(), 3_600_000)
    const other = await open(null)
    await eventually('the new one has its due time', async () => column(other, 'due_at'))
    await send(other, 'changeStatus', { status: 'closed', reason: 'agent' })
    await change('UPDATE service_level SET resolution = 180')
    assert.equal(await column(other, 'sla_revision'), 2, 'closed tickets are left alone')
    await send(other, 'changeStatus', { status: 'open', reason: 'agent' })
    await eventually(
      'it is at the revision when it is open again',
      async () => (await column(other, 'sla_revision')) === 3,
    )
    // The mark and the job's end are two writes.
    await eventually('it owes nothing', async () => (await owed(other)).length === 0)
    await change('DELETE FROM service_level')
    assert.equal(await column(number, 'due_at'), null)
    await tickets.client.workflow.execute('slaReplanWorkflow', {
      taskQueue: TASK_QUEUE,
      workflowId: 'renewal',
      args: [{ renew: true }],
    })
    assert.equal(await column(number, 'sla_revision'), 5, 'every year anew')
  })
})
