import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Client } from '@temporalio/client'
import { ticketWorkflowId } from '../../../application/tickets/ticket-workflow.ts'
import type { Message } from '../../../domain/conversation/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import type { ApiDesk, Person } from '../support/api-desk.ts'
import { openWorkedDesk, type TicketWorker, type WorkedDesk } from '../support/temporal-worker.ts'

/** The other ticket's step is told by the first one's workflow; the API waits for its answer. */
describe('the two steps of merging and splitting, by their workflows', () => {
  let open: WorkedDesk | undefined
  let desk: ApiDesk
  let worker: TicketWorker
  let it_: Department
  let sam: Person

  before(async () => {
    open = await openWorkedDesk()
    ;({ desk, worker, department: it_, agent: sam } = open)
  })
  after(async () => {
    await open?.close()
  })

  const opened = async (): Promise<number> => (await desk.mailTicket(it_)).number
  const ticket = (number: number): Promise<TicketDetail> => sam.client.get(`/tickets/${number}`)
  const holds = async (number: number): Promise<number[]> =>
    (await ticket(number)).mergedTickets.map((one) => one.number)
  const post = (number: number, what: string, body: object = {}) =>
    sam.client.request<TicketDetail & { code?: string }>('POST', `/tickets/${number}/${what}`, body)
  /** How often its workflow was sent a command. */
  const signals = async (number: number, name: string): Promise<number> => {
    const client = new Client({ connection: worker.connection, namespace: worker.namespace })
    const { events } = await client.workflow.getHandle(ticketWorkflowId(number)).fetchHistory()
    return (events ?? []).filter(
      (event) => event.workflowExecutionSignaledEventAttributes?.signalName === name,
    ).length
  }

  it('are both taken when a merge, or its undoing, is answered; each once', async () => {
    const [a, b] = [await opened(), await opened()]
    const merged = await post(a, 'merge', { into: b })
    assert.equal(merged.status, 200)
    assert.deepEqual([merged.body.mergedInto?.number, await holds(b)], [b, [a]])
    const undone = await post(a, 'unmerge')
    assert.deepEqual([undone.status, undone.body.mergedInto, await holds(b)], [200, null, []])
    assert.deepEqual([await signals(b, 'acceptMerge'), await signals(b, 'revertMerge')], [1, 1])
  })

  it('come in their order, however soon the undoing follows', async () => {
    const [a, b] = [await opened(), await opened()]
    for (let i = 0; i < 5; i++) {
      assert.equal((await post(a, 'merge', { into: b })).status, 200)
      assert.equal((await post(a, 'unmerge')).status, 200)
    }
    assert.deepEqual([(await ticket(a)).mergedInto, await holds(b)], [null, []])
  })

  it('of which the second is refused, are answered with its reason once the first is taken back', async () => {
    const [a, b] = [await opened(), await opened()]
    const answers = await Promise.all([
      post(a, 'merge', { into: b }),
      post(b, 'merge', { into: a }),
    ])
    const refused = answers.filter(({ status }) => status !== 200)
    assert.ok(refused.length >= 1, 'at most one of two that go in a circle stands')
    for (const { status, body } of refused)
      assert.deepEqual([status, body.code], [409, 'merge-into-merged'])
    for (const [i, number] of [a, b].entries())
      assert.equal((await ticket(number)).mergedInto !== null, answers[i]!.status === 200)
  })

  it('are both taken when a split, or its undoing, is answered', async () => {
    const a = await opened()
    await sam.client.post(`/tickets/${a}/messages`, { text: 'Which one?', holdSeconds: 0 })
    const { items } = await sam.client.get<{ items: Message[] }>(`/tickets/${a}/messages`)
    const split = await post(a, 'split', { messageIds: [items[1]!.id], subject: 'The other' })
    assert.deepEqual([split.status, split.body.subject], [201, 'The other'])
    const undone = await post(split.body.number, 'unsplit')
    assert.deepEqual([undone.status, undone.body.mergedInto?.number], [200, a])
    assert.deepEqual(await holds(a), [split.body.number])
    assert.equal(await signals(a, 'acceptMerge'), 1)
  })
})
