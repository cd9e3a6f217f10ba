import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { UnwrittenCommandItem } from '../../../domain/tickets/contract.ts'
import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { ApiDesk, Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'
import { openWorkedDesk, type WorkedDesk } from '../support/temporal-worker.ts'

describe('a command that could not be written', () => {
  let open: WorkedDesk | undefined
  let desk: ApiDesk
  let it_: Department
  let sam: Person
  let number: number

  before(async () => {
    open = await openWorkedDesk()
    ;({ desk, department: it_, agent: sam } = open)
  })
  beforeEach(async () => {
    number = (await desk.mailTicket(it_)).number
    await sam.client.patch(`/tickets/${number}`, { status: 'open' })
    await desk.pool.query('DELETE FROM unwritten_command')
  })
  after(async () => {
    await open?.close()
  })

  /** As activities/projection keeps it. */
  async function unwritten(name: string, payload: object): Promise<string> {
    const id = randomUUID()
    await desk.pool.query(
      `INSERT INTO unwritten_command (id, ticket_number, command_id, name, actor, payload, reason) VALUES ($1, $2, $3, $4, $5, $6, 'SQLSTATE 22P05')`,
      [
        id,
        number,
        randomUUID(),
        name,
        JSON.stringify({ kind: 'agent', id: sam.id, name: sam.name }),
        JSON.stringify(payload),
      ],
    )
    return id
  }
  const admin = () => desk.admin.client
  const waiting = async (): Promise<UnwrittenCommandItem[]> =>
    (await admin().get<{ items: UnwrittenCommandItem[] }>('/unwritten-commands')).items
  const retry = (id: string, body: object = {}) =>
    admin().request<{ ended: string }>('POST', `/unwritten-commands/${id}/retry`, body)
  const last = async (): Promise<TicketEvent> =>
    (
      await sam.client.get<{ items: TicketEvent[] }>(`/tickets/${number}/events?limit=200`)
    ).items.at(-1)!
  const priority = async () => (await sam.client.get<TicketDetail>(`/tickets/${number}`)).priority

  it('is shown to admins whole, with who asked what and what the database said', async () => {
    const id = await unwritten('changePriority', { priority: 'high' })
    const [item, ...more] = await waiting()
    assert.deepEqual(more, [])
    assert.deepEqual(
      [item?.id, item?.ticketNumber, item?.asked, item?.by, item?.attempts, item?.reason],
      [
        id,
        number,
        [{ what: 'setPriority', value: 'high' }],
        { id: sam.id, name: sam.name },
        1,
        'SQLSTATE 22P05',
      ],
    )
    assert.deepEqual(JSON.parse(item?.payload ?? ''), { priority: 'high' })
    for (const [method, path] of [
      ['GET', '/unwritten-commands'],
      ['POST', `/unwritten-commands/${id}/retry`],
      ['POST', `/unwritten-commands/${id}/drop`],
    ] as const)
      assertProblem(
        await sam.client.request(method, path, method === 'POST' ? {} : undefined),
        403,
        'not-allowed',
      )
  })

  it('is done in the name of whoever asked it, once, when an admin has it tried again', async () => {
    const id = await unwritten('changePriority', { priority: 'high' })
    const answers = await Promise.all([retry(id), retry(id)])
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.equal(await priority(), 'high')
    const { type, actor } = await last()
    assert.deepEqual(
      [type, actor],
      ['priorityChanged', { kind: 'agent', id: sam.id, name: sam.name }],
    )
    assert.deepEqual(await waiting(), [])
    assertProblem(await retry(id), 404, 'not-found')
  })

  it('can be corrected: other words than the asker’s are the admin’s own', async () => {
    const id = await unwritten('changeStatus', { status: 'new', reason: 'agent' })
    assertProblem(await retry(id), 409, 'status-not-new-again')
    assert.equal((await waiting())[0]?.attempts, 2, 'it waits again, and its first id is spent')
    for (const payload of ['{', '{"status": "gone"}']) {
      const answer = await retry(id, { payload })
      assertProblem(answer, 422, 'command-malformed')
    }
    const same = JSON.stringify({ reason: 'agent', status: 'waiting' })
    assert.equal((await retry(id, { payload: same })).status, 200)
    const { data, actor } = await last()
    assert.equal((data as { to: string }).to, 'waiting')
    assert.equal((actor as { id: string }).id, desk.admin.id)
    assert.deepEqual(await waiting(), [])
  })

  it('waits again when it cannot be written this time either', async () => {
    const id = await unwritten('changeDepartment', {
      department: { id: randomUUID(), name: 'Gone' },
    })
    assertProblem(await retry(id), 422, 'command-unwritable')
    const [item] = await waiting()
    assert.deepEqual([item?.id, item?.attempts], [id, 2])
    assert.match(item?.reason ?? '', /^SQLSTATE 23503/)
    assertProblem(await retry(id), 422, 'command-unwritable')
    assert.equal((await waiting())[0]?.attempts, 3)
  })

  it('can be dropped, and is not done', async () => {
    const id = await unwritten('changePriority', { priority: 'high' })
    const drop = () => admin().request('POST', `/unwritten-commands/${id}/drop`)
    assert.equal((await drop()).status, 200)
    assert.deepEqual(await waiting(), [])
    assertProblem(await drop(), 404, 'not-found')
    assertProblem(await retry(id), 404, 'not-found')
    assert.equal(await priority(), 'normal')
  })
})
