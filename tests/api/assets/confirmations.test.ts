import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type {
  AssetDetail,
  Confirmation,
  ConfirmationOffer,
  AssetHistoryEntry,
} from '../../../domain/assets/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { signPage } from '../../../platform/secrets/signed-page.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'
import { ApiDesk, type Person, SECRET_KEYS } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

const ANNA = { email: 'anna@client.example', name: 'Anna Weber' }

describe('a confirmation by a signed page', () => {
  let desk: ApiDesk
  let it_: Department
  let sam: Person
  let number: number
  let laptop: AssetDetail
  const page = (id: string, expires = new Date(Date.now() + 86_400_000)) =>
    `/confirmation-links/${signPage(SECRET_KEYS, 'confirmation', { id }, expires)}`
  const ask = (body: object = {}) =>
    sam.client.post<Confirmation>(`/tickets/${number}/confirmations`, {
      kind: 'handOver',
      assetIds: [laptop.id],
      person: ANNA,
      text: 'With its charger.',
      ...body,
    })
  const assetNow = () => sam.client.get<AssetDetail>(`/assets/${laptop.id}`)
  const lastEvent = async () =>
    (await sam.client.get<{ items: TicketEvent[] }>(`/tickets/${number}/events`)).items.at(-1)

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    sam = await desk.person('Sam Okafor', 'agent', [it_])
    number = (await desk.mailTicket(it_)).number
    laptop = await sam.client.post<AssetDetail>('/assets', {
      name: 'Laptop 12',
      type: 'Laptop',
      serial: 'PF3',
    })
  })
  after(() => desk?.close())

  it('is asked by mail, shown without sign-in, given once, and changes the asset', async () => {
    const { id } = await ask()
    const { rows: notifications } = await desk.pool.query<{ kind: string; email: string }>(
      `SELECT kind, email FROM notification WHERE ticket_number = $1 AND kind = 'confirmationAsked'`,
      [number],
    )
    assert.deepEqual(notifications, [{ kind: 'confirmationAsked', email: ANNA.email }])
    const visitor = desk.client()
    const offer = await visitor.get<ConfirmationOffer>(page(id))
    assert.deepEqual(
      [offer.state, offer.kind, offer.text, offer.askedBy, offer.assets],
      [
        'asked',
        'handOver',
        'With its charger.',
        'Sam Okafor',
        [{ name: 'Laptop 12', type: 'Laptop', serial: 'PF3' }],
      ],
    )
    assert.equal((await assetNow()).status, 'inStock', 'looking decides nothing')

    const done = await visitor.post<ConfirmationOffer>(page(id), { answer: 'given' })
    assert.equal(done.state, 'given')
    const asset = await assetNow()
    assert.deepEqual(
      [asset.status, asset.user, asset.confirmations.map((c) => [c.state, c.ticketNumber])],
      ['inUse', ANNA, [['given', number]]],
    )
    const event = await lastEvent()
    assert.deepEqual(
      [event?.type, event?.actor, (event?.data as { from?: unknown })?.from],
      ['confirmationGiven', { kind: 'correspondent', ...ANNA }, '127.0.0.1'],
    )
    const history = await sam.client.get<{ items: AssetHistoryEntry[] }>(
      `/assets/${laptop.id}/history`,
    )
    assert.deepEqual(history.items.map((l) => [l.change, l.field, l.to, l.ticketNumber]).sort(), [
      ['changed', 'status', 'inUse', number],
      ['changed', 'userEmail', ANNA.email, number],
      ['changed', 'userName', ANNA.name, number],
      ['confirmed', 'handOver', '127.0.0.1', number],
      ['created', '', 'Laptop 12', null],
    ])
    assertProblem(
      await visitor.request('POST', page(id), { answer: 'refused' }),
      409,
      'confirmation-answered',
    )
    assert.equal((await visitor.get<ConfirmationOffer>(page(id))).state, 'given')
  })

  it('of a return puts the asset back into stock', async () => {
    const { id } = await ask({ kind: 'return' })
    await desk.client().post(page(id), { answer: 'given' })
    const asset = await assetNow()
    assert.deepEqual([asset.status, asset.user], ['inStock', null])
  })

  it('is refused with a reason, and changes nothing on the asset', async () => {
    const { id } = await ask()
    const refused = await desk
      .client()
      .post<ConfirmationOffer>(page(id), { answer: 'refused', reason: 'Never got it.' })
    assert.equal(refused.state, 'refused')
    assert.equal((await assetNow()).status, 'inStock')
    assert.deepEqual(
      [(await lastEvent())?.type, ((await lastEvent())?.data as { reason?: unknown })?.reason],
      ['confirmationRefused', 'Never got it.'],
    )
  })

  it('is not answered once it was taken back', async () => {
    const { id } = await ask()
    assertProblem(
      await sam.client.request('POST', `/tickets/${number}/confirmations`, {
        kind: 'return',
        assetIds: [laptop.id],
        person: ANNA,
      }),
      409,
      'confirmation-already-asked',
    )
    await sam.client.delete(`/tickets/${number}/confirmations/${id}`)
    assertProblem(
      await desk.client().request('POST', page(id), { answer: 'given' }),
      410,
      'confirmation-revoked',
    )
    assert.equal((await assetNow()).status, 'inStock')
  })

  it('is not answered when its time is over', async () => {
    const { id } = await ask()
    await desk.pool.query(
      `UPDATE confirmation SET expires_at = now() - interval '1 minute' WHERE id = $1`,
      [id],
    )
    assertProblem(
      await desk.client().request('POST', page(id), { answer: 'given' }),
      410,
      'confirmation-expired',
    )
    assert.equal((await desk.client().get<ConfirmationOffer>(page(id))).state, 'expired')
  })

  it('has an address that nobody else can make', async () => {
    assertProblem(await desk.client().request('GET', '/confirmation-links/not-a-token'), 404)
    const foreign = signPage(
      onlyKey(Buffer.alloc(32, 9)),
      'confirmation',
      { id: laptop.id },
      new Date(Date.now() + 1000),
    )
    assertProblem(
      await desk.client().request('POST', `/confirmation-links/${foreign}`, { answer: 'given' }),
      404,
    )
    assertProblem(await desk.client().request('GET', page('not an id')), 404)
    const other = signPage(SECRET_KEYS, 'approval', { id: laptop.id }, new Date(Date.now() + 1000))
    assertProblem(await desk.client().request('GET', `/confirmation-links/${other}`), 404)
  })

  it('is answered by one of two who answer at once', async () => {
    await desk.pool.query('UPDATE confirmation SET expires_at = now()')
    const printer = await sam.client.post<AssetDetail>('/assets', {
      name: 'Printer',
      type: 'Printer',
    })
    const { id } = await ask({ assetIds: [printer.id] })
    const answers = await Promise.all(
      ['given', 'refused'].map((answer) => desk.client().request('POST', page(id), { answer })),
    )
    assert.equal(answers.filter((a) => a.status === 200).length >= 1, true)
    const { rows } = await desk.pool.query(
      `SELECT type FROM ticket_event WHERE data->>'id' = $1 AND type IN ('confirmationGiven', 'confirmationRefused')`,
      [id],
    )
    assert.equal(rows.length, 1)
  })
})
