import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Department } from '../../../domain/people/contract.ts'
import type { Message } from '../../../domain/conversation/contract.ts'
import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

describe('a ticket that another one blocks', () => {
  let desk: ApiDesk
  let it_: Department
  let hr: Department
  let sam: Person
  let blocked: number
  let blocker: number
  const path = () => `/tickets/${blocked}`
  const types = async () =>
    (await sam.client.get<{ items: TicketEvent[] }>(`${path()}/events`)).items.map((e) => e.type)

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    hr = await desk.department('HR')
    sam = await desk.person('Sam Support', 'agent', [it_])
    blocker = (await desk.mailTicket(it_, { subject: 'Network is down' })).number
    blocked = (await desk.mailTicket(it_, { subject: 'Cannot print' })).number
    await sam.client.post(`/tickets/${blocker}/links`, { number: blocked, kind: 'blocks' })
  })
  after(() => desk?.close())

  it('is not solved by a change, a bulk change or an answer while that one is open', async () => {
    const refused = await sam.client.request<{ detail: string }>('PATCH', path(), {
      status: 'solved',
    })
    assertProblem(refused, 409, 'blockers-open')
    assert.match(refused.body.detail, new RegExp(`: #${blocker} Network is down\\.`))
    const bulk = await sam.client.post<{ failed: { number: number; code: string }[] }>(
      '/tickets/bulk',
      { numbers: [blocked], change: { status: 'closed' } },
    )
    assert.deepEqual(
      bulk.failed.map(({ number, code }) => [number, code]),
      [[blocked, 'blockers-open']],
    )
    assertProblem(
      await sam.client.request('POST', `${path()}/messages`, { text: 'Done', status: 'solved' }),
      409,
      'blockers-open',
    )
    assert.equal(
      (await sam.client.get<{ items: Message[] }>(`${path()}/messages`)).items.length,
      1,
      'and the answer was not sent',
    )
    assert.equal(
      (await sam.client.patch<TicketDetail>(path(), { status: 'waiting' })).status,
      'waiting',
    )
  })

  it('is solved with a reason, which its history keeps', async () => {
    assert.equal(
      (
        await sam.client.patch<TicketDetail>(path(), {
          status: 'solved',
          overrideReason: 'Prints by cable',
        })
      ).status,
      'solved',
    )
    assert.deepEqual((await types()).slice(-2), ['blockersOverridden', 'statusChanged'])
    await sam.client.patch(path(), { status: 'open' })
    await sam.client.post(`${path()}/messages`, {
      text: 'Done',
      status: 'solved',
      overrideReason: 'Prints by cable',
    })
    assert.deepEqual((await types()).slice(-3), [
      'messageQueued',
      'blockersOverridden',
      'statusChanged',
    ])
  })

  it('is held up also by one that the person does not see, which is not named', async () => {
    await sam.client.patch(path(), { status: 'open' })
    await desk.admin.client.patch(`/tickets/${blocker}`, { departmentId: hr.id })
    const refused = await sam.client.request<{ detail: string }>('PATCH', path(), {
      status: 'solved',
    })
    assertProblem(refused, 409, 'blockers-open')
    assert.doesNotMatch(refused.body.detail, /Network/)
  })

  it('is solved as any other once that one has ended', async () => {
    await desk.admin.client.patch(`/tickets/${blocker}`, { status: 'solved' })
    assert.equal(
      (await sam.client.patch<TicketDetail>(path(), { status: 'solved' })).status,
      'solved',
    )
  })
})
