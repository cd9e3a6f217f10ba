import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Department } from '../../../domain/people/contract.ts'
import type { Message } from '../../../domain/conversation/contract.ts'
import type { TicketSummary } from '../../../domain/tickets/contract.ts'
import { Stream } from '../../integration/support/stream.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

/**
 * Roles and departments: domain/permissions.ts decides, and this is what comes of it at every door.
 */
describe('who may do what', () => {
  let desk: ApiDesk
  let hr: Department
  let it_: Department
  let ida: Person
  let hanna: Person
  let secret: { number: number; messageId: string; attachmentIds: string[] }
  let open: { number: number; messageId: string }
  let upload: string
  let note: string

  before(async () => {
    desk = await ApiDesk.open()
    hr = await desk.department('HR')
    it_ = await desk.department('IT')
    ida = await desk.person('Ida IT', 'agent', [it_])
    hanna = await desk.person('Hanna HR', 'agent', [hr])
    secret = await desk.mailTicket(hr, {
      subject: 'Salary of the director',
      text: 'It is high.',
      attachments: [
        { filename: 'contract.pdf', contentType: 'application/pdf', bytes: Buffer.from('%PDF') },
      ],
    })
    open = await desk.mailTicket(it_, { subject: 'Printer' })
    const file = await hanna.client.upload<{ id: string }>('/attachments', {
      filename: 'draft.txt',
      contentType: 'text/plain',
      bytes: new Uint8Array(Buffer.from('draft')),
    })
    upload = file.id
    const inNote = await hanna.client.upload<{ id: string }>('/attachments', {
      filename: 'note.txt',
      contentType: 'text/plain',
      bytes: new Uint8Array(Buffer.from('note')),
    })
    await hanna.client.post(`/tickets/${secret.number}/notes`, {
      text: 'Not for everybody',
      attachmentIds: [inNote.id],
    })
    note = inNote.id
  })
  after(() => desk?.close())

  /** Every address that leads to something of one ticket. */
  const doors = (): [method: string, path: string, body?: unknown][] => {
    const t = `/tickets/${secret.number}`
    return [
      ['GET', t],
      ['GET', `${t}/messages`],
      ['GET', `${t}/notes`],
      ['GET', `${t}/events`],
      ['GET', `${t}/watchers`],
      ['GET', `${t}/notification-level`],
      ['GET', `${t}/links`],
      ['GET', `/messages/${secret.messageId}/source`],
      ['GET', `/attachments/${secret.attachmentIds[0]}`],
      ['GET', `/attachments/${upload}`],
      ['GET', `/attachments/${note}`],
      ['PATCH', t, { status: 'open' }],
      ['POST', `${t}/messages`, { text: 'Hello' }],
      ['POST', `${t}/notes`, { text: 'Hello' }],
      ['POST', `${t}/watchers`, { userId: ida.id }],
      ['DELETE', `${t}/watchers/${hanna.id}`],
      ['POST', `${t}/links`, { number: open.number, kind: 'relates' }],
      ['DELETE', `${t}/links/relates/${open.number}`],
      ['POST', `/messages/${secret.messageId}/cancel`],
      ['POST', `/messages/${secret.messageId}/retry`],
    ]
  }

  it('an agent of another department finds nothing of a ticket, at none of its doors', async () => {
    for (const [method, path, body] of doors())
      assertProblem(await ida.client.request(method, path, body), 404, 'not-found')
    assert.equal(
      (await desk.admin.client.get<{ version: number }>(`/tickets/${secret.number}`)).version,
      3,
      'and nothing has happened to it',
    )
  })

  it('what one may not see looks like what does not exist', async () => {
    const [hidden, missing] = [
      await ida.client.request('GET', `/tickets/${secret.number}`),
      await ida.client.request('GET', '/tickets/999999'),
    ]
    assert.deepEqual(
      JSON.stringify(hidden.body).replaceAll(String(secret.number), 'N'),
      JSON.stringify(missing.body).replaceAll('999999', 'N'),
    )
    const [source, none] = [
      await ida.client.request('GET', `/messages/${secret.messageId}/source`),
      await ida.client.request('GET', '/messages/00000000-0000-4000-8000-000000000000/source'),
    ]
    assert.deepEqual(source.body, none.body)
  })

  it('no list, count, search or bulk change shows it', async () => {
    for (const path of [
      '/tickets',
      '/tickets?view=all',
      '/tickets?q=salary',
      `/tickets?q=${secret.number}`,
      `/tickets?department=${hr.id}`,
    ]) {
      const page = await ida.client.get<{ items: TicketSummary[]; total: number }>(path)
      assert.equal(
        page.items.some((t) => t.number === secret.number),
        false,
        path,
      )
      assert.equal(page.total, page.items.length, path)
    }
    assert.equal((await ida.client.get<{ all: number }>('/tickets/counts')).all, 1)
    const bulk = await ida.client.post<{
      changed: number[]
      failed: { number: number; code: string }[]
    }>('/tickets/bulk', { numbers: [secret.number, open.number], change: { priority: 'high' } })
    assert.deepEqual(
      [bulk.changed, bulk.failed.map((f) => [f.number, f.code])],
      [[open.number], [[secret.number, 'not-found']]],
    )
  })

  it('a link to it shows neither number nor subject', async () => {
    await desk.admin.client.post(`/tickets/${open.number}/links`, {
      number: secret.number,
      kind: 'relates',
    })
    assert.deepEqual(
      (await ida.client.get<{ links: unknown[] }>(`/tickets/${open.number}`)).links,
      [],
    )
    assert.equal(
      (await desk.admin.client.get<{ links: unknown[] }>(`/tickets/${open.number}`)).links.length,
      1,
    )
    assertProblem(
      await ida.client.request('POST', `/tickets/${open.number}/links`, {
        number: secret.number,
        kind: 'blocks',
      }),
      422,
      'linked-ticket-not-found',
    )
  })

  it('its answers are not in another department’s outbox', async () => {
    const answer = await hanna.client.post<Message>(`/tickets/${secret.number}/messages`, {
      text: 'Noted.',
    })
    const ids = async (person: Person) =>
      (await person.client.get<{ items: { id: string }[] }>('/outbox')).items.map((m) => m.id)
    assert.deepEqual([await ids(hanna), await ids(ida)], [[answer.id], []])
  })

  it('the stream tells each only what is theirs', async (t) => {
    const [idas, hannas] = [await Stream.open(ida.client, t), await Stream.open(hanna.client, t)]
    await hanna.client.patch(`/tickets/${secret.number}`, { priority: 'urgent' })
    await ida.client.patch(`/tickets/${open.number}`, { priority: 'urgent' })
    await hannas.ticket((e) => e.number === secret.number)
    await idas.ticket((e) => e.number === open.number)
    assert.deepEqual([...new Set(idas.tickets.map((e) => e.number))], [open.number])
    assert.deepEqual([...new Set(hannas.tickets.map((e) => e.number))], [secret.number])
  })

  it('its own agents and admins open every door', async () => {
    for (const person of [hanna, desk.admin]) {
      for (const [method, path] of doors().filter(([m]) => m === 'GET')) {
        if (path.endsWith(upload) && person !== hanna) continue
        assert.equal(
          (await person.client.request(method, path)).status,
          200,
          `${person.name} ${path}`,
        )
      }
    }
  })

  it('a file that is in no message yet is seen by who uploaded it alone, and cannot be sent by another', async () => {
    assertProblem(await desk.admin.client.request('GET', `/attachments/${upload}`), 404)
    assertProblem(
      await ida.client.request('POST', `/tickets/${open.number}/messages`, {
        text: 'See attached',
        attachmentIds: [upload],
      }),
      422,
      'attachment-not-available',
    )
    assertProblem(
      await ida.client.request('POST', `/tickets/${open.number}/notes`, {
        text: 'See attached',
        attachmentIds: [upload],
      }),
      422,
      'attachment-not-available',
    )
  })

  it('an owner or watcher must be able to see the ticket', async () => {
    assertProblem(
      await desk.admin.client.request('PATCH', `/tickets/${secret.number}`, { ownerId: ida.id }),
      422,
      'person-without-access',
    )
    assertProblem(
      await desk.admin.client.request('POST', `/tickets/${secret.number}/watchers`, {
        userId: ida.id,
      }),
      422,
      'person-without-access',
    )
    const owners = await desk.admin.client.get<{ items: { id: string }[] }>(
      `/users?department=${hr.id}`,
    )
    assert.deepEqual(owners.items.map((u) => u.id).sort(), [desk.admin.id, hanna.id].sort())
  })

  it('a ticket handed over is seen by the other department from then on', async () => {
    const { number } = await desk.mailTicket(it_, { subject: 'Maternity leave' })
    const last = await ida.client.patch<{ department: { name: string } }>(`/tickets/${number}`, {
      departmentId: hr.id,
    })
    assert.equal(last.department.name, 'HR')
    assertProblem(await ida.client.request('GET', `/tickets/${number}`), 404)
    assert.equal((await hanna.client.request('GET', `/tickets/${number}`)).status, 200)
  })

  it('only admins reach settings, people and quarantine', async () => {
    const adminOnly: [string, string, unknown?][] = [
      ['GET', '/mailboxes'],
      ['POST', '/mailboxes', {}],
      ['POST', '/mailboxes/test', {}],
      ['GET', `/departments/${it_.id}/sender`],
      ['POST', '/departments', { name: 'X' }],
      ['PATCH', `/departments/${it_.id}`, {}],
      ['DELETE', `/departments/${it_.id}`],
      ['POST', '/users', {}],
      ['PATCH', `/users/${ida.id}`, { role: 'admin' }],
      ['POST', `/users/${ida.id}/setup-link`],
      ['POST', '/categories', { name: 'X' }],
      ['POST', '/templates', { name: 'X', body: 'Y' }],
      ['GET', '/quarantine'],
      ['GET', '/unwritten-commands'],
    ]
    for (const [method, path, body] of adminOnly)
      assertProblem(await ida.client.request(method, path, body), 403, 'not-allowed')
  })

  it('agents see who their colleagues are, and no more of them', async () => {
    const { items } = await ida.client.get<{ items: Record<string, unknown>[] }>('/users')
    assert.deepEqual(
      items.map((u) => Object.keys(u).sort().join()),
      Array.from({ length: 3 }, () => 'email,id,name,role'),
    )
  })

  it('nothing is answered to who has not signed in', async () => {
    const stranger = desk.client()
    for (const [method, path, body] of [
      ...doors(),
      ['GET', '/tickets'],
      ['GET', '/users'],
      ['GET', '/stream'],
      ['POST', '/tickets', {}],
      ['DELETE', '/session'],
    ] as [string, string, unknown?][]) {
      assertProblem(await stranger.request(method, path, body), 401, 'not-signed-in')
    }
  })

  it('a person whose access ends is cut off at the next request', async () => {
    const { client, id } = await desk.person('Max Moved', 'agent', [hr])
    assert.equal((await client.request('GET', `/tickets/${secret.number}`)).status, 200)
    await desk.admin.client.patch(`/users/${id}`, { departmentIds: [it_.id] })
    assertProblem(await client.request('GET', `/tickets/${secret.number}`), 404)
  })
})
