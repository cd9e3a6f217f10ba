import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { persistEvents } from '../../../activities/projection/persist.ts'
import { loadTicket } from '../../../application/tickets/load-ticket.ts'
import type { Report } from '../../../domain/reports/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import { decide } from '../../../domain/decide.ts'
import type { Command, CommandName, CommandPayload } from '../../../domain/commands.ts'
import { csvOf } from '../../../api/reports/csv.ts'
import { periods } from '../../../api/reports/question.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import { ApiDesk, type Person } from '../support/api-desk.ts'
import { assertProblem } from '../support/problems.ts'

/**
 * A desk whose November is known to the minute (times in UTC):
 * #1 IT opened Mon 2 Nov 09:00 · answered 09:30 (30 min) · solved 11:00 (120 min)
 * #2 IT opened Mon 2 Nov 23:30 · answer taken back, answered Tue 3 Nov 01:30 (120 min) · solved Wed
 * 4 Nov 23:30 (2880 min)
 * #3 HR opened Tue 3 Nov 08:00 · answered 08:10 (10 min) · left open
 * #4 IT opened Wed 4 Nov 10:00 · merged into #1 at once: never solved
 * #1 again: reopened Thu 5 Nov 08:00, solved Thu 5 Nov 09:00 (72 h after its opening: 4320 min)
 * #5 IT opened 30 Oct 12:00, before the time that is asked about · left open
 */
