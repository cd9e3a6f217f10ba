import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { CustomField } from '../../../domain/classification/contract.ts'
import type { TicketField, TicketDetail, TicketSummary } from '../../../domain/tickets/contract.ts'
import type {
  Calendar,
  ServiceLevel,
  TicketSla,
  WaitingSettings,
} from '../../../domain/sla/contract.ts'
import { usualMatrix } from '../../../domain/classification/priority-matrix.ts'
import type { Department } from '../../../domain/people/contract.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { carryOutJobs, replanAll } from '../support/owed-jobs.ts'
import { assertProblem } from '../support/problems.ts'

describe('service levels, waiting, snooze, tags and fields over the API', () => {
  let desk: ApiDesk
  let it_: Department
  let hr: Department
  let sam: Person

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    hr = await desk.department('HR')
    sam = await desk.person('Sam Agent', 'agent', [it_])
  })
  after(() => desk?.close())

  const admin = () => desk.admin.client
  const ROUND_THE_CLOCK = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: 0, to: 1440 }))
  const replan = () => replanAll(desk.pool, desk.workflows.execute)
  const slaOf = (number: number) => sam.client.get<TicketSla>(`/tickets/${number}/sla`)
  const ticket = (number: number) => sam.client.get<TicketDetail>(`/tickets/${number}`)

  describe('calendars', () => {
    it('have an IANA zone, hours in order and real days', async () => {
      const calendar = await admin().post<Calendar>('/calendars', {
        name: 'Office',
        zone: 'Europe/Zurich',
        weekly: [{ weekday: 1, from: 540, to: 1020 }],
        holidays: ['2026-12-25', '2026-08-01', '2026-12-25'],
      })
      assert.deepEqual(calendar.holidays, ['2026-08-01', '2026-12-25'])
      assertProblem(
        await admin().request('POST', '/calendars', {
          name: 'office',
          zone: 'Europe/Zurich',
          weekly: [],
        }),
        409,
        'calendar-name-taken',
      )
      assertProblem(
        await admin().request('POST', '/calendars', {
          name: 'Moon',
          zone: 'Luna/Tycho',
          weekly: [],
        }),
        422,
        'time-zone-unknown',
      )
      assert.equal(
        (
          await admin().request('POST', '/calendars', {
            name: 'Odd',
            zone: 'UTC',
            weekly: [{ weekday: 1, from: 600, to: 540 }],
          })
        ).status,
        400,
      )
      assert.equal(
        (
          await admin().request('POST', '/calendars', {
            name: 'Odd',
            zone: 'UTC',
            weekly: [],
            holidays: ['2026-02-30'],
          })
        ).status,
        400,
      )
      assert.equal(
        (await admin().patch<Calendar>(`/calendars/${calendar.id}`, { zone: 'America/New_York' }))
          .weekly.length,
        1,
        'what is left out stays',
      )
      assert.equal(
        (await sam.client.request('POST', '/calendars', { name: 'Mine', zone: 'UTC', weekly: [] }))
          .status,
        403,
      )
      assert.equal((await admin().request('DELETE', `/calendars/${calendar.id}`)).status, 204)
    })
  })

  describe('service levels', () => {
    let level: ServiceLevel
    let calendar: Calendar
    let number: number

    it('promise something, once for each scope, by a calendar that stays while they use it', async () => {
      calendar = await admin().post<Calendar>('/calendars', {
        name: 'Always',
        zone: 'Europe/Zurich',
        weekly: ROUND_THE_CLOCK,
      })
      assertProblem(
        await admin().request('POST', '/service-levels', { name: 'Nothing' }),
        422,
        'service-level-empty',
      )
      level = await admin().post<ServiceLevel>('/service-levels', {
        name: 'Standard',
        firstResponse: 60,
        resolution: 480,
        calendarId: calendar.id,
      })
      assert.equal(level.warnPercent, 75)
      assertProblem(
        await admin().request('POST', '/service-levels', { name: 'Again', firstResponse: 60 }),
        409,
        'service-level-exists',
      )
      assertProblem(
        await admin().request('DELETE', `/calendars/${calendar.id}`),
        409,
        'calendar-in-use',
      )
      assert.equal(
        (await admin().patch<ServiceLevel>(`/service-levels/${level.id}`, { warnPercent: 50 }))
          .resolution,
        480,
      )
    })

    it('reach new tickets and are explained', async () => {
      number = (await desk.mailTicket(it_)).number
      await replan()
      const { openedAt, dueAt } = await ticket(number)
      assert.equal(Date.parse(dueAt!) - Date.parse(openedAt), 3_600_000)
      const explained = await slaOf(number)
      assert.deepEqual(explained.level, {
        id: level.id,
        name: 'Standard',
        scope: { domain: null, category: null, department: null, priority: null },
      })
      const [first, resolution] = explained.targets
      assert.deepEqual(
        [first?.target, first?.state, first?.from, first?.dueAt, first?.minutes],
        ['firstResponse', 'running', openedAt, dueAt, 60],
      )
      assert.deepEqual(first?.calendar, { name: 'Always', zone: 'Europe/Zurich', holidays: [] })
      assert.equal(Date.parse(resolution!.dueAt!) - Date.parse(openedAt), 8 * 3_600_000)
    })

    it('changed, plan open tickets anew; the most specific one wins', async () => {
      await admin().patch(`/service-levels/${level.id}`, { firstResponse: 30 })
      await admin().post('/service-levels', {
        name: 'Urgent',
        priority: 'urgent',
        firstResponse: 5,
      })
      await replan()
      const plain = await ticket(number)
      assert.equal(Date.parse(plain.dueAt!) - Date.parse(plain.openedAt), 30 * 60_000)
      await sam.client.patch(`/tickets/${number}`, { priority: 'urgent' })
      const urgent = await ticket(number)
      assert.equal(Date.parse(urgent.dueAt!) - Date.parse(urgent.openedAt), 5 * 60_000)
      await sam.client.patch(`/tickets/${number}`, { priority: 'normal' })
    })

    it('stand still while waiting, with the reason', async () => {
      await sam.client.patch(`/tickets/${number}`, { status: 'waiting' })
      const { targets } = await slaOf(number)
      assert.equal(targets[0]?.state, 'paused')
      assert.deepEqual(
        targets[0]?.pauses.map((p) => [p.why, p.to]),
        [['requester', null]],
      )
      assert.equal((await ticket(number)).dueAt, null)
      await sam.client.patch(`/tickets/${number}`, { status: 'open' })
    })

    it('sort and filter the list by due time', async () => {
      const later = (await desk.mailTicket(it_)).number
      await replan()
      const list = (query: string) =>
        sam.client.get<{ items: TicketSummary[]; next: string | null }>(`/tickets?${query}`)
      const none = (await desk.mailTicket(it_, { subject: 'Not planned' })).number
      const all = await list('sort=due')
      assert.deepEqual(
        all.items.map((t) => t.number),
        [number, later, none],
      )
      const page = await list('sort=due&limit=2')
      assert.deepEqual(
        (await list(`sort=due&limit=2&cursor=${page.next}`)).items.map((t) => t.number),
        [none],
      )
      assert.deepEqual(
        (await list('due=any&sort=due')).items.map((t) => t.number),
        [number, later],
      )
      assert.deepEqual((await list('due=overdue')).items, [])
      assert.deepEqual((await list('due=day')).items.length, 2)
    })

    it('are those of who asks, also where the question comes after its answer', async () => {
      await admin().post('/service-levels', {
        name: 'Partners',
        domain: 'partner.example',
        firstResponse: 7,
      })
      const answered = (await desk.mailTicket(it_)).number
      const minutes = async (): Promise<number> => {
        await carryOutJobs(desk.pool, desk.workflows.execute, ['slaPlan'])
        const { openedAt, dueAt } = await ticket(answered)
        return (Date.parse(dueAt!) - Date.parse(openedAt)) / 60_000
      }
      assert.equal(await minutes(), 30)
      const requester = { email: 'pia@partner.example', name: 'Pia' }
      await desk.system(answered, 'mailReceived', {
        message: {
          messageId: crypto.randomUUID(),
          from: requester,
          preview: 'It jams.',
          hasAttachments: false,
          automatic: false,
          stranger: false,
        },
        question: { subject: 'Jam', requester, location: null },
      })
      assert.equal(await minutes(), 7)
    })

    it('removed, leave no due time behind', async () => {
      for (const { id } of (await admin().get<{ items: ServiceLevel[] }>('/service-levels')).items)
        await admin().request('DELETE', `/service-levels/${id}`)
      await replan()
      assert.equal((await ticket(number)).dueAt, null)
      assert.deepEqual((await slaOf(number)).targets, [])
    })
  })

  describe('waiting', () => {
    it('is set for a department, shown on its tickets and can be stopped', async () => {
      assertProblem(
        await admin().request('PUT', `/departments/${it_.id}/waiting`, {
          reminders: [1440, 20_000],
          closeAfter: 10_000,
        }),
        422,
        'reminder-after-closing',
      )
      assert.deepEqual(
        await admin().put<WaitingSettings>(`/departments/${it_.id}/waiting`, {
          reminders: [10_080, 4320],
          closeAfter: 14_400,
        }),
        { reminders: [4320, 10_080], closeAfter: 14_400 },
      )
      assert.deepEqual(await sam.client.get<WaitingSettings>(`/departments/${hr.id}/waiting`), {
        reminders: [],
        closeAfter: null,
      })
      const { number } = await desk.mailTicket(it_)
      await replan()
      assert.equal((await slaOf(number)).waiting, null)
      await sam.client.patch(`/tickets/${number}`, { status: 'waiting' })
      const { waiting } = await slaOf(number)
      assert.deepEqual(
        waiting?.steps.map((s) => [
          s.kind,
          (Date.parse(s.at) - Date.parse(waiting.since)) / 86_400_000,
          s.done,
        ]),
        [
          ['reminder', 3, false],
          ['reminder', 7, false],
          ['closing', 10, false],
        ],
      )
      await sam.client.request('DELETE', `/tickets/${number}/reminders`)
      assert.equal((await slaOf(number)).waiting?.cancelled, true)
    })
  })

  describe('snooze', () => {
    it('takes a ticket out of the open views and into its own, until it ends', async () => {
      const { number } = await desk.mailTicket(it_)
      const numbers = async (view: string): Promise<number[]> =>
        (await sam.client.get<{ items: TicketSummary[] }>(`/tickets?view=${view}`)).items.map(
          (t) => t.number,
        )
      const until = new Date(Date.now() + 86_400_000).toISOString()
      assert.deepEqual(
        (await sam.client.put<TicketSla>(`/tickets/${number}/snooze`, { until })).snooze,
        { until, by: 'Sam Agent' },
      )
      assert.ok(!(await numbers('open')).includes(number))
      assert.deepEqual(await numbers('snoozed'), [number])
      assert.equal((await sam.client.get<Record<string, number>>('/tickets/counts'))['snoozed'], 1)
      assert.ok((await numbers('all')).includes(number))
      await sam.client.request('DELETE', `/tickets/${number}/snooze`)
      assert.ok((await numbers('open')).includes(number))
      assertProblem(
        await sam.client.request('PUT', `/tickets/${number}/snooze`, {
          until: '2020-01-01T00:00:00Z',
        }),
        409,
        'snooze-in-the-past',
      )
    })
  })

  describe('impact and urgency', () => {
    it('set the priority by the matrix, once both are known', async () => {
      const { number } = await desk.mailTicket(it_)
      const set = (change: object) =>
        sam.client.patch<TicketSla>(`/tickets/${number}/impact`, change)
      await set({ impact: 'high', urgency: 'high' })
      assert.equal((await ticket(number)).priority, 'normal', 'there is no matrix yet')
      await admin().put('/priority-matrix', { matrix: usualMatrix })
      const { impact, urgency } = await set({ urgency: 'medium' })
      assert.deepEqual([impact, urgency], ['high', 'medium'])
      assert.equal((await ticket(number)).priority, 'high')
      await set({ impact: null })
      assert.equal((await ticket(number)).priority, 'high', 'it stays while one is unknown')
      assert.equal(
        (await sam.client.request('PUT', '/priority-matrix', { matrix: null })).status,
        403,
      )
      await admin().put('/priority-matrix', { matrix: null })
    })
  })

  describe('a category’s defaults', () => {
    it('come with it, also from the category around it, unless the change says otherwise', async () => {
      const around = await admin().post<{ id: string }>('/categories', {
        name: 'Hardware',
        defaultPriority: 'high',
        defaultOwnerId: sam.id,
      })
      const inside = await admin().post<{ id: string }>('/categories', {
        name: 'Server',
        parentId: around.id,
        defaultPriority: 'urgent',
      })
      const one = (await desk.mailTicket(it_)).number
      await sam.client.patch(`/tickets/${one}`, { categoryId: inside.id })
      const found = await ticket(one)
      assert.deepEqual([found.priority, found.owner?.id], ['urgent', sam.id])
      const other = (await desk.mailTicket(it_)).number
      await sam.client.patch(`/tickets/${other}`, {
        categoryId: inside.id,
        priority: 'low',
        ownerId: null,
      })
      const kept = await ticket(other)
      assert.deepEqual([kept.priority, kept.owner], ['low', null])
      const moved = (await desk.mailTicket(it_)).number
      await admin().patch(`/categories/${inside.id}`, { defaultDepartmentId: hr.id })
      await admin().patch(`/tickets/${moved}`, { categoryId: inside.id })
      const there = await admin().get<TicketDetail>(`/tickets/${moved}`)
      assert.deepEqual(
        [there.department.id, there.owner],
        [hr.id, null],
        'Sam does not see tickets of HR',
      )
    })
  })

  describe('tags', () => {
    it('are kept in lower case, listed by use and filter the list', async () => {
      const { number } = await desk.mailTicket(it_)
      const hidden = await desk.mailTicket(hr)
      await admin().put(`/tickets/${hidden.number}/tags`, { tags: ['secret'] })
      assert.deepEqual(
        await sam.client.put(`/tickets/${number}/tags`, { tags: ['VPN ', 'printer'] }),
        { tags: ['printer', 'vpn'] },
      )
      assert.deepEqual((await ticket(number)).tags, ['printer', 'vpn'])
      assert.deepEqual((await sam.client.get<{ items: unknown[] }>('/tags')).items, [
        { tag: 'printer', tickets: 1 },
        { tag: 'vpn', tickets: 1 },
      ])
      assert.deepEqual(
        (await sam.client.get<{ items: TicketSummary[] }>('/tickets?tag=vpn')).items.map(
          (t) => t.number,
        ),
        [number],
      )
      assert.equal(
        (await sam.client.request('PUT', `/tickets/${number}/tags`, { tags: ['a,b'] })).status,
        400,
      )
      assert.equal(
        (await sam.client.request('PUT', `/tickets/${hidden.number}/tags`, { tags: [] })).status,
        404,
      )
    })
  })

  describe('custom fields', () => {
    it('belong to departments, are typed and can be required', async () => {
      const { number } = await desk.mailTicket(it_)
      const add = (over: object) => admin().post<CustomField>('/custom-fields', over)
      const serial = await add({ name: 'Serial number', kind: 'text', required: true })
      const floor = await add({
        name: 'Floor',
        kind: 'choice',
        choices: ['Ground', 'First'],
        departmentId: it_.id,
        position: 1,
      })
      const helper = await add({ name: 'Helper', kind: 'person', position: 2 })
      await add({ name: 'Contract', kind: 'date', departmentId: hr.id })
      assertProblem(
        await admin().request('POST', '/custom-fields', { name: 'serial number', kind: 'text' }),
        409,
        'field-name-taken',
      )
      assertProblem(
        await admin().request('POST', '/custom-fields', { name: 'Empty', kind: 'choice' }),
        422,
        'choices-missing',
      )
      const fields = async (): Promise<[string, unknown][]> =>
        (await sam.client.get<{ items: TicketField[] }>(`/tickets/${number}/fields`)).items.map(
          (f) => [f.name, f.value],
        )
      assert.deepEqual(await fields(), [
        ['Serial number', null],
        ['Floor', null],
        ['Helper', null],
      ])
      const set = (field: CustomField, value: unknown) =>
        sam.client.request('PUT', `/tickets/${number}/fields/${field.id}`, { value })
      assert.equal((await set(serial, 'X-1')).status, 200)
      assert.equal((await set(floor, 'First')).status, 200)
      assertProblem(await set(floor, 'Second'), 422, 'field-value-misfit')
      assertProblem(await set(serial, null), 422, 'field-value-misfit')
      assertProblem(await set(helper, 'nobody'), 422, 'person-not-found')
      assert.equal((await set(helper, sam.id)).status, 200)
      assert.deepEqual(await fields(), [
        ['Serial number', 'X-1'],
        ['Floor', 'First'],
        ['Helper', { id: sam.id, name: 'Sam Agent' }],
      ])
      assert.equal((await admin().request('DELETE', `/custom-fields/${floor.id}`)).status, 204)
      assert.equal((await set(floor, 'First')).status, 404)
    })
  })
})
