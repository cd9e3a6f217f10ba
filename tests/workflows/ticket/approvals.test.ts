import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Approver } from '../../../domain/approvals/vocabulary.ts'
import type { CommandPayload } from '../../../domain/commands.ts'
import { agent, SAM } from '../../domain/given.ts'
import { eventually } from '../../harness/eventually.ts'
import { withoutTestServer } from '../../harness/needs.ts'
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
describe('an approval in the ticket’s workflow', { skip: withoutTestServer }, () => {
  let tickets: TicketWorker

  before(async () => {
    tickets = await startTicketWorker()
    await tickets.person(SAM)
    for (const { key, ...one } of [IDA, MAX, DORA])
      await tickets.person({ ...one, id: key }, 'approver')
  })
  after(() => tickets?.stop())

  const resume = (number: number) => ({ number, resume: true })
  const history = (number: number) => tickets.history(number)
  const notified = async (number: number, kind: string): Promise<string[]> =>
    (
      await tickets.db.pool.query<{ name: string }>(
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
    const number = await tickets.open()
    const {
      rows: [row],
    } = await tickets.db.pool.query<{ now: Date }>(
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
})
