import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { signalTicket } from '../../application/tickets/ticket-workflow.ts'
import type { Department } from '../../domain/people/contract.ts'
import type { TicketDetail } from '../../domain/tickets/contract.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import type { ApiClient } from '../harness/api-client.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { serverOf } from '../harness/needs.ts'

describe('a worker that is told to stop', () => {
  let guichet: Guichet
  let admin: ApiClient
  let pool: pg.Pool

  before(async () => {
    guichet = await Guichet.start()
    admin = await guichet.admin()
    pool = new pg.Pool({ connectionString: guichet.databaseUrl, max: 1 })
  })
  after(async () => {
    await pool?.end()
    await guichet?.stop()
  })

  const ends = (): string[] => guichet.lines.filter((line) => line.startsWith('worker-1 ended'))
  const failures = async (): Promise<number> =>
    (
      await pool.query<{ count: number }>(
        'SELECT xact_rollback::int AS count FROM pg_stat_database WHERE datname = current_database()',
      )
    ).rows[0]!.count

  it('stops also while what it does fails again and again; nothing of it is lost', async (t) => {
    const { id: departmentId } = await admin.post<Department>('/departments', { name: 'IT' })
    const { number } = await admin.post<TicketDetail>('/tickets', {
      subject: 'Printer',
      departmentId,
      requester: { email: 'anna@client.example' },
      text: 'It jams.',
    })
    await pool.query('ALTER TABLE ticket_event RENAME TO ticket_event_away')
    const { client, connection } = await connectTemporal(
      serverOf('TEST_TEMPORAL_ADDRESS'),
      guichet.namespace,
    )
    t.after(() => connection.close())
    await signalTicket(client, { number, resume: true }, 'changePriority', {
      id: 'while-nothing-can-be-written',
      actor: SYSTEM,
      payload: { priority: 'urgent' },
    })
    const before = await failures()
    await eventually('it fails again and again', async () => (await failures()) > before + 3)
    // The harness kills what has not stopped after 25 seconds.
    await guichet.kill('worker', 'SIGTERM')
    await pool.query('ALTER TABLE ticket_event_away RENAME TO ticket_event')
    // By itself between two attempts; at the end of its time where one is under way.
    assert.match(ends().join(), /^worker-1 ended: [01]$/)
    guichet.spawn('worker')
    await eventually(
      'it is done',
      async () => (await admin.get<TicketDetail>(`/tickets/${number}`)).priority === 'urgent',
    )
  })

  it('stops by itself when nothing is under way', async () => {
    await guichet.ready()
    await guichet.kill('worker', 'SIGTERM')
    assert.equal(ends().at(-1), 'worker-1 ended: 0')
  })
})
