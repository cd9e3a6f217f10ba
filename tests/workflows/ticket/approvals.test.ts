import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Approver } from '../../../domain/approvals/vocabulary.ts'
import type { CommandPayload } from '../../../domain/commands.ts'
import { openDatabase, type OpenDatabase } from '../../../platform/postgres/database.ts'
import { signalTicket } from '../../../application/tickets/ticket-workflow.ts'
import { agent, ANNA, received, requester, SAM } from '../../domain/given.ts'
import { type FreshDatabase, freshDatabase } from '../../harness/database.ts'
import { eventually } from '../../harness/eventually.ts'
import { startTicketWorker, type TicketWorker } from './worker.ts'

const HOUR = 3_600_000
const person = (name: string): Approver => {
  const userId = randomUUID()
  return { key: userId, userId, email: `${name.toLowerCase()}@example.com`, name }
}
const IDA = person('Ida')
const MAX = person('Max')
const DORA = person('Dora')

/** An approval as a durable wait: what the clock does to it, with the real projection. */
describe(
  'an approval in the ticket’s workflow',
  { skip: process.env['TEST_TEMPORAL_TEST_SERVER'] ? false : 'no time-skipping test server here' },
  () => {
    let database: FreshDatabase
    let db: OpenDatabase
    let tickets: TicketWorker
    const department = { id: randomUUID(), name: 'IT' }
    let last = 1000

    before(async () => {
      database = await freshDatabase()
      db = openDatabase(database.url)
      await db.pool.query(`INSERT INTO department (id, name) VALUES ($1, 'IT')`, [department.id])
      await db.pool.query(
        `INSERT INTO app_user (id, email, name, role) VALUES ($1, $2, $3, 'agent')`,
        [SAM.id, SAM.email, SAM.name],
      )
      await db.pool.query('INSERT INTO user_department (user_id, department_id) VALUES ($1, $2)', [
        SAM.id,
        department.id,
      ])
      for (const { id, email, name } of [IDA, MAX, DORA].map(({ key, ...one }) => ({
        id: key,
        ...one,
      }))) {
        await db.pool.query(
          `INSERT INTO app_user (id, email, name, role) VALUES ($1, $2, $3, 'approver')`,
          [id, email, name],
        )
      }
      tickets = await startTicketWorker(db, () =>
        Promise.resolve({ outcome: 'sent', detail: '250 OK' }),
      )
    })
    after(async () => {
      await tickets.stop()
      await db.close()
      await database.drop()
    })

    const resume = (number: number) => ({ number, resume: true })
    const history = async (number: number): Promise<string[]> =>
      (
        await db.pool.query<{ type: string }>(
          'SELECT type FROM ticket_event WHERE ticket_number = $1 ORDER BY no',
          [number],
        )
      ).rows.map((r) => r.type)
    const notified = async (number: number, kind: string): Promise<string[]> =>
      (
        await db.pool.query<{ name: string }>(
          'SELECT u.name FROM notification n JOIN app_user u ON u.id = n.user_id WHERE n.ticket_number = $1 AND n.kind = $2 ORDER BY n.event_no, u.name',
          [number, kind],
        )
      ).rows.map((r) => r.name)

    /**
     * A ticket on which somebody has asked Ida and Max, with a deadline in 48 hours of the
     * workflow's clock.
     */
    async function asked(
      over: Partial<CommandPayload<'askApproval'>> = {},
    ): Promise<{ number: number; approvalId: string; deadline: string }> {
      const number = ++last
      const opening = {
        subject: 'Printer',
        requester: ANNA,
        department,
        priority: 'normal' as const,
        channel: 'mail' as const,
      }
      await signalTicket(
        tickets.client,
        { number, resume: false, subject: 'Printer' },
        'mailReceived',
        {
          id: `mail-${randomUUID()}`,
          actor: requester,
          payload: { message: { ...received(), messageId: randomUUID() }, opening },
        },
      )
      await eventually('2 events or more', async () => (await history(number)).length >= 2)
      const {
        rows: [row],
      } = await db.pool.query<{ now: Date }>(
        'SELECT updated_at AS now FROM ticket WHERE number = $1',
        [number],
      )
      const deadline = new Date(row!.now.getTime() + 48 * HOUR).toISOString()
      const approvalId = randomUUID()
      await tickets.execute(resume(number), 'askApproval', {
        id: approvalId,
        actor: agent,
        payload: {
          approvalId,
          subject: 'A laptop',
          textId: randomUUID(),
          preview: '',
          amount: null,
          stages: [{ rule: { kind: 'all' }, approvers: [IDA, MAX] }],
          deputy: DORA,
          deadline,
          remindHoursBefore: [24, 2],
          blocks: { resolution: true, taskIds: [] },
          attachmentIds: [],
          ...over,
        },
      })
      return { number, approvalId, deadline }
    }

    const decides = (number: number, approvalId: string, who: Approver) =>
      tickets.execute(resume(number), 'decideApproval', {
        id: randomUUID(),
        actor: { kind: 'agent', id: who.key, name: who.name },
        payload: {
          approvalId,
          round: 1,
          approver: who.key,
          decision: 'approved',
          comment: '',
          from: { via: 'signed-in', ip: '192.0.2.1' },
        },
      })

    it('shows operators what it waits for and until when', async () => {
      const { number, deadline } = await asked()
      const metadata = await tickets.client.workflow
        .getHandle(`ticket-${number}`)
        .query<{ currentDetails?: string }>('__temporal_workflow_metadata')
      assert.ok(
        metadata.currentDetails?.includes(
          `- Approval: A laptop waiting for Ida, Max until ${deadline}`,
        ),
        metadata.currentDetails,
      )
      assert.match(
        metadata.currentDetails ?? '',
        /Next timer: reminds whoever has not decided “A laptop” at /,
      )
    })

    it('reminds before the deadline those who have not decided', async () => {
      const { number, approvalId } = await asked()
      await tickets.sleep('25 hours')
      await eventually('approvalReminded', async () =>
        (await history(number)).includes('approvalReminded'),
      )
      assert.deepEqual(await notified(number, 'approvalReminder'), ['Ida', 'Max'])
      await decides(number, approvalId, IDA)
      await tickets.sleep('22 hours')
      await eventually(
        'three people are reminded',
        async () => (await notified(number, 'approvalReminder')).length === 3,
      )
      assert.deepEqual(await notified(number, 'approvalReminder'), ['Ida', 'Max', 'Max'])
    })

    it('asks the deputy at the deadline, who then decides for those who are silent', async () => {
      const { number, approvalId } = await asked()
      await tickets.sleep('49 hours')
      await eventually('approvalEscalated', async () =>
        (await history(number)).includes('approvalEscalated'),
      )
      assert.deepEqual(await notified(number, 'approvalAsked'), ['Ida', 'Max', 'Dora'])
      assert.ok(
        (await notified(number, 'approvalReminder')).includes('Sam'),
        'whoever asked is notified that the deadline has passed',
      )
      const after = await decides(number, approvalId, DORA)
      assert.equal(after.approvals[0]!.state, 'approved')
      assert.deepEqual(await notified(number, 'approvalDecided'), ['Sam'])
    })

    it('of a decided approval no timer is left', async () => {
      const { number, approvalId } = await asked()
      await decides(number, approvalId, IDA)
      await decides(number, approvalId, MAX)
      const lines = await history(number)
      await tickets.sleep('60 hours')
      assert.deepEqual(await history(number), lines)
    })

    it('begins its time again with a change of what was asked', async () => {
      const { number, approvalId, deadline } = await asked({ remindHoursBefore: [] })
      const later = new Date(Date.parse(deadline) + 48 * HOUR).toISOString()
      await tickets.execute(resume(number), 'changeApproval', {
        id: randomUUID(),
        actor: agent,
        payload: { approvalId, subject: 'Two laptops', deadline: later },
      })
      await tickets.sleep('50 hours')
      assert.ok(!(await history(number)).includes('approvalEscalated'))
      await tickets.sleep('50 hours')
      await eventually('approvalEscalated', async () =>
        (await history(number)).includes('approvalEscalated'),
      )
    })

    it('holds the ticket open until it is decided', async () => {
      const { number, approvalId } = await asked()
      const solve = () =>
        tickets.execute(resume(number), 'changeStatus', {
          id: randomUUID(),
          actor: agent,
          payload: { status: 'solved', reason: 'agent' },
        })
      await assert.rejects(solve(), /“A laptop” is not decided yet \(waiting for Ida, Max\)/)
      await decides(number, approvalId, IDA)
      await decides(number, approvalId, MAX)
      assert.equal((await solve()).status, 'solved')
    })
  },
)
