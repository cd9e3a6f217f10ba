import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Department } from '../../../domain/people/contract.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

/**
 * What owners and watchers hear of one ticket, from the request to the rows that are mailed and
 * shown.
 */
describe('notification level of a ticket', () => {
  let desk: ApiDesk
  let it_: Department
  let sam: Person
  let ida: Person

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    sam = await desk.person('Sam Smith', 'agent', [it_])
    ida = await desk.person('Ida Iversen', 'agent', [it_])
  })
  after(() => desk?.close())

  /** A ticket that Ida watches. */
  async function watched(): Promise<number> {
    const { number } = await desk.mailTicket(it_)
    await ida.client.post(`/tickets/${number}/watchers`, { userId: ida.id })
    return number
  }
  const choose = (number: number, level: string | null, by = ida) =>
    by.client.request<{ level: string | null }>('PUT', `/tickets/${number}/notification-level`, {
      level,
    })
  const note = (number: number): Promise<unknown> =>
    sam.client.post(`/tickets/${number}/notes`, { text: 'She called.' })
  const answer = (number: number): Promise<void> =>
    desk.system(number, 'mailReceived', {
      message: {
        messageId: crypto.randomUUID(),
        from: { email: 'anna@client.example', name: 'Anna' },
        preview: 'Still broken.',
        hasAttachments: false,
        automatic: false,
        stranger: false,
      },
    })
  /** Kinds and whether each is to be mailed, oldest first. */
  const notified = async (number: number): Promise<[kind: string, mailed: boolean][]> =>
    (
      await desk.pool.query<{ kind: string; mailed: boolean }>(
        'SELECT kind, due_at IS NOT NULL AS mailed FROM notification WHERE ticket_number = $1 AND user_id = $2 ORDER BY event_no',
        [number, ida.id],
      )
    ).rows.map(({ kind, mailed }) => [kind, mailed])

  it('is as chosen for all tickets until one chooses for this one', async () => {
    const number = await watched()
    assert.deepEqual(await ida.client.get(`/tickets/${number}/notification-level`), { level: null })
    await note(number)
    await answer(number)
    assert.deepEqual(await notified(number), [
      ['ticketChanged', false],
      ['replyArrived', true],
    ])
  })

  it('of everything comes by mail, whatever was chosen for all tickets', async () => {
    const number = await watched()
    await ida.client.patch('/me/preferences', {
      notifications: { ticketChanged: 'none', replyArrived: 'app' },
    })
    assert.deepEqual((await choose(number, 'all')).body, { level: 'all' })
    await note(number)
    await answer(number)
    assert.deepEqual(await notified(number), [
      ['ticketChanged', true],
      ['replyArrived', true],
    ])
    await choose(number, null)
    await note(number)
    await answer(number)
    assert.deepEqual(
      (await notified(number)).slice(2),
      [['replyArrived', false]],
      'and then as before',
    )
    await ida.client.patch('/me/preferences', { notifications: {} })
  })

  it('of answers alone leaves out the rest; of nothing leaves out all, at once, also mail that waits', async () => {
    const number = await watched()
    await choose(number, 'replies')
    await note(number)
    await answer(number)
    assert.deepEqual(await notified(number), [['replyArrived', true]])
    await choose(number, 'none')
    assert.deepEqual(
      await notified(number),
      [['replyArrived', false]],
      'what waited is not mailed any more',
    )
    await note(number)
    await answer(number)
    assert.equal((await notified(number)).length, 1)
    assert.deepEqual(
      await sam.client.get(`/tickets/${number}/notification-level`),
      { level: null },
      'each person for themselves',
    )
  })

  it('of nothing does not keep away what is given to one personally', async () => {
    const number = await watched()
    await choose(number, 'none')
    await sam.client.post(`/tickets/${number}/tasks`, { title: 'Order it', assigneeId: ida.id })
    await sam.client.patch(`/tickets/${number}`, { ownerId: ida.id })
    assert.deepEqual(
      (await notified(number)).map(([kind]) => kind),
      ['taskAssigned', 'ticketAssigned'],
    )
  })

  it('ends with the right to see it, and does not come to who did it', async () => {
    const number = await watched()
    await choose(number, 'all')
    await ida.client.post(`/tickets/${number}/notes`, { text: 'Mine.' })
    assert.deepEqual(await notified(number), [])
    await desk.pool.query('DELETE FROM user_department WHERE user_id = $1', [ida.id])
    await note(number)
    assert.deepEqual(await notified(number), [])
    await desk.pool.query('INSERT INTO user_department (user_id, department_id) VALUES ($1, $2)', [
      ida.id,
      it_.id,
    ])
  })

  it('is chosen by who owns or watches it, among what there is', async () => {
    const { number } = await desk.mailTicket(it_)
    assertProblem(await choose(number, 'all'), 409, 'ticket-not-followed')
    assertProblem(await choose(number, 'some'), 400, 'request-invalid')
    await sam.client.patch(`/tickets/${number}`, { ownerId: ida.id })
    assert.equal((await choose(number, 'replies')).status, 200)
    const hr = await desk.person('Hana Hr', 'agent', [await desk.department('HR')])
    assertProblem(await choose(number, 'all', hr), 404)
    assertProblem(await hr.client.request('GET', `/tickets/${number}/notification-level`), 404)
  })
})
