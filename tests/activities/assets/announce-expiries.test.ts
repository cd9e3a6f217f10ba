import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import {
  announceEndings,
  type AnnouncingDependencies,
} from '../../../activities/assets/announce-expiries.ts'
import type { AssetDetail, DocumentDetail, WarrantyWatch } from '../../../domain/assets/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import { ApiDesk } from '../../api/support/api-desk.ts'
import { assertProblem } from '../../api/support/problems.ts'

const inDays = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

describe('the watch over ends of warranties and licences', () => {
  let desk: ApiDesk
  let purchasing: Department
  const watch = (over: Partial<AnnouncingDependencies> = {}) =>
    announceEndings({
      db: desk.db,
      defaultFrom: 'DoNotReply <donotreply@help.example>',
      execute: desk.workflows.execute,
      ...over,
    })
  const set = (settings: Partial<WarrantyWatch>) =>
    desk.admin.client.put('/settings/warranty-watch', {
      departmentId: purchasing.id,
      days: 30,
      ...settings,
    })
  const ticketsOn = async (id: string) =>
    (await desk.admin.client.get<AssetDetail>(`/assets/${id}`)).tickets

  before(async () => {
    desk = await ApiDesk.open()
    purchasing = await desk.department('Purchasing')
  })
  beforeEach(() => set({}))
  after(() => desk?.close())

  it('opens one ticket for a warranty near its end, linked to its asset, however often it runs', async () => {
    const laptop = await desk.admin.client.post<AssetDetail>('/assets', {
      name: 'Laptop 12',
      type: 'Laptop',
      serial: 'PF3',
      warrantyEnds: inDays(20),
    })
    const {
      tickets: [number, ...others],
    } = await watch()
    assert.deepEqual(others, [])
    assert.deepEqual(await watch(), { tickets: [] })
    const [ticket] = await ticketsOn(laptop.id)
    assert.equal(ticket?.number, number)
    assert.match(ticket?.subject ?? '', /^Warranty: Laptop 12 ends on \d+ \w+ \d{4}$/)
    const {
      items: [message],
    } = await desk.admin.client.get<{ items: { text: string; automatic: boolean }[] }>(
      `/tickets/${number}/messages`,
    )
    assert.deepEqual(
      [message?.automatic, /Serial number: PF3/.test(message?.text ?? '')],
      [true, true],
    )
  })

  it('announces another date of the same thing anew', async () => {
    const licence = await desk.admin.client.post<DocumentDetail>('/documents', {
      kind: 'licence',
      title: 'Drawing suite',
      seats: 20,
      endsOn: inDays(5),
    })
    const first = await watch()
    await desk.admin.client.patch(`/documents/${licence.id}`, { endsOn: inDays(25) })
    const second = await watch()
    assert.deepEqual([first.tickets.length, second.tickets.length], [1, 1])
    assert.equal(
      (await desk.admin.client.get<DocumentDetail>(`/documents/${licence.id}`)).tickets.length,
      2,
    )
  })

  it('leaves alone what ended long ago, ends later, is retired or is no promise', async () => {
    await desk.admin.client.post('/assets', {
      name: 'Old',
      type: 'Laptop',
      warrantyEnds: inDays(-3),
    })
    await desk.admin.client.post('/assets', {
      name: 'New',
      type: 'Laptop',
      warrantyEnds: inDays(40),
    })
    await desk.admin.client.post('/assets', {
      name: 'Retired',
      type: 'Laptop',
      status: 'retired',
      warrantyEnds: inDays(3),
    })
    await desk.admin.client.post('/documents', {
      kind: 'invoice',
      title: 'Invoice',
      endsOn: inDays(3),
    })
    assert.deepEqual(await watch(), { tickets: [] })
    await set({ days: 60 })
    assert.equal((await watch()).tickets.length, 1)
  })

  it('goes on where a run broke off, and two at once open one', async () => {
    const printer = await desk.admin.client.post<AssetDetail>('/assets', {
      name: 'Printer',
      type: 'Printer',
      warrantyEnds: inDays(2),
    })
    await assert.rejects(
      watch({ execute: () => Promise.reject(new Error('Temporal is away')) }),
      /away/,
    )
    await Promise.all([watch(), watch()])
    assert.equal((await ticketsOn(printer.id)).length, 1)
  })

  it('does nothing without a department, and takes one that exists', async () => {
    await set({ departmentId: null })
    await desk.admin.client.post('/assets', {
      name: 'Screen',
      type: 'Screen',
      warrantyEnds: inDays(1),
    })
    assert.deepEqual(await watch(), { tickets: [] })
    assertProblem(
      await desk.admin.client.request('PUT', '/settings/warranty-watch', {
        departmentId: '11111111-1111-4111-8111-111111111111',
      }),
      422,
      'department-not-found',
    )
  })
})
