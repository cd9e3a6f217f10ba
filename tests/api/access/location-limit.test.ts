import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openApiDocument } from '../../../api/openapi.ts'
import type { Location } from '../../../domain/locations/contract.ts'
import type { AssetDetail, Confirmation, DocumentDetail } from '../../../domain/assets/contract.ts'
import type { Purchase } from '../../../domain/purchases/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { RunningClockView } from '../../../domain/tasks/contract.ts'
import type { StartedClock, TimeEntry } from '../../../domain/tasks/time-contract.ts'
import type { Note } from '../../../domain/conversation/contract.ts'
import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import { Stream } from '../../integration/support/stream.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { bodyFor, type JsonSchema } from '../support/request-bodies.ts'

/** In the name of everything that is hidden: no answer may hold it. */
const MARK = 'Xyzzyhidden'

const hiddenWays = [
  'in another department',
  'at another location',
  'where one has worked oneself and has lost sight of it',
] as const

/** A ticket, with everything that can hang on it, that somebody is not to see. */
interface Hidden {
  number: number
  email: string
  values: Record<string, string>
}

interface Operation {
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, JsonSchema> }
}

/** Addresses below these lead to something of a ticket, or to something at a location. */
const limited = [
  '/tickets/{number}',
  '/messages/{id}',
  '/attachments/{id}',
  '/time/{id}',
  '/assets/{id}',
  '/documents/{id}',
  '/contacts/{email}',
]
/** Whatever else has a parameter is no ticket's: settings, people, or a secret of its own. */
const others = [
  '/users/{id}',
  '/tokens/{id}',
  '/setup/{token}',
  '/departments/{id}',
  '/mailboxes/{id}',
  '/categories/{id}',
  '/templates/{id}',
  '/task-templates/{id}',
  '/calendars/{id}',
  '/service-levels/{id}',
  '/custom-fields/{id}',
  '/resolutions/{key}',
  '/approval-rules/{id}',
  '/ticket-approval-rules/{id}',
  '/locations/{id}',
  '/quarantine/{id}',
  '/unwritten-commands/{id}',
  '/approval-links/{token}',
  '/confirmation-links/{token}',
  '/reports/{name}',
]

/**
 * Walks over every address that the API describes, as an agent of one department who is limited to
 * one location. A new address is walked over by itself; one that is neither a ticket's nor in the list
 * above fails here, until somebody says what limits it.
 */
