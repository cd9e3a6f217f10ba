import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Client } from '@temporalio/client'
import { z } from 'zod'
import type { Department } from '../../domain/people/contract.ts'
import type { Note } from '../../domain/conversation/contract.ts'
import type { EventType } from '../../domain/events.ts'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import type { ApiClient } from '../harness/api-client.ts'
import { eventually } from '../harness/eventually.ts'
import { serverOf, withoutDovecot } from '../harness/needs.ts'
import { Desk } from './support/desk.ts'
import { rawMail } from './support/mails.ts'
import { Stream } from './support/stream.ts'

/**
 * What agents do with a ticket, what its history says of it, who sees it, and what an operator
 * reads in the Temporal UI.
 */
describe('working on a ticket', { skip: withoutDovecot }, () => {
  let desk: Desk
  let sam: Awaited<ReturnType<Desk['person']>>
  let number = 0
  const begun = Date.now()

  before(async () => {
    desk = await Desk.open()
    sam = await desk.person('Sam Smith', 'agent')
    desk.deliver(
      rawMail({
        subject: 'Laptop',
        text: 'It does not start.\n',
        attachments: [
          { filename: 'beep.txt', contentType: 'text/plain', bytes: Buffer.from('beep beep') },
        ],
      }),
    )
    number = (await desk.ticketAbout('Laptop')).number
  })
  after(() => desk?.close())

  /** The last event of this type. */
  async function last(
    type: EventType,
  ): Promise<{ by: string; data: Record<string, unknown>; at: number }> {
    const event = (await desk.events(number)).findLast((e) => e.type === type)
    assert.ok(event, `${type} is in the history`)
    const by = 'name' in event.actor ? event.actor.name : ''
    return { by, data: event.data as Record<string, unknown>, at: Date.parse(event.at) }
  }

  it('writes each change into the history with who and when', async () => {
    const category = await desk.admin.post<{ id: string; name: string }>('/categories', {
      name: 'Hardware',
    })
    const { user, client } = sam
    const me = { id: user.id, name: 'Sam Smith', email: user.email }
    const steps: [EventType, Record<string, unknown>, Record<string, unknown>][] = [
      ['statusChanged', { status: 'open' }, { from: 'new', to: 'open' }],
      ['ownerChanged', { ownerId: user.id }, { from: null, to: me }],
      ['priorityChanged', { priority: 'high' }, { from: 'normal', to: 'high' }],
      [
        'categoryChanged',
        { categoryId: category.id },
        { from: null, to: { id: category.id, name: 'Hardware' } },
      ],
      ['resolutionChanged', { resolution: 'workaround' }, { from: null, to: 'workaround' }],
      ['subjectChanged', { subject: 'Laptop of Anna' }, { from: 'Laptop', to: 'Laptop of Anna' }],
    ]
    for (const [type, change, data] of steps) {
      await client.patch(`/tickets/${number}`, change)
      const event = await last(type)
      assert.equal(event.by, 'Sam Smith', type)
      assert.ok(event.at >= begun && event.at <= Date.now() + 1_000, type)
      assert.deepEqual({ ...event.data, ...data }, event.data, type)
    }
    const {
      status,
      owner,
      priority,
      category: kept,
      resolution,
      subject,
    } = await desk.ticket(number)
    assert.deepEqual(
      { status, owner, priority, category: kept, resolution, subject },
      {
        status: 'open',
        owner: me,
        priority: 'high',
        category: { id: category.id, name: 'Hardware' },
        resolution: 'workaround',
        subject: 'Laptop of Anna',
      },
    )
  })

  it('keeps watchers and notes, and their history', async () => {
    const { client, user } = sam
    await client.post(`/tickets/${number}/watchers`, { userId: user.id })
    assert.deepEqual(
      (await desk.ticket(number)).watchers.map((w) => w.name),
      ['Sam Smith'],
    )
    assert.equal((await last('watcherAdded')).by, 'Sam Smith')
    await client.delete(`/tickets/${number}/watchers/${user.id}`)
    assert.deepEqual((await desk.ticket(number)).watchers, [])
    const note = await client.post<Note>(`/tickets/${number}/notes`, {
      text: 'Mainboard, I am afraid.',
    })
    const notes = await desk.admin.get<{ items: Note[] }>(`/tickets/${number}/notes`)
    assert.deepEqual(
      notes.items.map((n) => [n.id, n.text, n.author.name]),
      [[note.id, 'Mainboard, I am afraid.', 'Sam Smith']],
    )
    assert.equal((await last('noteAdded')).by, 'Sam Smith')
    assert.equal(
      desk.peer.mails.some((m) => m.raw.includes('Mainboard')),
      false,
      'a note never leaves the house',
    )
  })

  it('refuses a change that builds on an old version', async () => {
    const { version } = await desk.ticket(number)
    await sam.client.patch(`/tickets/${number}`, { priority: 'urgent', expectedVersion: version })
    const late = await desk.admin.request<{ code: string }>('PATCH', `/tickets/${number}`, {
      priority: 'low',
      expectedVersion: version,
    })
    assert.equal(late.status, 409)
    assert.equal((await desk.ticket(number)).priority, 'urgent')
  })

  it('tells every open page of a new mail and of a change', async (t) => {
    const stream = await Stream.open(sam.client, t)
    desk.deliver(rawMail({ subject: 'Seen at once', from: 'Ben <ben@client.example>' }))
    const opened = await stream.ticket((e) => e.types.includes('ticketOpened'))
    assert.equal((await desk.ticket(opened.number)).subject, 'Seen at once')
    await desk.admin.patch(`/tickets/${opened.number}`, { priority: 'low' })
    const changed = await stream.ticket((e) => e.types.includes('priorityChanged'))
    assert.equal(changed.number, opened.number)
    assert.ok(changed.version > opened.version)
  })

  describe('an agent of another department', () => {
    let other: ApiClient

    before(async () => {
      const hr = await desk.admin.post<Department>('/departments', {
        name: 'HR',
        acknowledge: false,
      })
      other = (await desk.person('Hanna Roth', 'agent', [hr.id])).client
    })

    it('gets 404 for everything of the ticket', async () => {
      const [message] = await desk.messages(number)
      const attachment = message!.attachments[0]!.id
      const t = `/tickets/${number}`
      const attempts: [string, string, unknown?][] = [
        ['GET', t],
        ['GET', `${t}/messages`],
        ['GET', `${t}/notes`],
        ['GET', `${t}/events`],
        ['PATCH', t, { status: 'solved' }],
        ['POST', `${t}/messages`, { text: 'Hello' }],
        ['POST', `${t}/notes`, { text: 'Hello' }],
        ['POST', `${t}/watchers`, { userId: sam.user.id }],
        ['POST', `${t}/links`, { number: number + 1, kind: 'relates' }],
        ['GET', `/messages/${message!.id}/source`],
        ['GET', `/attachments/${attachment}`],
      ]
      for (const [method, path, body] of attempts) {
        const answer = await other.request<{ code: string }>(method, path, body)
        assert.equal(
          answer.status,
          404,
          `${method} ${path} answered ${answer.status} ${JSON.stringify(answer.body)}`,
        )
        assert.match(answer.headers.get('content-type') ?? '', /problem\+json/)
      }
      assert.equal((await sam.client.request('GET', t)).status, 200, 'while its own agents read it')
    })

    it('sees it in no list, search, bulk change or stream', async (t) => {
      const stream = await Stream.open(other, t)
      const list = await other.get<{ items: unknown[]; total: number }>('/tickets')
      assert.deepEqual([list.items, list.total], [[], 0])
      assert.equal((await other.get<{ items: unknown[] }>('/tickets?q=Laptop')).items.length, 0)
      const { version } = await desk.ticket(number)
      const bulk = await other.post<{ changed: number[]; failed: { number: number }[] }>(
        '/tickets/bulk',
        { numbers: [number], change: { priority: 'low' } },
      )
      assert.deepEqual([bulk.changed, bulk.failed.map((f) => f.number)], [[], [number]])
      await desk.admin.patch(`/tickets/${number}`, { priority: 'normal' })
      const hrTicket = await desk.admin.post<{ number: number }>('/tickets', {
        subject: 'For HR',
        departmentId: (await desk.admin.get<{ items: Department[] }>('/departments')).items.find(
          (d) => d.name === 'HR',
        )!.id,
        requester: { email: 'x@client.example' },
      })
      await stream.ticket((e) => e.number === hrTicket.number)
      stream.close()
      assert.deepEqual(
        [...new Set(stream.tickets.map((e) => e.number))],
        [hrTicket.number],
        'only what is theirs',
      )
      assert.ok((await desk.ticket(number)).version > version, 'which was changed meanwhile')
    })
  })

  describe('in the Temporal UI', () => {
    let temporal: Awaited<ReturnType<typeof connectTemporal>> | undefined
    let client: Client

    before(async () => {
      temporal = await connectTemporal(serverOf('TEST_TEMPORAL_ADDRESS'), desk.guichet.namespace)
      client = temporal.client
    })
    after(() => temporal?.connection.close())

    it('a ticket has its search attributes, a summary and details', async () => {
      const ticket = await desk.ticket(number)
      const handle = client.workflow.getHandle(`ticket-${number}`)
      const description = await handle.describe()
      const attributes = Object.fromEntries(
        description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
      )
      const { TicketNumber, Department, Status, Priority, Owner, RequesterDomain } = attributes
      assert.deepEqual(
        { TicketNumber, Department, Status, Priority, Owner, RequesterDomain },
        {
          TicketNumber: number,
          Department: 'IT',
          Status: 'open',
          Priority: ticket.priority,
          Owner: 'Sam Smith',
          RequesterDomain: 'client.example',
        },
      )
      assert.equal(await description.staticSummary(), `#${number} Laptop`.replace('#', ''))
      const { currentDetails } = metadata.parse(await handle.query('__temporal_workflow_metadata'))
      for (const words of ['Laptop of Anna', 'open', 'Sam Smith', 'Next timer'])
        assert.ok(currentDetails.includes(words), currentDetails)
    })

    it('is found by department and status', async () => {
      // Status is a word of the query language itself: bare, the server takes it for an attribute
      // that it does not know.
      await eventually('the visibility store knows it', async () => {
        const found: string[] = []
        for await (const workflow of client.workflow.list({
          query: "Department = 'IT' AND `Status` = 'open'",
        }))
          found.push(workflow.workflowId)
        return found.includes(`ticket-${number}`) && found.length === 1
      })
    })
  })
})

const metadata = z.object({ currentDetails: z.string() })