describe('reports', () => {
  let desk: ApiDesk
  let it_: Department
  let hr: Department
  let ida: Person
  let sam: Person

  before(async () => {
    desk = await ApiDesk.open()
    it_ = await desk.department('IT')
    hr = await desk.department('HR')
    ida = await desk.person('Ida IT', 'agent', [it_])
    sam = await desk.person('=Sam Sum', 'agent', [it_])
    for (const [number, department, at] of [
      [5, it_, '2026-10-30T12:00'],
      [1, it_, '2026-11-02T09:00'],
      [2, it_, '2026-11-02T23:30'],
      [3, hr, '2026-11-03T08:00'],
      [4, it_, '2026-11-04T10:00'],
    ] as const) {
      await at_(at, number, 'openTicket', {
        subject: `Ticket ${number}`,
        requester: { email: 'anna@client.example', name: '' },
        department: { id: department.id, name: department.name },
        priority: 'normal',
        channel: 'api',
      })
    }
    const owner = { id: sam.id, name: sam.name, email: sam.email }
    for (const number of [1, 2]) await at_('2026-11-04T10:00', number, 'changeOwner', { owner })
    const reply = (): CommandPayload<'reply'> => ({
      messageId: timeOrderedId(),
      to: ['anna@client.example'],
      preview: '',
      hasAttachments: false,
      oneWay: false,
      holdMs: 60_000,
    })
    await at_('2026-11-02T09:30', 1, 'reply', reply())
    await at_('2026-11-02T11:00', 1, 'changeStatus', { status: 'solved', reason: 'agent' })
    const takenBack = reply()
    await at_('2026-11-02T23:40', 2, 'reply', takenBack)
    await at_('2026-11-02T23:40', 2, 'cancelReply', { messageId: takenBack.messageId })
    await at_('2026-11-03T01:30', 2, 'reply', reply())
    await at_('2026-11-03T08:10', 3, 'reply', reply())
    await at_('2026-11-03T09:10', 3, 'reply', reply())
    await at_('2026-11-04T10:00', 4, 'mergeInto', {
      mergeId: timeOrderedId(),
      into: 1,
      subject: '',
    })
    await at_('2026-11-04T23:30', 2, 'changeStatus', { status: 'solved', reason: 'agent' })
    await at_('2026-11-05T08:00', 1, 'changeStatus', { status: 'open', reason: 'agent' })
    await at_('2026-11-05T09:00', 1, 'changeStatus', { status: 'closed', reason: 'agent' })
  })
  after(() => desk?.close())

  async function at_<N extends CommandName>(
    at: string,
    number: number,
    name: N,
    payload: CommandPayload<N>,
  ): Promise<void> {
    const ticket = await loadTicket(desk.db, number)
    const {
      events,
      ticket: next,
      rejection,
    } = decide(
      ticket,
      name,
      { id: timeOrderedId(), actor: { kind: 'system', name: 'Guichet' }, payload } as Command,
      `${at}:00.000Z`,
    )
    assert.equal(rejection, null)
    await persistEvents(desk.db, { ticket: next, basedOn: ticket.version, events })
  }
  const report = (name: string, query: string, who: Person = desk.admin): Promise<Report> =>
    who.client.get<Report>(`/reports/${name}?${query}`)
  const lines = ({ rows }: Report): unknown[] => rows.map((row) => [row.label, ...row.values])
  const WEEK = 'from=2026-11-02&to=2026-11-05'

  it('count what was opened, solved and reopened each day, and what was left in the evening', async () => {
    const table = await report('tickets', WEEK)
    assert.deepEqual(
      table.columns.map((c) => c.key),
      ['opened', 'solved', 'reopened', 'backlog'],
    )
    assert.deepEqual(lines(table), [
      ['2026-11-02', 2, 1, 0, 2], // #5 and #2 are left
      ['2026-11-03', 1, 0, 0, 3],
      ['2026-11-04', 1, 1, 0, 2], // #4 came and was merged, #2 was solved
      ['2026-11-05', 0, 1, 1, 2], // #1 came back and went
    ])
    assert.deepEqual(table.total, [4, 3, 1, 2])
  })

  it('begin the day where the reader lives', async () => {
    const table = await report('tickets', `${WEEK}&zone=Asia/Tokyo`)
    assert.deepEqual(lines(table), [
      ['2026-11-02', 1, 1, 0, 1], // 09:00 in London is 18:00 in Tokyo
      ['2026-11-03', 2, 0, 0, 3], // and 23:30 is the next morning
      ['2026-11-04', 1, 0, 0, 3],
      ['2026-11-05', 0, 2, 1, 2],
    ])
  })

  it('go by week, month, department, category and owner', async () => {
    const month = 'from=2026-10-28&to=2026-11-05'
    assert.deepEqual(lines(await report('tickets', `${month}&by=week`)), [
      ['2026-10-26', 1, 0, 0, 1],
      ['2026-11-02', 4, 3, 1, 2],
    ])
    assert.deepEqual(lines(await report('tickets', `${month}&by=month`)), [
      ['2026-10-01', 1, 0, 0, 1],
      ['2026-11-01', 4, 3, 1, 2],
    ])
    assert.deepEqual(lines(await report('tickets', `${WEEK}&by=department`)), [
      ['HR', 1, 0, 0, 1],
      ['IT', 3, 3, 1, 1],
    ])
    assert.deepEqual(lines(await report('tickets', `${WEEK}&by=category`)), [['', 4, 3, 1, 2]])
    assert.deepEqual(lines(await report('tickets', `${WEEK}&by=owner`)), [
      ['=Sam Sum', 2, 3, 1, 0],
      ['', 2, 0, 0, 2],
    ])
  })

  it('measure the time to the first answer and to the solution', async () => {
    const table = await report('times', WEEK)
    // 10, 30 and 120 minutes; p90 lies four fifths of the way from 30 to 120. Solutions: 2880 and
    // 4320.
    assert.deepEqual(table.total, [3, 30, 102, 2, 3600, 4176])
    assert.deepEqual(lines(table), [
      ['2026-11-02', 1, 30, 30, 0, null, null], // #1 was solved on this day, too, but its last solution counts
      ['2026-11-03', 2, 65, 109, 0, null, null],
      ['2026-11-04', 0, null, null, 1, 2880, 2880],
      ['2026-11-05', 0, null, null, 1, 4320, 4320],
    ])
    assert.deepEqual(lines(await report('times', `${WEEK}&by=department`)), [
      ['HR', 1, 10, 10, 0, null, null],
      ['IT', 2, 75, 111, 2, 3600, 4176],
    ])
    assert.deepEqual(
      (await report('times', 'from=2026-11-02&to=2026-11-02')).total,
      [1, 30, 30, 1, 120, 120],
      'within its day #1 was solved after two hours',
    )
  })

  it('measure how long approvals waited', async () => {
    const approval = (
      number: number,
      state: string,
      asked: string,
      ended: string | null,
    ): Promise<unknown> =>
      desk.pool.query(
        'INSERT INTO approval (id, ticket_number, state, asked_at, data) VALUES ($1, $2, $3, $4, $5)',
        [timeOrderedId(), number, state, `${asked}:00Z`, { endedAt: ended && `${ended}:00.000Z` }],
      )
    await approval(1, 'approved', '2026-11-02T09:00', '2026-11-03T09:00')
    await approval(1, 'refused', '2026-11-03T08:00', '2026-11-03T09:00')
    await approval(3, 'approved', '2026-11-04T08:00', '2026-11-04T08:20')
    await approval(3, 'waiting', '2026-11-04T08:00', null)
    await approval(3, 'withdrawn', '2026-11-04T08:00', '2026-11-04T09:00')
    // 20, 60 and 1440 minutes.
    assert.deepEqual((await report('approvals', WEEK)).total, [2, 1, 60, 1164])
    assert.deepEqual(lines(await report('approvals', WEEK)), [
      ['2026-11-02', 0, 0, null, null],
      ['2026-11-03', 1, 1, 750, 1302],
      ['2026-11-04', 1, 0, 20, 20],
      ['2026-11-05', 0, 0, null, null],
    ])
    assert.deepEqual(lines(await report('approvals', `${WEEK}&by=department`)), [
      ['HR', 1, 0, 20, 20],
      ['IT', 1, 1, 750, 1302],
    ])
    assert.deepEqual((await report('approvals', WEEK, ida)).total, [1, 1, 750, 1302])
  })

  it('show an agent their departments alone', async () => {
    assert.deepEqual((await report('tickets', WEEK, ida)).total, [3, 3, 1, 1])
    assert.deepEqual((await report('tickets', `${WEEK}&department=${it_.id}`)).total, [3, 3, 1, 1])
    assertProblem(
      await ida.client.request('GET', `/reports/tickets?${WEEK}&department=${hr.id}`),
      422,
      'department-not-found',
    )
    const approver = await desk.person('Paul', 'approver')
    assertProblem(await approver.client.request('GET', `/reports/tickets?${WEEK}`), 403)
  })

  it('are CSV, in which no name is a formula', async () => {
    const response = await desk.admin.client.fetch('GET', `/reports/tickets.csv?${WEEK}&by=owner`)
    assert.match(response.headers.get('content-type') ?? '', /^text\/csv/)
    assert.match(
      response.headers.get('content-disposition') ?? '',
      /filename="tickets-2026-11-02-2026-11-05\.csv"/,
    )
    assert.equal(
      await response.text(),
      "Owner,Opened,Solved,Reopened,Backlog\r\n'=Sam Sum,2,3,1,0\r\nNone,2,0,0,2\r\nAll,4,3,1,2\r\n",
    )
    const times = await (
      await desk.admin.client.fetch('GET', `/reports/times.csv?from=2026-11-04&to=2026-11-04`)
    ).text()
    assert.equal(times.split('\r\n')[1], '2026-11-04,0,,,1,2880,2880')
    const row = (label: string): string =>
      csvOf('en', {
        name: 'tickets',
        from: '2026-11-02',
        to: '2026-11-02',
        by: 'owner',
        zone: 'UTC',
        columns: [],
        rows: [{ key: 'x', label, values: [] }],
        total: [],
      }).split('\r\n')[1]!
    assert.deepEqual(['+1', '-1', '@x', 'a,b', 'say "hi"'].map(row), [
      "'+1",
      "'-1",
      "'@x",
      '"a,b"',
      '"say ""hi"""',
    ])
  })

  it('count promises that were kept and missed', async () => {
    const plan = {
      rules: [
        {
          id: timeOrderedId(),
          name: 'All',
          domain: null,
          departmentId: null,
          priority: null,
          calendarId: null,
          firstResponse: 60,
          resolution: 600,
          warnPercent: 75,
          escalatePriority: null,
          escalateOwner: null,
        },
      ],
      calendars: [],
      waiting: [],
    }
    const promise = async (
      number: number,
      opened: string,
      answered: string,
      solved: string | null,
    ): Promise<void> => {
      await at_(opened, number, 'openTicket', {
        subject: `Ticket ${number}`,
        requester: { email: 'anna@client.example', name: '' },
        department: { id: hr.id, name: hr.name },
        priority: 'normal',
        channel: 'api',
      })
      await at_(opened, number, 'setSlaPlan', { plan })
      await at_(answered, number, 'reply', {
        messageId: timeOrderedId(),
        to: ['anna@client.example'],
        preview: '',
        hasAttachments: false,
        oneWay: false,
        holdMs: 0,
      })
      if (solved) await at_(solved, number, 'changeStatus', { status: 'solved', reason: 'agent' })
    }
    await promise(11, '2026-09-01T09:00', '2026-09-01T09:30', '2026-09-01T18:00') // answer and solution in time
    await promise(12, '2026-09-01T09:00', '2026-09-01T11:00', '2026-09-02T09:00') // both too late
    await promise(13, '2026-09-01T09:00', '2026-09-01T10:00', null) // the answer in the last minute, the solution due at 19:00 and still missing
    const query = 'from=2026-09-01&to=2026-09-02'
    assert.deepEqual(lines(await report('sla', query)), [
      ['2026-09-01', 2, 1, 1, 1],
      ['2026-09-02', 0, 0, 0, 1],
    ])
    assert.deepEqual(lines(await report('sla', `${query}&by=department`)), [['HR', 2, 1, 1, 2]])
    assert.deepEqual((await report('sla', query, ida)).total, [0, 0, 0, 0])
  })

  it('sum the time that was recorded, by day, category and whoever worked', async () => {
    await ida.client.post('/tickets/1/time', {
      minutes: 30,
      billable: true,
      workedAt: '2026-11-02T10:00:00.000Z',
    })
    await ida.client.post('/tickets/2/time', { minutes: 45, workedAt: '2026-11-03T10:00:00.000Z' })
    await sam.client.post('/tickets/1/time', {
      minutes: 15,
      billable: true,
      workedAt: '2026-11-03T12:00:00.000Z',
    })
    await sam.client.post('/tickets/1/time', { minutes: 99, workedAt: '2026-10-30T12:00:00.000Z' })
    const report = (by: string) =>
      ida.client.get<Report>(`/reports/worked?from=2026-11-02&to=2026-11-04&by=${by}`)
    const byDay = await report('day')
    assert.deepEqual(
      byDay.rows.map((row) => row.values),
      [
        [30, 30],
        [60, 15],
        [0, 0],
      ],
    )
    assert.deepEqual(byDay.total, [90, 45])
    assert.deepEqual(
      (await report('owner')).rows.map((row) => [row.label, ...row.values]),
      [
        ['=Sam Sum', 15, 15],
        ['Ida IT', 75, 30],
      ],
    )
    assert.deepEqual((await report('category')).total, [90, 45])
  })

  it('refuse what cannot be asked', async () => {
    for (const query of [
      'from=2026-11-02',
      'from=2026-11-05&to=2026-11-02',
      `${WEEK}&zone=Mars/Olympus`,
      `${WEEK}&by=year`,
      'from=2020-01-01&to=2026-01-01',
      'from=2026-02-30&to=2026-03-01',
    ]) {
      assertProblem(
        await desk.admin.client.request('GET', `/reports/tickets?${query}`),
        400,
        'request-invalid',
      )
    }
  })

  it('know the calendar', () => {
    assert.deepEqual(periods({ from: '2026-12-30', to: '2027-01-02', by: 'day' }), [
      '2026-12-30',
      '2026-12-31',
      '2027-01-01',
      '2027-01-02',
    ])
    assert.deepEqual(periods({ from: '2027-01-01', to: '2027-01-04', by: 'week' }), [
      '2026-12-28',
      '2027-01-04',
    ])
    assert.deepEqual(periods({ from: '2026-11-30', to: '2027-01-31', by: 'month' }), [
      '2026-11-01',
      '2026-12-01',
      '2027-01-01',
    ])
  })
})
