import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Department } from '../../../domain/people/contract.ts'
import { eventually } from '../../harness/eventually.ts'
import { Stream } from '../../integration/support/stream.ts'
import { ApiDesk } from '../support/api-desk.ts'

/** It listens, or has been probed since. Other databases have such connections too. */
const THE_CONNECTION = `datname = current_database() AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')`

describe('the stream of changes', () => {
  let desk: ApiDesk
  let it_: Department

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
  })
  after(() => desk?.close())

  const listening = async (): Promise<number> =>
    (
      await desk.pool.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE ${THE_CONNECTION}`,
      )
    ).rows[0]!.n

  it('is an event stream that no proxy holds back', async (t) => {
    const aborter = new AbortController()
    t.after(() => {
      aborter.abort()
    })
    const answer = await desk.admin.client.fetch('GET', '/stream', undefined, {
      signal: aborter.signal,
    })
    assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/)
    assert.deepEqual(
      [
        answer.headers.get('cache-control'),
        answer.headers.get('x-accel-buffering'),
        answer.headers.get('x-content-type-options'),
      ],
      ['no-store', 'no', 'nosniff'],
    )
  })

  it('tells of a change that comes the moment it is open, to however many listen on one connection', async (t) => {
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => Stream.open(desk.admin.client, t)),
    )
    const { number } = await desk.mailTicket(it_)
    const seen = await Promise.all(streams.map((s) => s.ticket((e) => e.number === number)))
    assert.deepEqual(seen[0], {
      number,
      version: 2,
      types: ['ticketOpened', 'messageReceived'],
      departmentId: it_.id,
    })
    assert.equal(await listening(), 1)
    for (const s of streams) s.close()
    await eventually('the connection is given back', async () => (await listening()) === 0)
  })

  it('tells also the department that a ticket leaves, whose lists it vanishes from', async (t) => {
    const finance = await desk.department('Finance')
    const { client } = await desk.person('Ines Left', 'agent', [it_])
    const { number } = await desk.mailTicket(it_)
    const stream = await Stream.open(client, t)
    await desk.admin.client.patch(`/tickets/${number}`, { departmentId: finance.id })
    await stream.ticket((e) => e.number === number && e.types.includes('departmentChanged'))
  })

  it('tells admins alone of mailboxes', async (t) => {
    const { client } = await desk.person('Sam Smith', 'agent', [it_])
    const [admins, agents] = [await Stream.open(desk.admin.client, t), await Stream.open(client, t)]
    await desk.pool.query(
      `SELECT pg_notify('mailbox', '{"id":"00000000-0000-4000-8000-000000000001"}')`,
    )
    const { number } = await desk.mailTicket(it_)
    await agents.ticket((e) => e.number === number)
    await eventually('admins are told', () => admins.names.includes('mailbox'))
    assert.equal(agents.names.includes('mailbox'), false)
  })

  it('does not stumble over what is no change of ours', async (t) => {
    const stream = await Stream.open(desk.admin.client, t)
    for (const payload of ['', 'nonsense', '{}', '{"number":"x"}'])
      await desk.pool.query(`SELECT pg_notify('ticket', $1)`, [payload])
    const { number } = await desk.mailTicket(it_)
    await stream.ticket((e) => e.number === number)
    assert.deepEqual([...new Set(stream.names)].sort(), ['hello', 'ticket'])
  })

  it('ends when the database’s connection is lost, so that pages ask again, and can be opened anew', async (t) => {
    const aborter = new AbortController()
    t.after(() => {
      aborter.abort()
    })
    const answer = await desk.admin.client.fetch('GET', '/stream', undefined, {
      signal: aborter.signal,
    })
    const ended = answer.text()
    await eventually('it listens', async () => (await listening()) === 1)
    await desk.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${THE_CONNECTION}`,
    )
    assert.match(await ended, /event: hello/)
    const again = await Stream.open(desk.admin.client, t)
    const { number } = await desk.mailTicket(it_)
    await again.ticket((e) => e.number === number)
  })

  it('ends with the server, which waits for no open page', async (t) => {
    const other = await ApiDesk.open()
    let closing: Promise<void> | undefined
    const close = () => (closing ??= other.close())
    t.after(close)
    const answer = await other.admin.client.fetch('GET', '/stream')
    await Promise.all([close(), answer.text().catch(() => undefined)])
  })
})
