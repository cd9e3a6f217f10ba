import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type {
  AssetDetail,
  DocumentDetail,
  AssetHistoryEntry,
  DocumentView,
  TicketDocuments,
} from '../../../domain/assets/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

describe('documents', () => {
  let desk: ApiDesk
  let it_: Department
  let sam: Person
  const post = (body: object) =>
    sam.client.post<DocumentDetail>('/documents', { kind: 'invoice', ...body })
  const historyOf = async (id: string) =>
    (await sam.client.get<{ items: AssetHistoryEntry[] }>(`/documents/${id}/history`)).items
      .map((l) => [l.change, l.field, l.from, l.to])
      .reverse()

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    sam = await desk.person('Sam Okafor', 'agent', [it_])
  })
  after(() => desk?.close())

  it('keep the history of a licence: its seats, version and end', async () => {
    const licence = await post({
      kind: 'licence',
      title: 'Drawing suite',
      seats: 20,
      version: '2025',
      endsOn: '2026-12-31',
      amount: '4800.00',
    })
    assert.equal(licence.amount, '4800.00')
    await sam.client.patch(`/documents/${licence.id}`, {
      seats: 25,
      version: '2026',
      endsOn: '2027-12-31',
    })
    assert.deepEqual(await historyOf(licence.id), [
      ['created', '', null, 'Drawing suite'],
      ['changed', 'endsOn', '2026-12-31', '2027-12-31'],
      ['changed', 'version', '2025', '2026'],
      ['changed', 'seats', '20', '25'],
    ])
  })

  it('of a licence count the seats that linked assets take', async () => {
    const licence = await post({ kind: 'licence', title: 'Two seats', seats: 2 })
    assert.equal(licence.seatsUsed, 0)
    const [one, two] = [
      await sam.client.post<AssetDetail>('/assets', { name: 'Seat one', type: 'Laptop' }),
      await sam.client.post<AssetDetail>('/assets', { name: 'Seat two', type: 'Laptop' }),
    ]
    for (const asset of [one, two])
      await sam.client.post(`/assets/${asset.id}/documents`, { documentId: licence.id })
    assert.equal((await sam.client.get<DocumentDetail>(`/documents/${licence.id}`)).seatsUsed, 2)
    await sam.client.patch(`/assets/${one.id}`, { status: 'retired' })
    assert.equal((await sam.client.get<DocumentDetail>(`/documents/${licence.id}`)).seatsUsed, 1)
    assert.equal((await post({ kind: 'licence', title: 'Not counted' })).seatsUsed, null)
  })

  it('have files, which are read by whoever sees the document', async () => {
    const file = await sam.client.upload<{ id: string }>('/attachments', {
      filename: 'invoice.pdf',
      contentType: 'application/pdf',
      bytes: new Uint8Array(Buffer.from('%PDF-1.4')),
    })
    const invoice = await post({ title: 'Invoice 118', attachmentIds: [file.id] })
    assert.deepEqual(
      invoice.files.map((f) => f.filename),
      ['invoice.pdf'],
    )
    const other = await desk.person('Olga Other', 'agent', [])
    assert.equal(
      await (await other.client.fetch('GET', `/attachments/${file.id}`)).text(),
      '%PDF-1.4',
    )
    await sam.client.delete(`/documents/${invoice.id}/files/${file.id}`)
    assertProblem(await other.client.request('GET', `/attachments/${file.id}`), 404)
    assert.deepEqual(await historyOf(invoice.id), [
      ['created', '', null, 'Invoice 118'],
      ['fileAdded', '', null, 'invoice.pdf'],
      ['fileRemoved', '', 'invoice.pdf', null],
    ])
    assertProblem(
      await sam.client.request('POST', `/documents/${invoice.id}/files`, {
        attachmentIds: [file.id],
      }),
      422,
      'attachment-not-available',
    )
  })

  it('are linked with assets and with each other, both ways, and both histories say so', async () => {
    const invoice = await post({ title: 'Invoice 119' })
    const warranty = await post({ kind: 'warranty', title: 'Warranty of 119' })
    const laptop = await sam.client.post<AssetDetail>('/assets', { name: 'Laptop', type: 'Laptop' })
    const linked = await sam.client.post<AssetDetail>(`/assets/${laptop.id}/documents`, {
      documentId: invoice.id,
    })
    assert.deepEqual(linked.documents, [{ id: invoice.id, title: 'Invoice 119', kind: 'invoice' }])
    await sam.client.post(`/documents/${warranty.id}/links`, { documentId: invoice.id })
    const seen = await sam.client.get<DocumentDetail>(`/documents/${invoice.id}`)
    assert.deepEqual(
      [seen.assets.map((a) => a.name), seen.documents.map((d) => d.title)],
      [['Laptop'], ['Warranty of 119']],
    )
    await sam.client.delete(`/documents/${invoice.id}/links/${warranty.id}`)
    assert.deepEqual(
      (await sam.client.get<DocumentDetail>(`/documents/${warranty.id}`)).documents,
      [],
    )
    assert.deepEqual(await historyOf(invoice.id), [
      ['created', '', null, 'Invoice 119'],
      ['linked', 'asset', null, 'Laptop'],
      ['linked', 'document', null, 'Warranty of 119'],
      ['unlinked', 'document', 'Warranty of 119', null],
    ])
    assertProblem(
      await sam.client.request('POST', `/documents/${invoice.id}/links`, {
        documentId: invoice.id,
      }),
      422,
      'link-to-itself',
    )
  })

  it('are linked to a ticket by its commands, and proposed from its assets', async () => {
    const invoice = await post({ title: 'Invoice 120' })
    const laptop = await sam.client.post<AssetDetail>('/assets', {
      name: 'Laptop 120',
      type: 'Laptop',
    })
    await sam.client.post(`/assets/${laptop.id}/documents`, { documentId: invoice.id })
    const { number } = await desk.mailTicket(it_)
    await sam.client.post(`/tickets/${number}/assets`, { assetId: laptop.id })
    assert.deepEqual(
      (await sam.client.get<TicketDocuments>(`/tickets/${number}/documents`)).suggested.map(
        (d) => d.id,
      ),
      [invoice.id],
    )
    const linked = await sam.client.post<TicketDocuments>(`/tickets/${number}/documents`, {
      documentId: invoice.id,
    })
    assert.deepEqual([linked.linked.map((d) => d.title), linked.suggested], [['Invoice 120'], []])
    assert.deepEqual(
      (await sam.client.get<DocumentDetail>(`/documents/${invoice.id}`)).tickets.map(
        (t) => t.number,
      ),
      [number],
    )
    await sam.client.delete(`/tickets/${number}/documents/${invoice.id}`)
    const events = await sam.client.get<{ items: TicketEvent[] }>(`/tickets/${number}/events`)
    assert.deepEqual(events.items.map((e) => e.type).slice(-2), [
      'documentLinked',
      'documentUnlinked',
    ])
  })

  it('are proposed from what the requester has, after those of the assets on the ticket', async () => {
    const requester = { email: 'nora@client.example' }
    const own = await post({ title: 'A licence of Nora' })
    const old = await post({ title: 'Papers of a retired asset' })
    const shared = await post({ title: 'Warranty of the printer' })
    const hold = async (asset: object, documentId: string) => {
      const { id } = await sam.client.post<AssetDetail>('/assets', { type: 'Laptop', ...asset })
      await sam.client.post(`/assets/${id}/documents`, { documentId })
      return id
    }
    await hold({ name: 'Laptop of Nora', user: requester }, own.id)
    await hold({ name: 'Old laptop of Nora', user: requester, status: 'retired' }, old.id)
    const printer = await hold({ name: 'Printer' }, shared.id)
    const { number } = await desk.mailTicket(it_, { from: { ...requester, name: 'Nora' } })
    await sam.client.post(`/tickets/${number}/assets`, { assetId: printer })
    assert.deepEqual(
      (await sam.client.get<TicketDocuments>(`/tickets/${number}/documents`)).suggested.map(
        (d) => d.title,
      ),
      ['Warranty of the printer', 'A licence of Nora'],
    )
    assert.deepEqual(
      (
        await sam.client.post<TicketDocuments>(`/tickets/${number}/documents`, {
          documentId: own.id,
        })
      ).suggested.map((d) => d.title),
      ['Warranty of the printer'],
    )
  })

  it('are found by kind and words, and removed', async () => {
    const contract = await post({
      kind: 'contract',
      title: 'Copier lease',
      supplier: 'Papier & Cie',
      number: 'C-9',
    })
    const found = async (query: string) =>
      (await sam.client.get<{ items: DocumentView[] }>(`/documents?${query}`)).items.map(
        (d) => d.title,
      )
    assert.deepEqual(
      [await found('kind=contract'), await found('q=papier%20C-9'), await found('q=nothing')],
      [['Copier lease'], ['Copier lease'], []],
    )
    await sam.client.delete(`/documents/${contract.id}`)
    assert.deepEqual(await found('kind=contract'), [])
  })
})
