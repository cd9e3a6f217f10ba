import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import type { TicketApprovalRuleView } from '../../../domain/approvals/rules-contract.ts'
import type { Approval } from '../../../domain/approvals/contract.ts'
import type { Department } from '../../../domain/people/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { ApiDesk, type MailTicket, type Person } from '../support/api-desk.ts'
import { carryOutJobs, owedJobs } from '../support/owed-jobs.ts'
import { assertProblem } from '../support/problems.ts'

let desk: ApiDesk
let it_: Department
let hr: Department
let agent: Person
let ida: Person
let max: Person
let access: { id: string }
let vpn: { id: string }

before(async () => {
  desk = await ApiDesk.open()
  it_ = await desk.department('IT')
  hr = await desk.department('HR')
  agent = await desk.person('Sam Agent', 'agent', [it_, hr])
  ida = await desk.person('Ida Berger', 'approver')
  max = await desk.person('Max Gern', 'approver')
  access = await desk.admin.client.post('/categories', { name: 'Access' })
  vpn = await desk.admin.client.post('/categories', { name: 'VPN', parentId: access.id })
})
after(() => desk?.close())
afterEach(async () => {
  await desk.pool.query('DELETE FROM ticket_approval_rule')
  await desk.pool.query('DELETE FROM ticket_job')
})

const stages = (...people: Person[]) => [
  { rule: { kind: 'any' }, approvers: people.map(({ id }) => ({ userId: id })) },
]
const rule = (body: object): Promise<TicketApprovalRuleView> =>
  desk.admin.client.post('/ticket-approval-rules', {
    name: 'Access',
    text: 'May they have it?',
    stages: stages(ida),
    ...body,
  })
const mailed = async (department = it_, mail: MailTicket = {}): Promise<number> =>
  (await desk.mailTicket(department, mail)).number
const approvals = async (number: number): Promise<Approval[]> =>
  (await agent.client.get<{ items: Approval[] }>(`/tickets/${number}/approvals`)).items
const history = async (number: number): Promise<TicketEvent[]> =>
  (await agent.client.get<{ items: TicketEvent[] }>(`/tickets/${number}/events?limit=200`)).items
const categorise = (number: number, categoryId: string | null, more: object = {}) =>
  agent.client.request('PATCH', `/tickets/${number}`, { categoryId, ...more })
const carryOut = async (): Promise<number> =>
  (await carryOutJobs(desk.pool, desk.workflows.execute)).done

