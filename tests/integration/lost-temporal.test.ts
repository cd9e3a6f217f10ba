import type { Client, Connection } from '@temporalio/client'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { serverOf } from '../harness/needs.ts'
import type { HealthReport } from '../../domain/health/contract.ts'
import { TemporalServer } from './support/temporal-server.ts'

/** Temporal's store is lost, or replaced by an empty one; PostgreSQL is as it was. */
describe('a Temporal server that knows nothing any more', () => {
  let first: Guichet
  let second: Guichet | undefined
  const numbers: number[] = []

  before(async () => {
    first = await Guichet.start()
    const admin = await first.admin()
    const { id: departmentId } = await admin.post<{ id: string }>('/departments', {
      name: 'IT',
      acknowledge: false,
    })
    for (const subject of ['Waits', 'Solved', 'Closed']) {
      numbers.push(
        (
          await admin.post<{ number: number }>('/tickets', {
            departmentId,
            requester: { email: 'anna@client.example' },
            subject,
            text: 'Hello',
          })
        ).number,
      )
    }
    await admin.patch(`/tickets/${numbers[1]}`, { status: 'solved' })
    await admin.patch(`/tickets/${numbers[2]}`, { status: 'closed' })
    await first.kill('worker')
  })
  after(async () => {
    await second?.stop()
    await first?.stop()
  })

  it('is told of every ticket that is not closed, with its timers, and work goes on where it was', async (t) => {
    second = await Guichet.start({ databaseUrl: first.databaseUrl })
    const { client, connection } = await connectTemporal(
      serverOf('TEST_TEMPORAL_ADDRESS'),
      second.namespace,
    )
    t.after(() => connection.close())
    const details = async (number: number): Promise<string> =>
      (
        await client.workflow
          .getHandle(ticketWorkflowId(number))
          .query<{ currentDetails?: string }>('__temporal_workflow_metadata')
      ).currentDetails ?? ''
    await eventually('the solved ticket waits for its closing again', async () =>
      /closes at/.test(await details(numbers[1]!).catch(() => '')),
    )
    await eventually('the open ticket lives again', async () =>
      /Status: \*\*new/.test(await details(numbers[0]!).catch(() => '')),
    )
    await assert.rejects(
      client.workflow.getHandle(ticketWorkflowId(numbers[2]!)).describe(),
      /not found/i,
    )
    const admin = await second.admin()
    const changed = await admin.patch<{ priority: string }>(`/tickets/${numbers[0]}`, {
      priority: 'urgent',
    })
    assert.equal(changed.priority, 'urgent')
  })
})

/** Something was killed, and the machine may be busy. Milliseconds. */
const LONG = 300_000

