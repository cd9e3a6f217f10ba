import assert from 'node:assert/strict'
import { type CustomNames, customNames } from '../../../domain/classification/custom-names.ts'
import { after, before, describe, it } from 'node:test'
import type {
  ResolutionEntry,
  StatusNames,
  CustomField,
} from '../../../domain/classification/contract.ts'
import type { TicketSla } from '../../../domain/sla/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { replanAll } from '../support/owed-jobs.ts'
import { assertProblem } from '../support/problems.ts'

describe('what tickets are sorted by', () => {
  let desk: ApiDesk
  let it_: Department
  let hr: Department
  let sam: Person

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    hr = await desk.department('HR')
    sam = await desk.person('Sam Agent', 'agent', [it_, hr])
  })
  after(() => desk?.close())

  const admin = () => desk.admin.client
  const named = (names: Partial<CustomNames>): CustomNames => customNames.parse(names)
  const none = named({})
  const categoryIn = (name: string, parentId: string | null = null, more: object = {}) =>
    admin().post<{ id: string }>('/categories', { name, parentId, ...more })

  describe('the statuses', () => {
    it('have the web app’s own words until an admin names them, by language', async () => {
      assert.deepEqual(await sam.client.get<StatusNames>('/status-names'), {
        new: none,
        open: none,
        waiting: none,
        solved: none,
        closed: none,
      })
      const names = {
        new: none,
        open: { en: 'In progress', fr: 'En cours' },
        waiting: { en: ' Your turn ', fr: '' },
        solved: none,
        closed: none,
      }
      await admin().put('/status-names', names)
      assert.deepEqual(
        (await sam.client.get<StatusNames>('/status-names')).waiting,
        named({ en: 'Your turn' }),
      )
      assert.equal((await sam.client.request('PUT', '/status-names', names)).status, 403)
    })

    it('are told apart by their names, and are always five', async () => {
      assertProblem(
        await admin().request('PUT', '/status-names', {
          new: none,
          open: { en: 'Done', fr: '' },
          waiting: none,
          solved: { en: 'done', fr: '' },
          closed: none,
        }),
        422,
        'status-name-twice',
        '/solved/en',
      )
      assert.equal((await admin().request('PUT', '/status-names', { open: none })).status, 400)
    })
  })

  describe('resolutions', () => {
    const list = async () =>
      (await sam.client.get<{ items: ResolutionEntry[] }>('/resolutions')).items
    const history = async (number: number) =>
      (await sam.client.get<{ items: TicketEvent[] }>(`/tickets/${number}/events`)).items.flatMap(
        (e) => (e.type === 'resolutionChanged' ? [e.data] : []),
      )

    it('are six from the start, and more of one’s own', async () => {
      assert.deepEqual(
        (await list()).map(({ key, builtIn, active }) => [key, builtIn, active]),
        ['done', 'answered', 'workaround', 'declined', 'duplicate', 'not-reproducible'].map(
          (key) => [key, true, true],
        ),
      )
      const own = await admin().post<ResolutionEntry>('/resolutions', {
        names: { en: 'Third-party fault', fr: 'Faute d’un tiers' },
      })
      assert.deepEqual(
        [own.key, own.builtIn, own.active, (await list()).at(-1)?.key],
        ['third-party-fault', false, true, 'third-party-fault'],
      )
      assertProblem(
        await admin().request('POST', '/resolutions', {
          names: { en: 'third-party fault', fr: '' },
        }),
        422,
        'resolution-name-taken',
        '/names/en',
      )
      assertProblem(
        await admin().request('POST', '/resolutions', { names: { en: '', fr: ' ' } }),
        422,
        'resolution-without-name',
        '/names/en',
      )
      assert.equal(
        (await sam.client.request('POST', '/resolutions', { names: { en: 'Mine', fr: '' } }))
          .status,
        403,
      )
    })

    it('are chosen from the list: one that is unknown or switched off is refused, and nothing is done', async () => {
      const { number } = await desk.mailTicket(it_)
      assertProblem(
        await sam.client.request('PATCH', `/tickets/${number}`, {
          status: 'solved',
          resolution: 'magic',
        }),
        422,
        'resolution-not-found',
        '/resolution',
      )
      await admin().patch('/resolutions/workaround', { active: false })
      assertProblem(
        await sam.client.request('PATCH', `/tickets/${number}`, {
          status: 'solved',
          resolution: 'workaround',
        }),
        422,
        'resolution-inactive',
        '/resolution',
      )
      assert.equal((await sam.client.get<TicketDetail>(`/tickets/${number}`)).status, 'new')
      const bulk = await sam.client.post<{ changed: number[]; failed: { code: string }[] }>(
        '/tickets/bulk',
        { numbers: [number], change: { resolution: 'workaround' } },
      )
      assert.deepEqual([bulk.changed, bulk.failed[0]?.code], [[], 'resolution-inactive'])
    })

    it('stay on the tickets that have them, under the name of then in the history', async () => {
      const { number } = await desk.mailTicket(it_)
      await sam.client.patch(`/tickets/${number}`, {
        status: 'solved',
        resolution: 'third-party-fault',
      })
      await admin().patch('/resolutions/third-party-fault', {
        names: { en: 'Supplier', fr: '' },
        active: false,
      })
      const kept = await sam.client.patch<TicketDetail>(`/tickets/${number}`, {
        resolution: 'third-party-fault',
        status: 'open',
      })
      assert.deepEqual(
        [kept.resolution, kept.status],
        ['third-party-fault', 'open'],
        'a ticket may keep what is switched off',
      )
      assert.deepEqual(await history(number), [
        {
          from: null,
          to: 'third-party-fault',
          names: named({ en: 'Third-party fault', fr: 'Faute d’un tiers' }),
        },
      ])
      assert.equal(
        (
          await sam.client.get<{ items: { number: number }[] }>(
            '/tickets?resolution=third-party-fault',
          )
        ).items[0]?.number,
        number,
      )
      assert.deepEqual(
        (await sam.client.get<{ items: unknown[] }>('/tickets?resolution=done')).items,
        [],
      )
    })

    it('keep their order; only one of one’s own that no ticket has can go', async () => {
      const keys = (await list()).map(({ key }) => key).reverse()
      await admin().put('/resolutions/order', { keys })
      assert.deepEqual(
        (await list()).map(({ key }) => key),
        keys,
      )
      assertProblem(
        await admin().request('PUT', '/resolutions/order', { keys: keys.slice(1) }),
        409,
        'resolutions-changed',
      )
      assertProblem(
        await admin().request('DELETE', '/resolutions/done'),
        409,
        'resolution-built-in',
      )
      assertProblem(
        await admin().request('DELETE', '/resolutions/third-party-fault'),
        409,
        'resolution-in-use',
      )
      const unused = await admin().post<ResolutionEntry>('/resolutions', {
        names: { en: '', fr: 'Éteint à distance' },
      })
      assert.equal(unused.key, 'eteint-a-distance')
      assert.equal((await admin().request('DELETE', `/resolutions/${unused.key}`)).status, 204)
    })
  })

  describe('required fields', () => {
    const field = (body: object) =>
      admin().post<CustomField>('/custom-fields', { kind: 'text', required: true, ...body })
    const solve = (number: number, more: object = {}) =>
      sam.client.request('PATCH', `/tickets/${number}`, { status: 'solved', ...more })
    let cause: CustomField
    let network: { id: string }
    let vpn: { id: string }

    before(async () => {
      network = await categoryIn('Network')
      vpn = await categoryIn('VPN', network.id)
      cause = await field({ name: 'Cause', departmentId: hr.id })
      await field({ name: 'Gateway', categoryId: network.id })
    })

    it('keep a ticket of their department from being solved: alone, with an answer, and among many', async () => {
      const { number } = await desk.mailTicket(hr)
      const elsewhere = await desk.mailTicket(it_)
      assert.match(assertProblem(await solve(number), 409, 'fields-empty').detail, /: Cause\./)
      assertProblem(
        await sam.client.request('POST', `/tickets/${number}/messages`, {
          text: 'Done.',
          status: 'solved',
        }),
        409,
        'fields-empty',
      )
      assert.deepEqual(
        (await sam.client.get<{ items: unknown[] }>(`/tickets/${number}/messages`)).items.length,
        1,
        'the answer did not leave',
      )
      const bulk = await sam.client.post<{
        changed: number[]
        failed: { number: number; code: string; message: string }[]
      }>('/tickets/bulk', { numbers: [number, elsewhere.number], change: { status: 'solved' } })
      assert.deepEqual(
        [bulk.changed, bulk.failed.map((one) => [one.number, one.code])],
        [[elsewhere.number], [[number, 'fields-empty']]],
      )
      await sam.client.put(`/tickets/${number}/fields/${cause.id}`, { value: 'Paper' })
      assert.equal((await solve(number)).status, 200)
    })

    it('of a category are asked for in it and in those inside it, as the same change sorts the ticket', async () => {
      const { number } = await desk.mailTicket(it_)
      assertProblem(await solve(number, { categoryId: vpn.id }), 409, 'fields-empty')
      assert.equal(
        (await sam.client.get<TicketDetail>(`/tickets/${number}`)).category,
        null,
        'all of a change is done, or nothing',
      )
      await sam.client.patch(`/tickets/${number}`, { categoryId: vpn.id })
      assert.deepEqual(
        (
          await sam.client.get<{ items: { name: string }[] }>(`/tickets/${number}/fields`)
        ).items.map(({ name }) => name),
        ['Gateway'],
      )
      assert.equal((await solve(number, { categoryId: null })).status, 200)
    })
  })

  describe('a category', () => {
    it('inside another takes its tasks and its service level from there, and the ticket says why', async () => {
      const software = await categoryIn('Software')
      const mail = await categoryIn('Mail', software.id)
      await admin().post('/task-templates', {
        name: 'Install',
        categoryId: software.id,
        lines: [{ title: 'Check the licence' }],
      })
      const replan = () => replanAll(desk.pool, desk.workflows.execute)
      await admin().post('/service-levels', { name: 'Everybody', resolution: 480 })
      const level = await admin().post<{ id: string; categoryId: string }>('/service-levels', {
        name: 'Quick',
        categoryId: software.id,
        resolution: 60,
      })
      assertProblem(
        await admin().request('POST', '/service-levels', {
          name: 'Again',
          categoryId: software.id,
          resolution: 30,
        }),
        409,
        'service-level-exists',
      )
      assertProblem(
        await admin().request('POST', '/service-levels', {
          name: 'Odd',
          categoryId: hr.id,
          resolution: 30,
        }),
        422,
        'category-not-found',
        '/categoryId',
      )

      const { number } = await desk.mailTicket(it_)
      await replan()
      const due = async () => {
        const { openedAt, dueAt } = await sam.client.get<TicketDetail>(`/tickets/${number}`)
        return (Date.parse(dueAt!) - Date.parse(openedAt)) / 60_000
      }
      assert.equal(await due(), 480)
      await sam.client.patch(`/tickets/${number}`, { categoryId: mail.id })
      assert.equal(await due(), 60, 'at once, without a new plan')
      assert.deepEqual((await sam.client.get<TicketSla>(`/tickets/${number}/sla`)).level, {
        id: level.id,
        name: 'Quick',
        scope: { domain: null, category: 'Software', department: null, priority: null },
      })
      assert.deepEqual(
        (
          await sam.client.get<{ items: { title: string }[] }>(`/tickets/${number}/tasks`)
        ).items.map(({ title }) => title),
        ['Check the licence'],
      )

      await admin().patch(`/categories/${mail.id}`, { parentId: null })
      await replan()
      assert.equal(await due(), 480, 'taken out of it, the ticket goes by what holds for everybody')
      assertProblem(
        await admin().request('DELETE', `/categories/${software.id}`),
        409,
        'category-in-use',
      )
    })
  })
})
