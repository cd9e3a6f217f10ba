import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { ContactDetail, ContactPage } from '../../../domain/contacts/contract.ts'
import type { Location } from '../../../domain/locations/contract.ts'
import type { AssetDetail, DocumentDetail } from '../../../domain/assets/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { TicketDetail, TicketSummary } from '../../../domain/tickets/contract.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

describe('the people who write', () => {
  let desk: ApiDesk
  let it_: Department
  let hr: Department
  let sam: Person
  let acme: Location
  let far: Location
  const one = (email: string, person = sam) =>
    person.client.get<ContactDetail>(`/contacts/${encodeURIComponent(email)}`)
  const listed = async (query = '', person = sam) =>
    (await person.client.get<ContactPage>(`/contacts${query}`)).items.map((c) => c.email)

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    hr = await desk.department('HR')
    sam = await desk.person('Sam Support', 'agent', [it_])
    acme = await desk.admin.client.post<Location>('/locations', { name: 'Acme', kind: 'company' })
    far = await desk.admin.client.post<Location>('/locations', { name: 'Far', kind: 'site' })
  })
  after(() => desk?.close())

  it('are known by their first mail, with the name they gave', async () => {
    await desk.mailTicket(it_, { from: { email: 'anna@client.example', name: '' } })
    await desk.mailTicket(it_, { from: { email: 'anna@client.example', name: 'Anna Weber' } })
    await desk.mailTicket(it_, { from: { email: 'anna@client.example', name: 'A. W.' } })
    const { items, total } = await sam.client.get<ContactPage>('/contacts')
    assert.deepEqual(
      items.map(({ email, name, openTickets, tickets }) => [email, name, openTickets, tickets]),
      [['anna@client.example', 'Anna Weber', 3, 3]],
    )
    assert.equal(total, 1)
  })

  it('have a page: tickets, open ones first, assets, their documents and confirmations', async () => {
    const bob = { email: 'bob@client.example', name: 'Bob' }
    const open = await desk.mailTicket(it_, { from: bob, subject: 'Open' })
    const solved = await desk.mailTicket(it_, { from: bob, subject: 'Solved' })
    await sam.client.patch(`/tickets/${solved.number}`, { status: 'solved' })
    const laptop = await sam.client.post<AssetDetail>('/assets', {
      name: 'Laptop of Bob',
      type: 'Laptop',
      user: bob,
    })
    const warranty = await sam.client.post<DocumentDetail>('/documents', {
      kind: 'warranty',
      title: 'Warranty of the laptop',
    })
    await sam.client.post(`/assets/${laptop.id}/documents`, { documentId: warranty.id })
    await sam.client.post(`/tickets/${open.number}/assets`, { assetId: laptop.id })
    await sam.client.post(`/tickets/${open.number}/confirmations`, {
      kind: 'handOver',
      assetIds: [laptop.id],
      person: bob,
    })
    const page = await one('BOB@client.example')
    assert.deepEqual(
      [page.tickets.map((t) => t.subject), page.openTickets, page.ticketCount],
      [['Open', 'Solved'], 1, 2],
    )
    assert.deepEqual(
      [
        page.assets.map((a) => a.name),
        page.documents.map((d) => d.title),
        page.confirmations.map((c) => c.state),
      ],
      [['Laptop of Bob'], ['Warranty of the laptop'], ['asked']],
    )
  })

  it('are called and put somewhere by agents, who leave notes about them', async () => {
    const changed = await sam.client.put<ContactDetail>('/contacts/anna@client.example', {
      name: 'Anna Weber-Lang',
      locationId: acme.id,
      notes: 'Prefers the telephone.',
    })
    assert.deepEqual(
      [
        changed.name,
        changed.location?.name,
        changed.notes,
        changed.notedBy,
        changed.notedAt !== null,
      ],
      ['Anna Weber-Lang', 'Acme', 'Prefers the telephone.', 'Sam Support', true],
    )
    const next = await sam.client.post<TicketDetail>('/tickets', {
      subject: 'At Acme',
      departmentId: it_.id,
      requester: { email: 'anna@client.example' },
    })
    assert.equal(next.location?.id, acme.id)
    const renamed = await sam.client.put<ContactDetail>('/contacts/anna@client.example', {
      name: 'Anna',
    })
    assert.deepEqual(
      [renamed.name, renamed.location?.name, renamed.notes],
      ['Anna', 'Acme', 'Prefers the telephone.'],
      'and the rest stays',
    )
    assertProblem(
      await sam.client.request('PUT', '/contacts/anna@client.example', {
        locationId: '00000000-0000-4000-8000-000000000000',
      }),
      422,
      'location-not-found',
    )
  })

  it('are found by words of their name and address, and by location, page by page', async () => {
    for (const n of [3, 1, 2])
      await desk.mailTicket(it_, {
        from: { email: `paging${n}@client.example`, name: `Zoé Paging ${n}` },
      })
    assert.deepEqual(await listed('?q=zo%C3%A9%20paging'), [
      'paging1@client.example',
      'paging2@client.example',
      'paging3@client.example',
    ])
    assert.deepEqual(await listed('?q=100%25'), [])
    assert.deepEqual(await listed(`?location=${acme.id}`), ['anna@client.example'])
    const all: string[] = []
    for (let cursor = ''; ;) {
      const page = await sam.client.get<ContactPage>(`/contacts?limit=2${cursor}`)
      all.push(...page.items.map((c) => c.email))
      if (!page.next) break
      cursor = `&cursor=${page.next}`
    }
    assert.deepEqual(all, await listed())
    assertProblem(
      await sam.client.request('GET', '/contacts?cursor=nonsense'),
      400,
      'cursor-invalid',
    )
  })

  it('may have several addresses, which are one person everywhere', async () => {
    await desk.mailTicket(it_, {
      from: { email: 'cara@work.example', name: 'Cara' },
      subject: 'From work',
    })
    await desk.mailTicket(it_, {
      from: { email: 'cara@home.example', name: '' },
      subject: 'From home',
    })
    await sam.client.put('/contacts/cara@home.example', { notes: 'Known from home.' })
    await sam.client.put('/contacts/cara@work.example', { locationId: acme.id })
    const joined = await sam.client.post<ContactDetail>('/contacts/cara@work.example/addresses', {
      address: 'Cara@Home.example',
    })
    assert.deepEqual(
      [joined.otherAddresses, joined.tickets.map((t) => t.subject).sort(), joined.notes],
      [['cara@home.example'], ['From home', 'From work'], 'Known from home.'],
    )
    assert.equal((await one('cara@home.example')).email, 'cara@work.example')
    assert.deepEqual(await listed('?q=cara'), ['cara@work.example'])
    assert.deepEqual(await listed('?q=home.example'), ['cara@work.example'])
    const theirs = await sam.client.get<{ items: TicketSummary[] }>(
      '/tickets?requester=cara@home.example',
    )
    assert.equal(theirs.items.length, 2)
    const next = await sam.client.post<TicketDetail>('/tickets', {
      subject: 'At Acme too',
      departmentId: it_.id,
      requester: { email: 'cara@home.example' },
    })
    assert.equal(next.location?.id, acme.id)
    assertProblem(
      await sam.client.request('POST', '/contacts/anna@client.example/addresses', {
        address: 'cara@home.example',
      }),
      409,
      'address-of-another',
    )
    assertProblem(
      await sam.client.request('POST', '/contacts/anna@client.example/addresses', {
        address: 'anna@client.example',
      }),
      422,
      'address-own',
    )
    await sam.client.delete('/contacts/cara@work.example/addresses/cara@home.example')
    assert.deepEqual(await listed('?q=cara'), ['cara@work.example', 'cara@home.example'])
    assertProblem(
      await sam.client.request('DELETE', '/contacts/cara@work.example/addresses/cara@home.example'),
      404,
    )
  })

  it('are seen only through what one sees: departments and locations', async () => {
    await desk.mailTicket(hr, { from: { email: 'hidden@client.example', name: 'Hilda Hidden' } })
    assert.deepEqual(await listed('?q=hilda'), [])
    assertProblem(await sam.client.request('GET', '/contacts/hidden@client.example'), 404)
    assertProblem(
      await sam.client.request('PUT', '/contacts/hidden@client.example', { name: 'X' }),
      404,
    )
    assertProblem(
      await sam.client.request('POST', '/contacts/anna@client.example/addresses', {
        address: 'hidden@client.example',
      }),
      422,
      'address-elsewhere',
    )
    assert.deepEqual(await listed('?q=hilda', desk.admin), ['hidden@client.example'])
    const lou = await desk.person('Lou Limited', 'agent', [it_])
    await desk.admin.client.put(`/users/${lou.id}/locations`, { locationIds: [far.id] })
    assert.deepEqual(await listed('', lou), [])
    await sam.client.put('/contacts/new@far.example', { name: 'Nobody yet', locationId: far.id })
    assert.deepEqual(await listed('', lou), ['new@far.example'])
    assertProblem(
      await lou.client.request('PUT', '/contacts/other@far.example', { name: 'Y' }),
      422,
      'location-needed',
    )
    await lou.client.put('/contacts/other@far.example', { locationId: far.id })
    assert.deepEqual(await listed('', lou), ['new@far.example', 'other@far.example'])
    const bob = await desk.mailTicket(it_, {
      from: { email: 'bob@client.example', name: 'Bob' },
      subject: 'Far away',
    })
    await sam.client.patch(`/tickets/${bob.number}`, { locationId: far.id })
    const seen = await one('bob@client.example', lou)
    assert.deepEqual(
      [
        seen.tickets.map((t) => t.subject),
        seen.ticketCount,
        seen.assets,
        seen.documents,
        seen.confirmations,
      ],
      [['Far away'], 1, [], [], []],
    )
  })
})
