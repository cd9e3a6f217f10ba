import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Department } from '../../../domain/people/contract.ts'
import type {
  TaskPage,
  TaskTemplate,
  TaskView,
  TicketTasks,
} from '../../../domain/tasks/contract.ts'
import type { StartedClock, TimeEntry, TimeTotals } from '../../../domain/tasks/time-contract.ts'
import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

describe('tasks and time', () => {
  let desk: ApiDesk
  let it_: Department
  let hr: Department
  let sam: Person
  let ida: Person
  let hana: Person

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    hr = await desk.department('HR')
    sam = await desk.person('Sam Smith', 'agent', [it_])
    ida = await desk.person('Ida Iversen', 'agent', [it_, hr])
    hana = await desk.person('Hana Hr', 'agent', [hr])
  })
  after(() => desk?.close())

  const ticket = async (): Promise<number> => (await desk.mailTicket(it_)).number
  const add = (number: number, task: Record<string, unknown>, by = sam): Promise<TaskView> =>
    by.client.post<TaskView>(`/tickets/${number}/tasks`, task)
  const tasks = (number: number): Promise<TicketTasks> =>
    sam.client.get<TicketTasks>(`/tickets/${number}/tasks`)
  const history = async (number: number): Promise<TicketEvent[]> =>
    (await sam.client.get<{ items: TicketEvent[] }>(`/tickets/${number}/events?limit=200`)).items
  const notificationsOf = async (person: Person): Promise<string[]> =>
    (
      await person.client.get<{ items: { kind: string; data: { title?: string } }[] }>(
        '/notifications',
      )
    ).items.map(({ kind, data }) => `${kind} ${data.title}`)

  describe('a task', () => {
    it('is added to a ticket, listed in order, changed and cancelled', async () => {
      const number = await ticket()
      const first = await add(number, {
        title: 'Order the part',
        checklist: ['Ask for a price', 'Order'],
        dueAt: '2030-01-01T08:00:00.000Z',
      })
      const second = await add(number, {
        title: 'Fit it',
        after: [first.id],
        required: true,
        assigneeId: ida.id,
      })
      assert.deepEqual(second.blockedBy, [{ id: first.id, title: 'Order the part' }])
      assert.deepEqual(second.assignee, {
        kind: 'person',
        id: ida.id,
        name: ida.name,
        email: ida.email,
      })
      assert.deepEqual((await tasks(number)).items, [first, second])
      const item = first.checklist[0]!
      const ticked = await sam.client.patch<TaskView>(`/tickets/${number}/tasks/${first.id}`, {
        tick: { itemId: item.id, done: true },
        title: 'Order two parts',
        before: null,
      })
      assert.deepEqual(
        [ticked.title, ticked.checklist.map((line) => line.done)],
        ['Order two parts', [true, false]],
      )
      assert.deepEqual(
        (await tasks(number)).items.map((task) => task.id),
        [second.id, first.id],
      )
      assert.equal(
        (
          await sam.client.request(
            'DELETE',
            `/tickets/${number}/tasks/${first.id}?reason=Not+needed`,
          )
        ).status,
        204,
      )
      assert.deepEqual(
        (await tasks(number)).items.map((task) => [task.status, task.blockedBy.length]),
        [
          ['open', 0],
          ['cancelled', 0],
        ],
      )
      assert.equal(
        (
          await sam.client.patch<TaskView>(`/tickets/${number}/tasks/${first.id}`, {
            status: 'inProgress',
          })
        ).status,
        'inProgress',
      )
    })

    it('that comes after an open one cannot be started or finished', async () => {
      const number = await ticket()
      const first = await add(number, { title: 'Order' })
      const second = await add(number, { title: 'Fit', after: [first.id] })
      for (const status of ['inProgress', 'done'])
        assertProblem(
          await sam.client.request('PATCH', `/tickets/${number}/tasks/${second.id}`, { status }),
          409,
          'task-blocked',
        )
      assertProblem(
        await sam.client.request('PATCH', `/tickets/${number}/tasks/${first.id}`, {
          after: [second.id],
        }),
        422,
        'task-circle',
      )
    })

    it('is changed in all that one request wants, or in nothing', async () => {
      const number = await ticket()
      const first = await add(number, { title: 'Order' })
      const second = await add(number, {
        title: 'Fit',
        after: [first.id],
        checklist: ['Measure'],
        dueAt: '2030-01-01T08:00:00Z',
      })
      const path = `/tickets/${number}/tasks/${second.id}`
      const wanted = {
        title: 'Fit it well',
        dueAt: '2031-01-01T08:00:00Z',
        required: true,
        assigneeId: ida.id,
        before: first.id,
        tick: { itemId: second.checklist[0]!.id, done: true },
      }
      for (const [refused, status, code] of [
        [{ status: 'done' }, 409, 'task-blocked'],
        [{ tick: { itemId: randomUUID(), done: true } }, 404, 'checklist-item-not-found'],
      ] as const)
        for (const [field, value] of Object.entries(wanted)) {
          assertProblem(
            await sam.client.request('PATCH', path, { [field]: value, ...refused }),
            status,
            code,
          )
          assert.deepEqual((await tasks(number)).items, [first, second], `${field} with ${code}`)
        }
      const before = (await history(number)).length
      await sam.client.patch(path, { ...wanted, after: [], status: 'done' })
      const lines = (await history(number)).slice(before)
      assert.ok(lines.length >= 5, 'a line for each change')
      assert.equal(new Set(lines.map(({ commandId }) => commandId)).size, 1, 'one command')
    })

    it('is due at the same moment however that is written', async () => {
      const number = await ticket()
      const task = await add(number, { title: 'Order', dueAt: '2030-01-01T08:00:00Z' })
      const before = (await history(number)).length
      await sam.client.patch(`/tickets/${number}/tasks/${task.id}`, {
        dueAt: '2030-01-01T08:00:00.000Z',
      })
      assert.equal((await history(number)).length, before)
    })

    it('is given to people and teams that see the ticket', async () => {
      const number = await ticket()
      assertProblem(
        await sam.client.request('POST', `/tickets/${number}/tasks`, {
          title: 'x',
          assigneeId: hana.id,
        }),
        422,
        'person-without-access',
      )
      assertProblem(
        await sam.client.request('POST', `/tickets/${number}/tasks`, {
          title: 'x',
          teamId: (await desk.department('Empty')).id,
        }),
        422,
        'team-without-access',
      )
      assertProblem(
        await sam.client.request('POST', `/tickets/${number}/tasks`, {
          title: 'x',
          assigneeId: ida.id,
          teamId: hr.id,
        }),
        400,
        'request-invalid',
      )
      const task = await add(number, { title: 'Prepare the contract', teamId: hr.id })
      assert.deepEqual(task.assignee, { kind: 'team', id: hr.id, name: 'HR', email: '' })
      assert.ok(
        (await notificationsOf(ida)).includes('taskAssigned Prepare the contract'),
        'who sees the ticket is told',
      )
      assert.deepEqual(await notificationsOf(hana), [], 'who does not see it is not')
    })

    it('is given to the ticket’s own department, also while only admins work there', async () => {
      const small = await desk.department('Small')
      const { number } = await desk.admin.client.post<TicketDetail>('/tickets', {
        subject: 'Alone',
        departmentId: small.id,
        requester: { email: 'anna@client.example' },
        text: 'Hello',
      })
      assert.equal(
        (
          await desk.admin.client.post<TaskView>(`/tickets/${number}/tasks`, {
            title: 'x',
            teamId: small.id,
          })
        ).assignee?.id,
        small.id,
      )
    })

    it('is not given to a team of which nobody sees the location of the ticket', async () => {
      const shop = await desk.department('Shop')
      const shopkeeper = await desk.person('Shira Shop', 'agent', [shop])
      const berlin = await desk.admin.client.post<{ id: string }>('/locations', {
        name: 'Berlin',
        kind: 'site',
      })
      const paris = await desk.admin.client.post<{ id: string }>('/locations', {
        name: 'Paris',
        kind: 'site',
      })
      await desk.admin.client.put(`/users/${shopkeeper.id}/locations`, { locationIds: [berlin.id] })
      const { number } = await desk.mailTicket(shop)
      await desk.admin.client.patch(`/tickets/${number}`, { locationId: paris.id })
      const refused = await desk.admin.client.request<{ detail: string }>(
        'POST',
        `/tickets/${number}/tasks`,
        { title: 'Count it', teamId: shop.id },
      )
      assertProblem(refused, 422, 'team-without-access')
      assert.match(refused.body.detail, /location/)
      await desk.admin.client.patch(`/tickets/${number}`, { locationId: berlin.id })
      assert.equal(
        (
          await desk.admin.client.post<TaskView>(`/tickets/${number}/tasks`, {
            title: 'Count it',
            teamId: shop.id,
          })
        ).assignee?.id,
        shop.id,
      )
      const paul = await desk.person('Paul Paris', 'agent', [shop])
      await desk.admin.client.put(`/users/${paul.id}/locations`, { locationIds: [paris.id] })
      await desk.admin.client.post(`/tickets/${number}/tasks`, {
        title: 'Count again',
        teamId: shop.id,
      })
      assert.ok((await notificationsOf(shopkeeper)).includes('taskAssigned Count again'))
      assert.deepEqual(await notificationsOf(paul), [], 'who does not see the location is not told')
    })

    it('is nobody’s business outside the ticket’s department', async () => {
      const number = await ticket()
      const task = await add(number, { title: 'x' })
      assertProblem(await hana.client.request('GET', `/tickets/${number}/tasks`), 404)
      assertProblem(
        await hana.client.request('PATCH', `/tickets/${number}/tasks/${task.id}`, {
          status: 'done',
        }),
        404,
      )
      assertProblem(
        await sam.client.request('PATCH', `/tickets/${number}/tasks/${randomUUID()}`, {
          status: 'done',
        }),
        404,
      )
    })
  })

  describe('a required task', () => {
    it('keeps the ticket from being resolved until it is done, or somebody says why not', async () => {
      const number = await ticket()
      await add(number, { title: 'Inform the works council', required: true })
      const refused = await sam.client.request<{ detail: string }>('PATCH', `/tickets/${number}`, {
        status: 'solved',
      })
      assertProblem(refused, 409, 'tasks-open')
      assert.match(refused.body.detail, /Inform the works council/)
      assertProblem(
        await sam.client.request('POST', `/tickets/${number}/messages`, {
          text: 'Done.',
          status: 'solved',
        }),
        409,
        'tasks-open',
      )
      const solved = await sam.client.patch<TicketDetail>(`/tickets/${number}`, {
        status: 'solved',
        overrideReason: 'They agreed by phone',
      })
      assert.equal(solved.status, 'solved')
      assert.ok(
        (await history(number)).some(
          (e) => e.type === 'tasksOverridden' && e.data.reason === 'They agreed by phone',
        ),
      )
    })

    it('gives way to a reason in an answer; a refused answer leaves nothing behind and its files free', async () => {
      const number = await ticket()
      await add(number, { title: 'Inform the works council', required: true })
      assertProblem(
        await sam.client.request('POST', `/tickets/${number}/messages`, {
          text: 'Done.',
          status: 'solved',
        }),
        409,
        'tasks-open',
      )
      assertProblem(
        await sam.client.request('POST', `/tickets/${number}/messages`, {
          text: 'Done.',
          status: 'solved',
          overrideReason: '  ',
        }),
        400,
        'request-invalid',
      )
      const before = await sam.client.get<{ items: unknown[] }>(`/tickets/${number}/messages`)
      await sam.client.post(`/tickets/${number}/messages`, {
        text: 'Done.',
        status: 'solved',
        overrideReason: 'They agreed by phone',
      })
      assert.equal(
        (await sam.client.get<{ items: unknown[] }>(`/tickets/${number}/messages`)).items.length,
        before.items.length + 1,
      )
      assert.equal((await sam.client.get<TicketDetail>(`/tickets/${number}`)).status, 'solved')
      assert.ok(
        (await history(number)).some(
          (e) => e.type === 'tasksOverridden' && e.data.reason === 'They agreed by phone',
        ),
      )
    })
  })

  describe('open tasks of all tickets', () => {
    it('are mine, my teams’ or all that I see, the longest overdue first, page by page', async () => {
      const number = await ticket()
      const mila = await desk.person('Mila Mint', 'agent', [it_])
      await add(number, { title: 'no time', assigneeId: mila.id })
      await add(number, { title: 'later', assigneeId: mila.id, dueAt: '2031-01-01T00:00:00.000Z' })
      await add(number, {
        title: 'overdue',
        assigneeId: mila.id,
        dueAt: '2020-01-01T00:00:00.000Z',
      })
      const done = await add(number, { title: 'done', assigneeId: mila.id })
      await sam.client.patch(`/tickets/${number}/tasks/${done.id}`, { status: 'done' })
      await add(number, { title: 'for the team', teamId: it_.id })
      const mine = await mila.client.get<TaskPage>('/tasks?view=mine')
      assert.deepEqual(
        [mine.items.map((task) => task.title), mine.total, mine.overdue],
        [['overdue', 'later', 'no time'], 3, 1],
      )
      const walked: string[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: TaskPage = await mila.client.get<TaskPage>(`/tasks?limit=1&cursor=${cursor}`)
        walked.push(...page.items.map((task) => task.title))
        cursor = page.next
      }
      assert.deepEqual(walked, ['overdue', 'later', 'no time'])
      assert.ok(
        (await mila.client.get<TaskPage>('/tasks?view=team')).items.some(
          (task) => task.title === 'for the team',
        ),
      )
      assert.ok((await mila.client.get<TaskPage>('/tasks?view=all')).items.length >= 4)
      assert.deepEqual((await hana.client.get<TaskPage>('/tasks?view=all')).items, [])
    })
  })

  describe('a task template', () => {
    it('comes with its category by itself, once, and by hand', async () => {
      const { id: categoryId } = await desk.admin.client.post<{ id: string }>('/categories', {
        name: 'Onboarding',
      })
      const template = await desk.admin.client.post<TaskTemplate>('/task-templates', {
        name: 'New colleague',
        categoryId,
        lines: [
          { title: 'Order a laptop', required: true, dueInHours: 24 },
          { title: 'Hand it over', after: [0] },
        ],
      })
      const number = await ticket()
      await sam.client.patch(`/tickets/${number}`, { categoryId })
      const { items } = await tasks(number)
      assert.deepEqual(
        items.map((task) => [task.title, task.required, task.dueAt !== null]),
        [
          ['Order a laptop', true, true],
          ['Hand it over', false, false],
        ],
      )
      assert.deepEqual(
        items[1]?.blockedBy.map((task) => task.title),
        ['Order a laptop'],
      )
      await sam.client.patch(`/tickets/${number}`, { categoryId: null })
      await sam.client.patch(`/tickets/${number}`, { categoryId })
      await sam.client.post(`/tickets/${number}/tasks/from-template`, { templateId: template.id })
      assert.equal((await tasks(number)).items.length, 2)
      const changed = await desk.admin.client.patch<TaskTemplate>(
        `/task-templates/${template.id}`,
        { automatic: false, lines: [...template.lines, { title: 'Say hello' }] },
      )
      assert.equal(changed.lines[0]?.id, template.lines[0]?.id)
      await sam.client.post(`/tickets/${number}/tasks/from-template`, { templateId: template.id })
      assert.deepEqual(
        (await tasks(number)).items.map((task) => task.title),
        ['Order a laptop', 'Hand it over', 'Say hello'],
      )
    })

    it('gives its tasks to the people and teams that it names', async () => {
      const number = await ticket()
      const template = await desk.admin.client.post<TaskTemplate>('/task-templates', {
        name: 'Leaving',
        lines: [
          { title: 'Take the laptop back', assigneeId: ida.id },
          { title: 'Close the account', teamId: it_.id },
          { title: 'Say goodbye' },
        ],
      })
      assert.deepEqual(
        template.lines.map(({ assigneeId, teamId }) => [assigneeId, teamId]),
        [
          [ida.id, null],
          [null, it_.id],
          [null, null],
        ],
      )
      await sam.client.post(`/tickets/${number}/tasks/from-template`, { templateId: template.id })
      assert.deepEqual(
        (await tasks(number)).items.map((task) => task.assignee?.name ?? null),
        [ida.name, 'IT', null],
      )
      assert.ok((await notificationsOf(ida)).includes('taskAssigned Take the laptop back'))
      assert.ok(
        (await history(number)).every((e) => e.type !== 'taskAdded' || !('notAssigned' in e.data)),
      )
    })

    it('leaves a task to nobody when its person has left or does not see the ticket, and the history says so', async () => {
      const leaving = await desk.person('Lea Leaving', 'agent', [it_])
      const template = await desk.admin.client.post<TaskTemplate>('/task-templates', {
        name: 'Audit',
        lines: [
          { title: 'Look', assigneeId: leaving.id },
          { title: 'Count', assigneeId: hana.id },
          { title: 'Sign', teamId: (await desk.department('Nobody here')).id },
        ],
      })
      await desk.admin.client.patch(`/users/${leaving.id}`, { active: false })
      const number = await ticket()
      await sam.client.post(`/tickets/${number}/tasks/from-template`, { templateId: template.id })
      assert.deepEqual(
        (await tasks(number)).items.map((task) => task.assignee),
        [null, null, null],
      )
      const meant = (await history(number)).flatMap((e) =>
        e.type === 'taskAdded' ? [e.data.notAssigned] : [],
      )
      assert.deepEqual(meant.sort(), [hana.name, 'Lea Leaving', 'Nobody here'].sort())
      assertProblem(
        await desk.admin.client.request('PATCH', `/task-templates/${template.id}`, {
          lines: template.lines,
        }),
        422,
        'person-not-working',
      )
    })

    it('is measured by the department that its category moves the ticket to', async () => {
      const { id: categoryId } = await desk.admin.client.post<{ id: string }>('/categories', {
        name: 'Contracts',
        defaultDepartmentId: hr.id,
      })
      await desk.admin.client.post('/task-templates', {
        name: 'Contract',
        categoryId,
        lines: [
          { title: 'Write it', assigneeId: hana.id },
          { title: 'Print it', assigneeId: sam.id },
        ],
      })
      const number = await ticket()
      await ida.client.patch(`/tickets/${number}`, { categoryId })
      assert.deepEqual(
        (await hana.client.get<TicketTasks>(`/tickets/${number}/tasks`)).items.map(
          (task) => task.assignee?.name ?? null,
        ),
        [hana.name, null],
      )
    })

    it('names nobody who cannot work, and not a person and a team for one task', async () => {
      const approver = await desk.person('Arno Approver', 'approver', [])
      for (const [line, status, code] of [
        [{ assigneeId: approver.id }, 422, 'person-not-working'],
        [{ assigneeId: randomUUID() }, 422, 'person-not-working'],
        [{ teamId: randomUUID() }, 422, 'team-not-found'],
        [{ assigneeId: sam.id, teamId: it_.id }, 400, 'request-invalid'],
      ] as const)
        assertProblem(
          await desk.admin.client.request('POST', '/task-templates', {
            name: 'x',
            lines: [{ title: 'a' }, { title: 'b', ...line }],
          }),
          status,
          code,
        )
    })

    it('is set up by admins, and its lines come after lines above them', async () => {
      assertProblem(
        await sam.client.request('POST', '/task-templates', { name: 'x', lines: [{ title: 'a' }] }),
        403,
      )
      assertProblem(
        await desk.admin.client.request('POST', '/task-templates', {
          name: 'x',
          lines: [{ title: 'a', after: [0] }],
        }),
        400,
        'request-invalid',
      )
      assertProblem(
        await desk.admin.client.request('POST', '/task-templates', {
          name: 'x',
          categoryId: randomUUID(),
          lines: [{ title: 'a' }],
        }),
        422,
        'category-not-found',
      )
    })
  })

  describe('a clock', () => {
    it('runs once for each person, on whichever ticket; starting another says what was stopped', async () => {
      const [one, two] = [await ticket(), await ticket()]
      const task = await add(one, { title: 'Fit it' })
      const first = await sam.client.post<StartedClock>(`/tickets/${one}/tasks/${task.id}/clock`)
      assert.deepEqual(
        [first.clock.ticketNumber, first.clock.task?.id, first.stopped],
        [one, task.id, []],
      )
      await ida.client.post(`/tickets/${one}/tasks/${task.id}/clock`)
      const second = await sam.client.post<StartedClock>(`/tickets/${two}/clock`)
      assert.deepEqual(
        second.stopped.map((entry) => [
          entry.ticketNumber,
          entry.task?.title,
          entry.minutes,
          entry.measured,
        ]),
        [[one, 'Fit it', 1, true]],
      )
      assert.deepEqual(
        (await tasks(one)).items[0]?.runningClocks.map((clock) => clock.person.id),
        [ida.id],
      )
      assert.deepEqual(
        (
          await sam.client.get<{ items: { ticketNumber: number }[] }>('/time/running-clocks')
        ).items.map((clock) => clock.ticketNumber),
        [two],
      )
      const entry = (await sam.client.request<TimeEntry>('DELETE', `/tickets/${two}/clock`)).body
      assert.deepEqual([entry.ticketNumber, entry.task, entry.person.id], [two, null, sam.id])
      assertProblem(await sam.client.request('DELETE', `/tickets/${two}/clock`), 404)
      assert.deepEqual(
        (await sam.client.get<{ items: unknown[] }>('/time/running-clocks')).items,
        [],
      )
    })
  })

  describe('time', () => {
    it('is written down, corrected by who worked it or an admin, removed, and summed', async () => {
      const number = await ticket()
      const task = await add(number, { title: 'Fit it' })
      const entry = await sam.client.post<TimeEntry>(`/tickets/${number}/tasks/${task.id}/time`, {
        minutes: 40,
        note: 'Mainboard',
        billable: true,
      })
      await sam.client.post(`/tickets/${number}/time`, { minutes: 5 })
      const whole = await tasks(number)
      assert.deepEqual(
        [whole.minutes, whole.billableMinutes, whole.items[0]?.minutes],
        [45, 40, 40],
      )
      assertProblem(
        await ida.client.request('PATCH', `/time/${entry.id}`, { minutes: 1 }),
        403,
        'time-of-another',
      )
      assert.equal(
        (await sam.client.patch<TimeEntry>(`/time/${entry.id}`, { minutes: 30 })).note,
        'Mainboard',
      )
      await desk.admin.client.patch(`/time/${entry.id}`, { billable: false })
      assert.deepEqual(
        [(await tasks(number)).minutes, (await tasks(number)).billableMinutes],
        [35, 0],
      )
      assert.deepEqual(
        (
          await sam.client.get<{ items: TimeEntry[] }>(`/tickets/${number}/tasks/${task.id}/time`)
        ).items.map((one) => one.minutes),
        [30],
      )
      assert.equal((await sam.client.request('DELETE', `/time/${entry.id}`)).status, 204)
      assert.deepEqual(
        [(await tasks(number)).minutes, (await tasks(number)).items[0]?.minutes],
        [5, 0],
      )
    })

    it('of two corrections at once counts both', async () => {
      const number = await ticket()
      const entries = await Promise.all(
        [1, 2, 3].map(() => sam.client.post<TimeEntry>(`/tickets/${number}/time`, { minutes: 10 })),
      )
      await Promise.all(
        entries.map(({ id }, i) => sam.client.patch(`/time/${id}`, { minutes: 20 + i })),
      )
      assert.equal((await tasks(number)).minutes, 63)
    })

    it('is summed by person, department and ticket, of a while, for who sees it', async () => {
      const number = await ticket()
      const otto = await desk.person('Otto Oak', 'agent', [it_])
      await otto.client.post(`/tickets/${number}/time`, {
        minutes: 90,
        billable: true,
        workedAt: '2021-03-01T23:30:00.000Z',
      })
      await otto.client.post(`/tickets/${number}/time`, {
        minutes: 10,
        workedAt: '2021-03-02T00:00:00.000Z',
      })
      const sums = (by: string, rest = ''): Promise<TimeTotals> =>
        otto.client.get<TimeTotals>(`/time/totals?by=${by}&from=2021-03-01&to=2021-03-01${rest}`)
      assert.deepEqual((await sums('person')).items, [
        { id: otto.id, name: otto.name, minutes: 90, billableMinutes: 90 },
      ])
      assert.deepEqual(
        (await sums('department')).items.map((one) => one.name),
        ['IT'],
      )
      assert.deepEqual(
        (await sums('ticket')).items.map((one) => one.id),
        [String(number)],
      )
      assert.equal(
        (
          await otto.client.get<TimeTotals>(
            `/time/totals?by=person&from=2021-03-01&to=2021-03-02&person=${otto.id}`,
          )
        ).minutes,
        100,
      )
      assert.equal((await hana.client.get<TimeTotals>('/time/totals?by=person')).minutes, 0)
    })

    it('is exported as CSV in which nothing is a formula', async () => {
      const { number } = await desk.mailTicket(it_, {
        subject: '=HYPERLINK("http://evil.example")',
      })
      await sam.client.post(`/tickets/${number}/time`, {
        minutes: 7,
        note: '@SUM(1), "twice"\nor so',
        workedAt: '2022-02-02T10:00:00.000Z',
      })
      const answer = await fetch(`${desk.url}/api/v1/time.csv?from=2022-02-02&to=2022-02-02`, {
        headers: {
          authorization: `Bearer ${(await sam.client.post<{ token: string }>('/tokens', { name: 'Export' })).token}`,
        },
      })
      assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/)
      assert.match(
        answer.headers.get('content-disposition') ?? '',
        /^attachment; filename="time\.csv"/,
      )
      assert.equal(
        await answer.text(),
        'Worked at,Person,E-mail,Department,Ticket,Subject,Task,Minutes,Billable,Note\r\n' +
          `2022-02-02T10:00:00.000Z,Sam Smith,${sam.email},IT,${number},"'=HYPERLINK(""http://evil.example"")",,7,no,"'@SUM(1), ""twice""\nor so"\r\n`,
      )
    })
  })
})