describe('what one does not see, at every address', () => {
  let desk: ApiDesk
  let it_: Department
  let acme: Location
  let lou: Person
  let document: Document
  let visible: TicketDetail
  let hidden: Record<(typeof hiddenWays)[number], Hidden>

  before(async () => {
    desk = await ApiDesk.open()
    document = (await openApiDocument()) as Document
    const { client } = desk.admin
    const hr = await desk.department('HR')
    it_ = await desk.department('IT')
    acme = await client.post<Location>('/locations', { name: 'Acme', kind: 'company' })
    const far = await client.post<Location>('/locations', { name: MARK, kind: 'site' })
    await client.post('/custom-fields', { name: 'Remark', kind: 'text' })
    lou = await desk.person('Lou Limited', 'agent', [it_])
    await client.put(`/users/${lou.id}/locations`, { locationIds: [acme.id] })
    visible = await lou.client.post<TicketDetail>('/tickets', {
      subject: 'Seen',
      departmentId: it_.id,
      requester: { email: 'anna@acme.example', name: 'Anna' },
    })
    hidden = {
      'in another department': await hide(hr, acme.id, 'a'),
      'at another location': await hide(it_, far.id, 'b'),
      'where one has worked oneself and has lost sight of it': await lose(hr),
    }
  })
  after(() => desk?.close())

  /** Everything that a ticket can have, all of it with the mark in its name. */
  async function hide(department: Department, locationId: string, letter: string): Promise<Hidden> {
    const { client } = desk.admin
    // A team gets a task of a ticket that somebody of it sees.
    await desk.person(`Colleague ${letter}`, 'agent', [department])
    const email = `${MARK}-${letter}@client.example`.toLowerCase()
    const upload = (filename: string) =>
      client.upload<{ id: string }>('/attachments', {
        filename,
        contentType: 'text/plain',
        bytes: new Uint8Array(Buffer.from(MARK)),
      })
    const { number, messageId, attachmentIds } = await desk.mailTicket(department, {
      subject: `${MARK} of ${letter}`,
      text: `${MARK} in words`,
      from: { email, name: MARK },
      attachments: [
        { filename: `${MARK}.txt`, contentType: 'text/plain', bytes: Buffer.from(MARK) },
      ],
    })
    const t = `/tickets/${number}`
    const elsewhere = (await client.get<{ items: Location[] }>('/locations')).items.find(
      (one) => one.name === MARK,
    )!.id
    await client.patch(t, { locationId, ownerId: desk.admin.id })
    await client.put(`${t}/tags`, { tags: [`${MARK}-tag`.toLowerCase()] })
    const note = await client.post<Note>(`${t}/notes`, {
      text: MARK,
      attachmentIds: [(await upload(`${MARK}-note.txt`)).id],
    })
    const task = await client.post<{ id: string }>(`${t}/tasks`, {
      title: `${MARK} task`,
      teamId: department.id,
      dueAt: '2030-01-01T00:00:00Z',
    })
    const time = await client.post<{ id: string }>(`${t}/time`, { minutes: 5, note: MARK })
    await client.post(`${t}/messages`, { text: MARK })
    const approval = await client.post<{ id: string }>(`${t}/approvals`, {
      subject: MARK,
      text: MARK,
      stages: [
        { rule: { kind: 'all' }, approvers: [{ email: 'boss@client.example', name: MARK }] },
      ],
    })
    const purchase = await client.post<Purchase>(`${t}/purchases`, {
      title: MARK,
      currency: 'EUR',
      lines: [{ item: MARK, quantity: '1', unitPrice: '10.00' }],
    })
    const asset = await client.post<AssetDetail>('/assets', {
      name: `${MARK} laptop ${letter}`,
      type: MARK,
      serial: `${MARK}-${letter}`,
      locationId: elsewhere,
      user: { email, name: MARK },
    })
    const paper = await client.post<DocumentDetail>('/documents', {
      kind: 'invoice',
      title: `${MARK} invoice ${letter}`,
      locationId: elsewhere,
      attachmentIds: [(await upload(`${MARK}-invoice.txt`)).id],
    })
    await client.post(`${t}/assets`, { assetId: asset.id })
    await client.post(`${t}/documents`, { documentId: paper.id })
    const confirmation = await client.post<Confirmation>(`${t}/confirmations`, {
      kind: 'handOver',
      assetIds: [asset.id],
      person: { email, name: MARK },
      text: MARK,
    })
    // What is seen is linked with what is not.
    await client.post(`/tickets/${visible.number}/links`, { number, kind: 'relates' })
    await client.post(`${t}/links`, { number: visible.number, kind: 'blocks' })
    const shared = await client.post<AssetDetail>('/assets', {
      name: `Shared ${letter}`,
      type: 'Screen',
      locationId: acme.id,
    })
    await client.post(`${t}/assets`, { assetId: shared.id })
    await client.post(`${t}/confirmations`, {
      kind: 'handOver',
      assetIds: [shared.id],
      person: { email, name: MARK },
    })
    await client.post(`/tickets/${visible.number}/assets`, { assetId: shared.id })
    return {
      number,
      email,
      values: {
        '/tickets/{number}/tasks/{id}': task.id,
        '/tickets/{number}/approvals/{id}': approval.id,
        '/tickets/{number}/purchases/{id}': purchase.id,
        '/tickets/{number}/confirmations/{id}': confirmation.id,
        '/messages/{id}': messageId,
        '/attachments/{id}': attachmentIds[0]!,
        '/time/{id}': time.id,
        '/assets/{id}': asset.id,
        '/documents/{id}': paper.id,
        '/tickets/{number}/fields/{id}': note.id,
      },
    }
  }

  /** A ticket on which the person had everything in hand before it went to another department. */
  async function lose(to: Department): Promise<Hidden> {
    const of = await hide(it_, acme.id, 'c')
    const t = `/tickets/${of.number}`
    const task = await desk.admin.client.post<{ id: string }>(`${t}/tasks`, {
      title: 'Screws',
      assigneeId: lou.id,
    })
    await lou.client.patch(t, { ownerId: lou.id, subject: 'A wobbly chair' })
    await lou.client.post(`${t}/time`, { minutes: 5 })
    await lou.client.post(`${t}/tasks/${task.id}/time`, { minutes: 6 })
    await lou.client.post(`${t}/notes`, { text: 'Mine' })
    const approval = await lou.client.post<{ id: string }>(`${t}/approvals`, {
      subject: 'Mine',
      stages: [{ rule: { kind: 'all' }, approvers: [{ userId: desk.admin.id }] }],
    })
    await lou.client.post(`${t}/purchases`, {
      title: 'Mine',
      currency: 'EUR',
      lines: [{ item: 'Chair', quantity: '1', unitPrice: '10.00' }],
    })
    await lou.client.post(`${t}/tasks/${task.id}/clock`)
    await desk.admin.client.patch(t, { departmentId: to.id })
    await desk.admin.client.patch(t, { subject: `${MARK} by now`, status: 'waiting' })
    await desk.admin.client.patch(`${t}/tasks/${task.id}`, { title: `${MARK} task by now` })
    await desk.admin.client.post(`${t}/approvals/${approval.id}/decision`, {
      decision: 'approved',
      comment: MARK,
    })
    return of
  }

  /** Every method of every address below /api/v1. */
  const operations = (): [method: string, path: string, operation: Operation][] =>
    Object.entries(document.paths)
      .filter(([path]) => path.startsWith('/api/v1/'))
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
          method.toUpperCase(),
          path.slice('/api/v1'.length),
          operation,
        ]),
      )

  /** The address with what is hidden in it. */
  function hiddenAddress(path: string, of: Hidden): string {
    const template = Object.keys(of.values).find((known) => path.startsWith(known))
    return path
      .replace('{id}', (template && of.values[template]) ?? '00000000-0000-4000-8000-000000000000')
      .replace('{number}', String(of.number))
      .replace('{email}', of.email)
      .replace('{address}', of.email)
      .replace('{kind}', 'blocks')
      .replace('{other}', String(visible.number))
      .replace('{assetId}', of.values['/assets/{id}']!)
      .replace('{documentId}', '00000000-0000-4000-8000-000000000000')
      .replace('{attachmentId}', of.values['/attachments/{id}']!)
      .replace('{userId}', desk.admin.id)
  }

  it('every address with a parameter says what limits it', () => {
    const unknown = operations()
      .map(([, path]) => path)
      .filter(
        (path) =>
          path.includes('{') && ![...limited, ...others].some((known) => path.startsWith(known)),
      )
    assert.deepEqual([...new Set(unknown)], [])
  })

  for (const where of hiddenWays) {
    it(`is not found ${where}, and nothing can be done to it`, async () => {
      const of = hidden[where]
      const before = await desk.pool.query('SELECT version FROM ticket WHERE number = $1', [
        of.number,
      ])
      const wrong: string[] = []
      for (const [method, path, operation] of operations()) {
        if (!limited.some((known) => path.startsWith(known))) continue
        const schema = operation.requestBody?.content['application/json']?.schema
        const query = path.endsWith('/as-of') ? '?version=1' : ''
        const answer = await lou.client.request<{ code?: string }>(
          method,
          hiddenAddress(path, of) + query,
          schema &&
            bodyFor(schema, document.components.schemas, {
              number: visible.number,
              into: visible.number,
            }),
        )
        if (answer.status !== 404)
          wrong.push(`${method} ${path}: ${answer.status} ${answer.body?.code ?? ''}`)
        if (JSON.stringify(answer.body).includes(MARK)) wrong.push(`${method} ${path} names it`)
      }
      assert.deepEqual(wrong, [])
      assert.deepEqual(
        (await desk.pool.query('SELECT version FROM ticket WHERE number = $1', [of.number])).rows,
        before.rows,
      )
    })
  }

  it('is in no list, no search, no report, no export and no history', async () => {
    const days = 'from=2026-01-01&to=2027-12-31&zone=UTC'
    const lists = operations()
      .filter(
        ([method, path]) =>
          method === 'GET' && !path.includes('{') && !['/stream', '/openapi.json'].includes(path),
      )
      .map(([, path]) => path)
    const own = operations()
      .filter(
        ([method, path]) =>
          method === 'GET' && path.startsWith('/tickets/{number}') && !path.includes('{id}'),
      )
      .map(
        ([, path]) =>
          path.replace('{number}', String(visible.number)) +
          (path.endsWith('/as-of') ? '?at=2100-01-01T00:00:00Z' : ''),
      )
    const shared = (
      await lou.client.get<{ items: { id: string }[] }>('/assets?q=Shared')
    ).items.flatMap(({ id }) => [`/assets/${id}`, `/assets/${id}/history`])
    assert.equal(shared.length, 2 * hiddenWays.length)
    const reports = ['tickets', 'times', 'sla', 'approvals', 'worked'].flatMap((name) =>
      ['day', 'owner', 'department', 'category'].flatMap((by) => [
        `/reports/${name}?${days}&by=${by}`,
        `/reports/${name}.csv?${days}&by=${by}`,
      ]),
    )
    const asked = [
      ...lists,
      ...own,
      ...shared,
      ...reports,
      `/tickets?q=${MARK}`,
      `/tickets?view=all&q=${hidden['at another location'].number}`,
      `/tickets?requester=${hidden['at another location'].email}`,
      `/tickets?tag=${MARK.toLowerCase()}-tag`,
      `/assets?q=${MARK}`,
      `/documents?q=${MARK}`,
      `/contacts?q=${MARK}`,
      `/tasks?view=team`,
      '/tasks?view=all',
      `/time?ticket=${hidden['in another department'].number}`,
      '/contacts/anna@acme.example',
      `/assets.csv?q=${MARK}`,
      '/time.csv',
      '/time/running-clocks',
      '/approvals?view=asked',
      '/approvals?view=decided',
      '/tasks?view=mine',
      `/time?person=${lou.id}`,
      '/time/totals?by=ticket',
    ]
    const told: string[] = []
    for (const path of asked) {
      const response = await lou.client.fetch('GET', path)
      const text = await response.text()
      if (text.toLowerCase().includes(MARK.toLowerCase()))
        told.push(
          `${path}: …${text.slice(Math.max(0, text.toLowerCase().indexOf(MARK.toLowerCase()) - 80)).slice(0, 160)}…`,
        )
      // No worker is here to be ready.
      if (response.status >= 500 && path !== '/readyz') told.push(`${path}: ${response.status}`)
    }
    assert.deepEqual(told, [])
    const { items } = await lou.client.get<{ items: { number: number }[] }>('/tickets?view=all')
    assert.deepEqual(
      items.map((t) => t.number),
      [visible.number],
    )
  })

  it('cannot be named in a request: as a parent, a link, an asset, a document, an address', async () => {
    const of = hidden['at another location']
    const t = `/tickets/${visible.number}`
    const naming: [string, string, object][] = [
      [
        'POST',
        '/tickets',
        {
          subject: 'New',
          departmentId: it_.id,
          requester: { email: 'anna@acme.example' },
          childOf: of.number,
        },
      ],
      ['POST', `${t}/links`, { number: of.number, kind: 'relates' }],
      ['POST', `${t}/merge`, { into: of.number }],
      ['POST', `${t}/assets`, { assetId: of.values['/assets/{id}'] }],
      ['POST', `${t}/documents`, { documentId: of.values['/documents/{id}'] }],
      [
        'POST',
        `${t}/confirmations`,
        { kind: 'return', assetIds: [of.values['/assets/{id}']], person: { email: 'x@y.example' } },
      ],
      ['POST', `${t}/notes`, { text: 'See', attachmentIds: [of.values['/attachments/{id}']] }],
      ['POST', `${t}/messages`, { text: 'See', attachmentIds: [of.values['/attachments/{id}']] }],
      [
        'POST',
        `${t}/approvals`,
        {
          subject: 'See',
          stages: [{ rule: { kind: 'all' }, approvers: [{ email: 'boss@client.example' }] }],
          attachmentIds: [of.values['/attachments/{id}']],
        },
      ],
      [
        'POST',
        `${t}/purchases`,
        {
          title: 'See',
          currency: 'EUR',
          documents: [{ kind: 'invoice', documentId: of.values['/documents/{id}'] }],
        },
      ],
      ['POST', '/contacts/anna@acme.example/addresses', { address: of.email }],
      ['PATCH', t, { locationId: of.values['/assets/{id}'] }],
    ]
    for (const [method, path, body] of naming) {
      const answer = await lou.client.request<{ code?: string }>(method, path, body)
      assert.ok(
        [404, 409, 422].includes(answer.status),
        `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`,
      )
      assert.equal(JSON.stringify(answer.body).includes(MARK), false, path)
    }
    const bulk = await lou.client.post<{ changed: number[] }>('/tickets/bulk', {
      numbers: [of.number, hidden['in another department'].number],
      change: { priority: 'urgent' },
    })
    assert.deepEqual(bulk.changed, [])
  })

  it('tells of one’s own clock and time there, not what ticket and task are called by now', async () => {
    const lost = hidden['where one has worked oneself and has lost sight of it'].number
    const running = await lou.client.get<{ items: RunningClockView[] }>('/time/running-clocks')
    const [clock] = running.items
    assert.deepEqual(
      [clock?.ticketNumber, clock?.ticketSubject, clock?.task?.title],
      [lost, '', ''],
    )
    const begun = await lou.client.post<StartedClock>(`/tickets/${visible.number}/clock`)
    assert.deepEqual(
      begun.stopped.map((time) => [time.ticketNumber, time.ticketSubject, time.task?.title]),
      [[lost, '', '']],
    )
    assert.equal(begun.clock.ticketSubject, 'Seen')
  })

  it('one’s own clock is stopped wherever it runs', async () => {
    const { number } = await lou.client.post<TicketDetail>('/tickets', {
      subject: 'Soon elsewhere',
      departmentId: it_.id,
      requester: { email: 'anna@acme.example' },
    })
    await lou.client.post(`/tickets/${number}/clock`)
    await desk.admin.client.patch(`/tickets/${number}`, { locationId: null, subject: MARK })
    const stopped = await lou.client.request<TimeEntry>('DELETE', `/tickets/${number}/clock`)
    assert.deepEqual([stopped.status, stopped.body.ticketSubject], [200, ''])
    assert.equal((await lou.client.request('DELETE', `/tickets/${number}/clock`)).status, 404)
  })

  it('is not told by the stream', async (t) => {
    const stream = await Stream.open(lou.client, t)
    for (const { number } of Object.values(hidden))
      await desk.admin.client.patch(`/tickets/${number}`, { priority: 'high' })
    await desk.admin.client.patch(`/tickets/${visible.number}`, { priority: 'high' })
    await stream.ticket((event) => event.number === visible.number)
    assert.deepEqual([...new Set(stream.tickets.map((event) => event.number))], [visible.number])
  })
})