describe('a rule asks for an approval', () => {
  it('when a ticket gets its category, or one within it: once, by Guichet, as the history says', async () => {
    const { id } = await rule({ categoryId: access.id, deadlineHours: 48 })
    const number = await mailed(it_, { subject: 'VPN for Anna', text: 'From Monday on, please.' })
    await carryOut()
    assert.deepEqual(await approvals(number), [], 'it has no category yet')
    const begun = Date.now()
    assert.equal((await categorise(number, vpn.id)).status, 200)
    const [approval] = await approvals(number)
    assert.deepEqual(
      [approval?.subject, approval?.askedBy, approval?.rule, approval?.state],
      ['Access: VPN for Anna', { id: null, name: 'Guichet' }, { id, name: 'Access' }, 'waiting'],
    )
    assert.equal(
      approval?.text,
      'May they have it?\n\nAnna Weber <anna@client.example>\n\nVPN for Anna\n\nFrom Monday on, please.',
    )
    const since = Date.parse(approval.deadline!) - 48 * 3_600_000
    assert.ok(since >= begun - 60_000 && since <= Date.now() + 60_000)
    const asked = (await history(number)).find(({ type }) => type === 'approvalAsked')!
    assert.deepEqual(
      [asked.actor, (asked.data as { rule: object }).rule],
      [
        { kind: 'system', name: 'Guichet' },
        { id, name: 'Access' },
      ],
    )
    const { rows } = await desk.pool.query(
      `SELECT data->>'rule' AS rule FROM notification WHERE ticket_number = $1 AND kind = 'approvalAsked'`,
      [number],
    )
    assert.deepEqual(rows, [{ rule: 'Access' }])
  })

  it('when a mail opens a ticket in its department, and not in another', async () => {
    await rule({ departmentId: hr.id, showsRequest: false })
    const [here, there] = [await mailed(hr), await mailed(it_)]
    assert.equal(await carryOut(), 2)
    assert.deepEqual(
      (await approvals(here)).map(({ subject, text }) => [subject, text]),
      [['Access', 'May they have it?']],
    )
    assert.deepEqual(await approvals(there), [])
    assert.equal(await carryOut(), 0, 'nothing is left to look at')
    assert.equal(
      (await agent.client.request('PATCH', `/tickets/${there}`, { departmentId: hr.id })).status,
      200,
    )
    assert.equal((await approvals(there)).length, 1, 'it arrives by an agent')
  })

  it('of a category in a department only where both are so', async () => {
    await rule({ categoryId: access.id, departmentId: hr.id })
    const number = await mailed(it_)
    await categorise(number, access.id)
    assert.deepEqual(await approvals(number), [])
    await agent.client.patch(`/tickets/${number}`, { departmentId: hr.id })
    assert.equal((await approvals(number)).length, 1)
  })

  it('once, however often it is looked at, by however many, and when the category is changed to and fro', async () => {
    await rule({ categoryId: vpn.id })
    const number = await mailed()
    await Promise.all([categorise(number, vpn.id), ...Array.from({ length: 6 }, () => carryOut())])
    await categorise(number, null)
    await categorise(number, vpn.id)
    await Promise.all([carryOut(), carryOut(), carryOut()])
    const [approval, ...others] = await approvals(number)
    assert.deepEqual(others, [])
    await agent.client.post(`/tickets/${number}/approvals/${approval!.id}/withdrawal`, {
      reason: 'Not needed.',
    })
    await categorise(number, access.id)
    await categorise(number, vpn.id)
    assert.deepEqual(
      (await history(number)).filter(({ type }) => type === 'approvalAsked').length,
      1,
    )
    assert.deepEqual(
      (await approvals(number)).map(({ state }) => state),
      ['withdrawn'],
    )
  })

  it('before the same change solves the ticket: nobody gets past it', async () => {
    await rule({ categoryId: access.id })
    const number = await mailed()
    assertProblem(
      await categorise(number, access.id, { status: 'solved' }),
      409,
      'approval-waiting',
    )
    assert.deepEqual(await approvals(number), [], 'all of a change is done, or nothing')
    assert.equal(
      (await agent.client.get<{ category: unknown }>(`/tickets/${number}`)).category,
      null,
    )
    assert.equal((await categorise(number, access.id)).status, 200)
    const [approval] = await approvals(number)
    await ida.client.post(`/tickets/${number}/approvals/${approval!.id}/decision`, {
      decision: 'approved',
    })
    assert.equal((await categorise(number, access.id, { status: 'solved' })).status, 200)
  })

  it('that blocks nothing when it says so, and several rules ask each their own', async () => {
    await rule({ categoryId: access.id, name: 'For information', blocksResolution: false })
    await rule({ categoryId: vpn.id, name: 'VPN', blocksResolution: false, stages: stages(max) })
    const number = await mailed()
    assert.equal((await categorise(number, vpn.id, { status: 'solved' })).status, 200)
    assert.deepEqual((await approvals(number)).map(({ rule: asked }) => asked?.name).sort(), [
      'For information',
      'VPN',
    ])
  })

  it('not of a ticket that is solved, but when it is opened again', async () => {
    await rule({ departmentId: hr.id })
    const number = await mailed(hr)
    await agent.client.patch(`/tickets/${number}`, { status: 'solved' })
    await carryOut()
    assert.deepEqual(await approvals(number), [])
    await agent.client.patch(`/tickets/${number}`, { status: 'open' })
    await carryOut()
    assert.equal((await approvals(number)).length, 1)
  })

  it('of what comes after it was made: tickets that were there before are left alone', async () => {
    const number = await mailed(hr)
    await rule({ departmentId: hr.id })
    await carryOut()
    assert.deepEqual(await approvals(number), [])
  })

  it('keeps its rule when an agent asks again, who is then named', async () => {
    const { id } = await rule({ categoryId: access.id })
    const number = await mailed()
    await categorise(number, access.id)
    const [approval] = await approvals(number)
    const again = await agent.client.patch<Approval>(
      `/tickets/${number}/approvals/${approval!.id}`,
      { text: 'It is urgent.' },
    )
    assert.deepEqual([again.round, again.askedBy.name, again.rule?.id], [2, 'Sam Agent', id])
  })
})

