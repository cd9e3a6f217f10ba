import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import { eventually } from '../harness/eventually.ts'
import { Guichet } from '../harness/guichet.ts'
import { serverOf } from '../harness/needs.ts'

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
