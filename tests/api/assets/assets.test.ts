import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Location } from '../../../domain/locations/contract.ts'
import type {
  Asset,
  AssetDetail,
  AssetImportResult,
  AssetHistoryEntry,
  TicketAssets,
} from '../../../domain/assets/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { TicketDetail, TicketSummary } from '../../../domain/tickets/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { assetsFromPurchase } from '../../../activities/assets/purchased-assets.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

describe('assets', () => {
  let desk: ApiDesk
  let it_: Department
  let sam: Person
  const post = (body: object) =>
    sam.client.post<AssetDetail>('/assets', { type: 'Laptop', ...body })
  const historyOf = async (id: string) =>
    (await sam.client.get<{ items: AssetHistoryEntry[] }>(`/assets/${id}/history`)).items.map(
      (l) => [l.change, l.field, l.from, l.to],
    )

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    sam = await desk.person('Sam Okafor', 'agent', [it_])
  })
  after(() => desk?.close())

  it('are kept with an exact price, and every change is a line of their history', async () => {
    const made = await post({
      name: 'Laptop 12',
      serial: 'PF3X',
      price: '1249.10',
      user: { email: 'Anna@client.example', name: 'Anna' },
      warrantyEnds: '2028-11-24',
    })
    assert.deepEqual(
      [made.price, made.status, made.user],
      ['1249.10', 'inStock', { email: 'anna@client.example', name: 'Anna' }],
    )
    const changed = await sam.client.patch<AssetDetail>(`/assets/${made.id}`, {
      status: 'inRepair',
      price: '1249.1000',
      user: null,
    })
    assert.deepEqual([changed.status, changed.user], ['inRepair', null])
    assert.deepEqual((await historyOf(made.id)).reverse(), [
      ['created', '', null, 'Laptop 12'],
      ['changed', 'status', 'inStock', 'inRepair'],
      ['changed', 'userEmail', 'anna@client.example', null],
      ['changed', 'userName', 'Anna', null],
      ['changed', 'price', '1249.10', '1249.1000'],
    ])
    await assert.rejects(desk.pool.query('DELETE FROM asset_history'), /only added to/)
    assertProblem(
      await sam.client.request('POST', '/assets', {
        name: 'Other',
        type: 'Laptop',
        serial: 'pf3x',
      }),
      409,
      'serial-taken',
    )
    assertProblem(
      await sam.client.request('POST', '/assets', { name: 'Other', type: 'Laptop', price: 12.5 }),
      400,
    )
  })

  it('are found by words, type, status and user, page by page', async () => {
    await post({
      name: 'Zebra printer',
      type: 'Printer',
      model: 'ZT 411',
      user: { email: 'zoe@client.example' },
    })
    const found = async (query: string) =>
      (await sam.client.get<{ items: Asset[]; total: number }>(`/assets?${query}`)).items.map(
        (a) => a.name,
      )
    assert.deepEqual(await found('q=zebra%20411'), ['Zebra printer'])
    assert.deepEqual(await found('q=%25'), [])
    assert.deepEqual(await found('type=printer'), ['Zebra printer'])
    assert.deepEqual(await found('user=ZOE@client.example'), ['Zebra printer'])
    const first = await sam.client.get<{ items: Asset[]; next: string; total: number }>(
      '/assets?limit=1',
    )
    assert.equal(first.total, 2)
    assert.deepEqual(await found(`limit=1&cursor=${first.next}`), ['Zebra printer'])
    assert.deepEqual((await sam.client.get<{ items: string[] }>('/assets/types')).items, [
      'Laptop',
      'Printer',
    ])
  })

  it('are parts of each other, both ways and never in a circle', async () => {
    const dock = await post({ name: 'Dock' })
    const screen = await post({ name: 'Screen', partOfId: dock.id })
    assert.deepEqual(screen.partOf, { id: dock.id, name: 'Dock' })
    assert.deepEqual((await sam.client.get<AssetDetail>(`/assets/${dock.id}`)).parts, [
      { id: screen.id, name: 'Screen' },
    ])
    assertProblem(
      await sam.client.request('PATCH', `/assets/${dock.id}`, { partOfId: screen.id }),
      422,
      'asset-circle',
    )
  })

  it('are never in a circle, nor a failure, when two are made parts of each other at once', async () => {
    for (let round = 0; round < 10; round++) {
      const [one, other] = [await post({ name: 'One' }), await post({ name: 'Other' })]
      const moves = [
        [one.id, other.id],
        [other.id, one.id],
      ].map(([id, partOfId]) => sam.client.request('PATCH', `/assets/${id}`, { partOfId }))
      const answers = await Promise.all(moves)
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 422])
    }
  })

  it('are linked to a ticket by its commands, and proposed from what the requester has', async () => {
    const laptop = await post({ name: 'Anna’s laptop', user: { email: 'anna@client.example' } })
    const { number } = await desk.mailTicket(it_)
    const before = await sam.client.get<TicketAssets>(`/tickets/${number}/assets`)
    assert.deepEqual([before.linked, before.suggested.map((a) => a.id)], [[], [laptop.id]])
    const linked = await sam.client.post<TicketAssets>(`/tickets/${number}/assets`, {
      assetId: laptop.id,
    })
    assert.deepEqual([linked.linked.map((a) => a.id), linked.suggested], [[laptop.id], []])
    assert.deepEqual(
      (await sam.client.get<AssetDetail>(`/assets/${laptop.id}`)).tickets.map((t) => t.number),
      [number],
    )
    await sam.client.delete(`/tickets/${number}/assets/${laptop.id}`)
    const events = await sam.client.get<{ items: TicketEvent[] }>(`/tickets/${number}/events`)
    assert.deepEqual(events.items.map((e) => e.type).slice(-2), ['assetLinked', 'assetUnlinked'])
    assert.deepEqual((await sam.client.get<TicketAssets>(`/tickets/${number}/assets`)).linked, [])
    assertProblem(
      await sam.client.request('POST', `/tickets/${number}/assets`, { assetId: timeOrderedId() }),
      422,
    )
  })

  it('are removed from lists, and kept in their history', async () => {
    const old = await post({ name: 'Old one', serial: 'OLD1' })
    await sam.client.delete(`/assets/${old.id}`)
    assertProblem(await sam.client.request('GET', `/assets/${old.id}`), 404)
    await post({ name: 'New one', serial: 'OLD1' })
    const { rows } = await desk.pool.query(
      'SELECT change FROM asset_history WHERE asset_id = $1 ORDER BY id',
      [old.id],
    )
    assert.deepEqual(
      rows.map((r: { change: string }) => r.change),
      ['created', 'removed'],
    )
  })

  it('come from a delivery once, however often it is written', async () => {
    const id = timeOrderedId()
    for (let run = 0; run < 2; run++)
      await assetsFromPurchase(
        desk.db,
        { number: 77 },
        [{ id, name: 'Tablet', type: 'Tablet', serial: 'T1' }],
        '2026-11-24T09:00:00.000Z',
      )
    assert.deepEqual(await historyOf(id), [['purchased', '', null, 'Tablet']])
    assert.equal((await sam.client.get<AssetDetail>(`/assets/${id}`)).fromTicket, 77)
  })

  it('are not for approvers', async () => {
    const approver = await desk.person('Ida Approver', 'approver')
    assertProblem(await approver.client.request('GET', '/assets'), 403)
    assertProblem(await approver.client.request('POST', '/assets', { name: 'X', type: 'Y' }), 403)
  })

  describe('imported from a file', () => {
    const importing = (body: object) => sam.client.post<AssetImportResult>('/assets/import', body)
    const count = async () => (await sam.client.get<{ total: number }>('/assets')).total

    it('are shown before, and then written as they were shown', async () => {
      const csv =
        'Name;Type;Serial;Price\r\n"Écran ""27"" pouces";Screen;IMP1;1 299,90\r\nSouris;Mouse;;\r\n'
      const before = await count()
      const preview = await importing({ csv, preview: true })
      assert.deepEqual([preview.imported, preview.total, preview.errors], [0, 2, []])
      assert.equal(await count(), before)
      const done = await importing({ csv, preview: false })
      assert.deepEqual([done.imported, done.sample], [2, preview.sample])
      const [screen] = (await sam.client.get<{ items: Asset[] }>('/assets?q=IMP1')).items
      assert.deepEqual([screen?.name, screen?.price], ['Écran "27" pouces', '1299.90'])
      assert.deepEqual(await historyOf(screen!.id), [['imported', '', null, 'Écran "27" pouces']])
    })

    it('are not imported at all when one line is wrong', async () => {
      const before = await count()
      const { imported, errors } = await importing({
        csv: 'Name,Type,Serial\nGood,Laptop,N1\nBad,Laptop,IMP1\n',
        preview: false,
      })
      assert.equal(imported, 0)
      assert.deepEqual(
        errors.map((e) => [e.line, e.column, e.code]),
        [[3, 'Serial', 'serial-known']],
      )
      assert.match(errors[0]!.message, /here already\. .+\.$/)
      assert.equal(await count(), before)
    })

    it('are read in UTF-8, UTF-16 and Windows-1252', async () => {
      const windows = Buffer.from('Nom;Type\nCl\xe9 USB \x96 5 \x80;Stockage\n', 'latin1')
      const text = '\uFEFFNom;Type\nClé USB – 5 €;Stockage\n'
      const tabs = Buffer.from(text.replaceAll(';', '\t'), 'utf16le')
      for (const bytes of [
        windows,
        Buffer.from(text),
        tabs,
        Buffer.from(text, 'utf16le').swap16(),
      ]) {
        const { sample } = await importing({ base64: bytes.toString('base64'), preview: true })
        assert.equal(sample[0]?.name, 'Clé USB – 5 €')
      }
    })

    it('can be written by the export', async () => {
      const response = await sam.client.fetch('GET', '/assets.csv?type=Screen')
      assert.match(response.headers.get('content-type') ?? '', /text\/csv/)
      const csv = await response.text()
      assert.match(csv, /"Écran ""27"" pouces",Screen,IMP1/)
      const { errors } = await importing({ csv, preview: true })
      assert.deepEqual(
        errors.map((e) => e.code),
        ['serial-known'],
        'only because they are here already',
      )
    })
  })

  describe('at locations', () => {
    let acme: Location
    let room: Location
    let limited: Person
    before(async () => {
      acme = await desk.admin.client.post<Location>('/locations', { name: 'Acme', kind: 'company' })
      const section = await desk.admin.client.post<Location>('/locations', {
        name: 'Finance',
        kind: 'section',
        parentId: acme.id,
      })
      room = await desk.admin.client.post<Location>('/locations', {
        name: 'Room 12',
        kind: 'room',
        parentId: section.id,
      })
      limited = await desk.person('Lou Limited', 'agent', [it_])
      await desk.admin.client.put(`/users/${limited.id}/locations`, { locationIds: [acme.id] })
    })

    it('stand in a tree', async () => {
      assert.equal(room.path, 'Acme / Finance / Room 12')
      assertProblem(
        await desk.admin.client.request('POST', '/locations', { name: 'Alone', kind: 'room' }),
        422,
        'location-kind',
      )
      assertProblem(
        await desk.admin.client.request('POST', '/locations', { name: 'acme', kind: 'site' }),
        409,
        'location-name-taken',
      )
      assertProblem(
        await desk.admin.client.request('DELETE', `/locations/${acme.id}`),
        409,
        'location-in-use',
      )
      assertProblem(
        await sam.client.request('POST', '/locations', { name: 'Mine', kind: 'site' }),
        403,
      )
    })

    it('are filtered by a location and everything in it', async () => {
      await post({ name: 'Room phone', locationId: room.id })
      assert.deepEqual(
        (await sam.client.get<{ items: Asset[] }>(`/assets?location=${acme.id}`)).items.map(
          (a) => a.name,
        ),
        ['Room phone'],
      )
    })

    it('go with the requester to a new ticket, and limit what a user sees', async () => {
      await sam.client.put('/contacts/Rita@acme.example', { name: 'Rita', locationId: room.id })
      const here = await sam.client.post<TicketDetail>('/tickets', {
        subject: 'In room 12',
        departmentId: it_.id,
        requester: { email: 'rita@acme.example' },
      })
      assert.deepEqual(here.location, { id: room.id, name: 'Acme / Finance / Room 12' })
      const elsewhere = await desk.mailTicket(it_)
      const seen = async (person: Person, query = '') =>
        (await person.client.get<{ items: TicketSummary[] }>(`/tickets${query}`)).items.map(
          (t) => t.number,
        )
      assert.deepEqual(await seen(limited), [here.number])
      assert.deepEqual(await seen(sam, `?location=${acme.id}`), [here.number])
      assertProblem(await limited.client.request('GET', `/tickets/${elsewhere.number}`), 404)
      assertProblem(
        await sam.client.request('PATCH', `/tickets/${elsewhere.number}`, { ownerId: limited.id }),
        422,
        'person-without-access',
      )
      assert.deepEqual(
        (await limited.client.get<{ items: Asset[] }>('/assets')).items.map((a) => a.name),
        ['Room phone'],
      )
      const [other] = (await sam.client.get<{ items: Asset[] }>('/assets?q=zebra')).items
      assertProblem(await limited.client.request('GET', `/assets/${other!.id}`), 404)
      assertProblem(
        await limited.client.request('POST', '/assets', { name: 'Nowhere', type: 'Laptop' }),
        422,
        'location-needed',
      )
      const moved = await sam.client.patch<TicketDetail>(`/tickets/${here.number}`, {
        locationId: null,
      })
      assert.equal(moved.location, null)
      assert.deepEqual(await seen(limited), [])
    })

    it('let a limited user open tickets only for their own locations', async () => {
      const own = await limited.client.post<TicketDetail>('/tickets', {
        subject: 'New one',
        departmentId: it_.id,
        requester: { email: 'unknown@acme.example' },
      })
      assert.equal(own.location?.id, acme.id)
      const site = await desk.admin.client.post<Location>('/locations', {
        name: 'Own site',
        kind: 'site',
      })
      await sam.client.put('/contacts/far@own.example', { locationId: site.id })
      assertProblem(
        await limited.client.request('POST', '/tickets', {
          subject: 'Far',
          departmentId: it_.id,
          requester: { email: 'far@own.example' },
        }),
        422,
        'requester-elsewhere',
      )
    })
  })
})