describe('who is asked by a rule', () => {
  const from = (person: Person) => ({
    from: { email: person.email.toUpperCase(), name: person.name },
  })
  const asked = async (number: number): Promise<string[]> =>
    ((await approvals(number))[0]?.stages ?? []).flatMap(({ people }) =>
      people.map(({ name }) => name),
    )

  it('is never the requester', async () => {
    await rule({
      departmentId: hr.id,
      stages: [
        { rule: { kind: 'count', count: 2 }, approvers: [{ userId: ida.id }, { userId: max.id }] },
      ],
    })
    const number = await mailed(hr, from(ida))
    await carryOut()
    assert.deepEqual(await asked(number), ['Max Gern'])
    const [approval] = await approvals(number)
    assertProblem(
      await max.client.request('POST', `/tickets/${number}/approvals/${approval!.id}/delegation`, {
        to: { userId: ida.id },
      }),
      422,
      'approver-is-requester',
    )
    assertProblem(
      await agent.client.request('PATCH', `/tickets/${number}/approvals/${approval!.id}`, {
        stages: stages(ida),
      }),
      422,
      'approver-is-requester',
    )
  })

  it('is the deputy where nobody else is left, and the admins where there is none', async () => {
    const kept = await rule({ departmentId: hr.id, deputy: { userId: max.id } })
    const first = await mailed(hr, from(ida))
    await carryOut()
    assert.deepEqual(
      [await asked(first), (await approvals(first))[0]?.deputy],
      [['Max Gern'], null],
    )
    await desk.admin.client.patch(`/ticket-approval-rules/${kept.id}`, { deputy: null })
    const second = await mailed(hr, from(ida))
    await carryOut()
    assert.deepEqual(await asked(second), ['Ada Admin'])
  })

  it('is nobody whose account was closed; without anybody at all the ticket goes on owing it, and the fault says why', async () => {
    const gone = await desk.person('Gone Gunter', 'approver')
    await rule({ departmentId: hr.id, stages: stages(gone, max) })
    await desk.admin.client.patch(`/users/${gone.id}`, { active: false })
    const number = await mailed(hr)
    await carryOut()
    assert.deepEqual(await asked(number), ['Max Gern'])
    await desk.pool.query('DELETE FROM ticket_approval_rule')
    await rule({ departmentId: hr.id, stages: stages(desk.admin) })
    const own = await mailed(hr, from(desk.admin))
    const { failures } = await carryOutJobs(desk.pool, desk.workflows.execute)
    assert.deepEqual(
      failures.map((failure) => (failure as { code?: string }).code),
      ['approval-nobody-to-ask'],
    )
    assert.deepEqual(await asked(own), [])
    assert.deepEqual(
      (await owedJobs(desk.pool)).map(({ ticketNumber, kind }) => [ticketNumber, kind]),
      [[own, 'approvals']],
      'it stays owed',
    )
  })
})

describe('the settings of rules', () => {
  it('are an admin’s, and say what is wrong', async () => {
    const made = await rule({ categoryId: access.id, deputy: { email: 'deputy@client.example' } })
    assert.deepEqual(
      [made.stages[0]?.approvers[0]?.name, made.deputy, made.blocksResolution, made.showsRequest],
      ['Ida Berger', { userId: null, email: 'deputy@client.example', name: '' }, true, true],
    )
    assert.deepEqual(
      (await desk.admin.client.get<{ items: TicketApprovalRuleView[] }>('/ticket-approval-rules'))
        .items,
      [made],
    )
    const refused = (body: object) =>
      desk.admin.client.request('POST', '/ticket-approval-rules', {
        name: 'x',
        categoryId: access.id,
        stages: stages(ida),
        ...body,
      })
    assertProblem(await refused({ categoryId: null }), 422, 'approval-rule-without-scope')
    assertProblem(await refused({ categoryId: ida.id }), 422, 'category-not-found')
    assertProblem(await refused({ departmentId: ida.id }), 422, 'department-not-found')
    assertProblem(await refused({ stages: stages(ida, ida) }), 422, 'approver-twice')
    assertProblem(await refused({ deputy: { userId: ida.id } }), 422, 'deputy-is-approver')
    assertProblem(
      await desk.admin.client.request('PATCH', `/ticket-approval-rules/${made.id}`, {
        categoryId: null,
      }),
      422,
      'approval-rule-without-scope',
    )
    assertProblem(await agent.client.request('GET', '/ticket-approval-rules'), 403)
    assertProblem(await agent.client.request('POST', '/ticket-approval-rules', {}), 403)
    assert.equal(
      (
        await desk.admin.client.patch<TicketApprovalRuleView>(`/ticket-approval-rules/${made.id}`, {
          name: 'Other',
        })
      ).name,
      'Other',
    )
    await desk.admin.client.delete(`/ticket-approval-rules/${made.id}`)
    assertProblem(
      await desk.admin.client.request('DELETE', `/ticket-approval-rules/${made.id}`),
      404,
    )
  })

  it('give nobody who works on a ticket Guichet’s voice', async () => {
    const number = await mailed()
    const asked = { subject: 'x', stages: stages(ida) }
    assertProblem(
      await agent.client.request('POST', `/tickets/${number}/approvals`, {
        ...asked,
        rule: { id: ida.id, name: 'Forged' },
      }),
      400,
      'request-invalid',
      '/rule',
    )
    const approval = await agent.client.post<Approval>(`/tickets/${number}/approvals`, asked)
    assert.deepEqual([approval.rule, approval.askedBy.name], [null, 'Sam Agent'])
  })
})