/** Nothing is started again but Temporal itself. */
describe('workers and APIs that stay up while Temporal loses what it knows', () => {
  let temporal: TemporalServer
  let guichet: Guichet | undefined
  let client: Client
  let connection: Connection | undefined
  const numbers: number[] = []

  before(async () => {
    temporal = await TemporalServer.start()
    guichet = await Guichet.start({
      namespace: 'default',
      env: { TEMPORAL_ADDRESS: temporal.address },
    })
    ;({ client, connection } = await connectTemporal(temporal.address, 'default'))
    const admin = await guichet.admin()
    const { id: departmentId } = await admin.post<{ id: string }>('/departments', {
      name: 'IT',
      acknowledge: false,
    })
    for (const subject of ['One', 'Two', 'Three']) {
      const requester = { email: 'anna@client.example' }
      const ticket = { departmentId, requester, subject, text: 'Hello' }
      numbers.push((await admin.post<{ number: number }>('/tickets', ticket)).number)
    }
  })
  after(async () => {
    await connection?.close()
    await guichet?.stop()
    await temporal?.remove()
  })

  const scheduled = (): Promise<boolean> =>
    client.schedule
      .getHandle('reconcile')
      .describe()
      .then(
        () => true,
        () => false,
      )
  const reasons = async (): Promise<string[]> => {
    const report = await (await guichet!.admin()).get<HealthReport>('/health')
    return report.checks.flatMap(({ findings }) => findings.map(({ reason }) => reason))
  }

  it('are told nothing of its store when it was only away', async () => {
    await temporal.kill()
    await temporal.start()
    const admin = await guichet!.admin()
    await admin.patch(`/tickets/${numbers[1]}`, { priority: 'urgent' })
    await eventually(
      'what was asked is done',
      async () =>
        (await admin.get<{ priority: string }>(`/tickets/${numbers[1]}`)).priority === 'urgent',
      LONG,
    )
    assert.ok(guichet!.lines.some((line) => line.includes('the runs in memory are forgotten')))
    assert.deepEqual(
      guichet!.lines.filter((line) => line.includes('store was put back')),
      [],
    )
  })

  it('find that its store was put back while a ticket was written: it goes on in the run that the store knows', async (t) => {
    const number = numbers[0]!
    const other = new pg.Client({ connectionString: guichet!.databaseUrl })
    await other.connect()
    t.after(() => other.end())
    const admin = await guichet!.admin()
    const note = (text: string): Promise<unknown> =>
      admin.post(`/tickets/${number}/notes`, { text })
    const notes = async (): Promise<number> => {
      const { rowCount } = await other.query(
        "SELECT FROM ticket_event WHERE ticket_number = $1 AND type = 'noteAdded'",
        [number],
      )
      return rowCount ?? 0
    }
    const ticket = client.workflow.getHandle(ticketWorkflowId(number))
    const { runId } = await ticket.describe()
    temporal.setAside()
    await note('Known to the worker, and not to the store')

    // A local activity is under way when the store is put back.
    await other.query('BEGIN')
    await other.query('LOCK TABLE ticket_event IN SHARE MODE')
    const written = note('Under way')
    await eventually('it waits for the lock', async () => {
      const { rowCount } = await other.query(
        "SELECT FROM pg_locks WHERE NOT granted AND relation = 'ticket_event'::regclass",
      )
      return (rowCount ?? 0) > 0
    })
    await temporal.goBack()
    await other.query('ROLLBACK')

    await written
    await note('After')
    await eventually('all is written, once', async () => (await notes()) === 3, LONG)
    assert.equal((await ticket.describe()).runId, runId, 'nobody had to give the run up')
    const { events } = await ticket.fetchHistory()
    assert.deepEqual(
      (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
        failed ? [failed.failure?.message] : [],
      ),
      [],
      'its history can be followed',
    )
    await eventually('the worker says so', () =>
      guichet!.lines.some((line) => line.includes('store was put back')),
    )
  })

  it('find that its store is empty: schedules, search attributes and every ticket’s workflow are there again', async () => {
    await temporal.lose()
    await eventually(
      'every ticket has its workflow',
      async () => {
        for (const number of numbers) {
          const { status, searchAttributes } = await client.workflow
            .getHandle(ticketWorkflowId(number))
            .describe()
          if (status.name !== 'RUNNING' || !searchAttributes['Department']) return false
        }
        return true
      },
      LONG,
    )
    await eventually('the schedule is there', scheduled, LONG)
    const admin = await guichet!.admin()
    await admin.patch(`/tickets/${numbers[0]}`, { priority: 'urgent' })
    await eventually(
      'what was asked is done',
      async () =>
        (await admin.get<{ priority: string }>(`/tickets/${numbers[0]}`)).priority === 'urgent',
      LONG,
    )
  })

  it('make the schedules again that find everything else, when somebody has deleted them', async () => {
    const both = ['reconcile', 'reconcile-every-ticket'].map((id) => client.schedule.getHandle(id))
    const made = (): Promise<number[]> =>
      Promise.all(both.map(async (one) => (await one.describe()).info.createdAt.getTime()))
    const before = await made()
    await Promise.all(both.map((one) => one.delete()))
    await eventually(
      'others are there',
      async () => (await made()).every((at, i) => at > before[i]!),
      LONG,
    )
  })

  it('say in Health that it is gone, for as long as no worker makes it', async () => {
    await guichet!.kill('worker')
    await client.schedule.getHandle('reconcile').delete()
    await eventually(
      'Health says so',
      async () => (await reasons()).includes('reconcile-unscheduled'),
      LONG,
    )
    await guichet!.startAll()
    await eventually(
      'Health has nothing to say of it any more',
      async () => !(await reasons()).includes('reconcile-unscheduled'),
      LONG,
    )
    assert.equal(await scheduled(), true)
  })
})
