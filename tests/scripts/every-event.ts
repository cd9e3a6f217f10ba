import { randomUUID } from 'node:crypto'
import { persistEvents } from '../../activities/projection/persist.ts'
import { loadTicket } from '../../application/tickets/load-ticket.ts'
import type { Department } from '../../domain/people/contract.ts'
import type { TaskView } from '../../domain/tasks/contract.ts'
import { refusalLines } from '../../domain/decide.ts'
import { apply } from '../../domain/apply.ts'
import { plannedTimers } from '../../domain/areas.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import { signPage } from '../../platform/secrets/signed-page.ts'
import { slaPlan, slaRule } from '../domain/sla/given.ts'
import { type ApiDesk, SECRET_KEYS } from '../api/support/api-desk.ts'

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()

/**
 * Tickets to which everything happens that can: through the API, and as timers and Guichet itself
 * do it.
 */
export async function everyEvent(desk: ApiDesk, department: Department): Promise<void> {
  await tasksAndTime(desk, department)
  await approvals(desk, department)
  await purchases(desk, department)
  await assets(desk, department)
  await serviceLevels(desk, department)
  await rest(desk, department)
}

async function tasksAndTime(desk: ApiDesk, department: Department): Promise<void> {
  const { client, id: ada } = desk.admin
  await desk.person('Sam Team', 'agent', [department])
  const { number } = await desk.mailTicket(department, { subject: 'Tasks' })
  const add = (task: object): Promise<TaskView> =>
    client.post<TaskView>(`/tickets/${number}/tasks`, task)
  const first = await add({
    title: 'Look',
    assigneeId: ada,
    dueAt: inDays(1),
    required: true,
    checklist: ['Plug', 'Fuse'],
  })
  const second = await add({ title: 'Mend', teamId: department.id, after: [first.id] })
  const third = await add({ title: 'Tell', required: true })
  const fourth = await add({ title: 'Needless' })
  const change = (task: TaskView, to: object): Promise<TaskView> =>
    client.patch<TaskView>(`/tickets/${number}/tasks/${task.id}`, to)
  await change(first, {
    title: 'Look again',
    dueAt: inDays(2),
    required: false,
    assigneeId: null,
    teamId: department.id,
  })
  await change(first, { checklist: [...first.checklist, { text: 'Wire' }] })
  await change(first, { tick: { itemId: first.checklist[0]!.id, done: true } })
  await change(third, { before: second.id, after: [first.id] })
  await change(third, { before: null })
  await change(third, { assigneeId: ada })
  await timersCome(desk, number)
  await change(first, { status: 'inProgress' })
  await change(first, { status: 'done' })
  await change(first, { status: 'open' })
  await client.delete(`/tickets/${number}/tasks/${fourth.id}?reason=no`)
  await client.post(`/tickets/${number}/tasks/${first.id}/clock`)
  await client.delete(`/tickets/${number}/tasks/${first.id}/clock`)
  await client.post(`/tickets/${number}/clock`)
  const entry = await client.post<{ id: string }>(`/tickets/${number}/tasks/${first.id}/time`, {
    minutes: 30,
    note: 'by hand',
    billable: true,
  })
  await client.patch(`/time/${entry.id}`, { minutes: 45, note: 'more' })
  const wrong = await client.post<{ id: string }>(`/tickets/${number}/time`, { minutes: 5 })
  await client.delete(`/time/${wrong.id}`)
  await client.patch(`/tickets/${number}`, { status: 'solved', overrideReason: 'It works.' })
}

async function approvals(desk: ApiDesk, department: Department): Promise<void> {
  const { client } = desk.admin
  const [ida, max] = [
    await desk.person('Ida Berger', 'approver'),
    await desk.person('Max Gern', 'approver'),
  ]
  const { number } = await desk.mailTicket(department, { subject: 'Approvals' })
  const ask = (over: object = {}): Promise<{ id: string; round: number }> =>
    client.post(`/tickets/${number}/approvals`, {
      subject: 'A laptop',
      text: 'The old one broke.',
      stages: [{ rule: { kind: 'any' }, approvers: [{ userId: ida.id }] }],
      ...over,
    })
  const at = ({ id }: { id: string }, rest = ''): string =>
    `/tickets/${number}/approvals/${id}${rest}`
  const staged = await ask({
    stages: [
      { rule: { kind: 'all' }, approvers: [{ userId: ida.id }] },
      { rule: { kind: 'any' }, approvers: [{ email: 'boss@elsewhere.example', name: 'Boss' }] },
    ],
  })
  await ida.client.post(at(staged, '/decision'), { decision: 'approved' })
  const token = signPage(
    SECRET_KEYS,
    'approval',
    {
      ticket: String(number),
      approval: staged.id,
      round: String(staged.round),
      approver: 'boss@elsewhere.example',
    },
    new Date(inDays(30)),
  )
  await desk
    .client()
    .post(`/approval-links/${token}/decision`, { decision: 'refused', comment: 'Too dear.' })
  await client.patch(at(staged), { text: 'A cheaper one.' })
  await ida.client.post(at(staged, '/delegation'), { to: { userId: max.id }, reason: 'On leave.' })
  const withdrawn = await ask()
  await client.post(at(withdrawn, '/withdrawal'), { reason: 'Found one.' })
  await ida.client.request('POST', at(withdrawn, '/decision'), { decision: 'approved' })
  await ask({
    deadline: inDays(3),
    deputy: { userId: max.id },
    blocks: { resolution: true, taskIds: [] },
  })
  await timersCome(desk, number)
}

async function purchases(desk: ApiDesk, department: Department): Promise<void> {
  const { client } = desk.admin
  const { number } = await desk.mailTicket(department, { subject: 'Purchases' })
  const document = await client.post<{ id: string }>('/documents', {
    kind: 'quote',
    title: 'Quote 7',
  })
  const lines = [{ item: 'Laptop', quantity: '2', unitPrice: '1249.50', supplier: 'Papier & Cie' }]
  const made = await client.post<{ id: string; revision: number; lines: { id: string }[] }>(
    `/tickets/${number}/purchases`,
    { title: 'Two laptops', currency: 'EUR', lines },
  )
  const at = `/tickets/${number}/purchases/${made.id}`
  const changed = await client.patch<{ revision: number; lines: { id: string }[] }>(at, {
    revision: made.revision,
    lines: [{ ...lines[0], id: made.lines[0]!.id, unitPrice: '1199.00' }],
  })
  const documented = await client.patch<{ revision: number }>(at, {
    revision: changed.revision,
    documents: [{ kind: 'quote', documentId: document.id }],
  })
  await client.post(`${at}/submission`, { revision: documented.revision })
  await client.post(`${at}/order`, { reference: 'PO-1' })
  await client.post(`${at}/receipt`, {
    lines: [{ lineId: changed.lines[0]!.id, quantity: '1' }],
    assets: [{ name: 'Laptop A', type: 'Laptop', serial: 'A1' }],
  })
  await client.post(`${at}/receipt`, { lines: [{ lineId: changed.lines[0]!.id, quantity: '1' }] })
  await client.post(`/tickets/${number}/purchases`, { title: 'Later', currency: 'CHF', lines: [] })
}

async function assets(desk: ApiDesk, department: Department): Promise<void> {
  const { client } = desk.admin
  const { number } = await desk.mailTicket(department, { subject: 'Equipment' })
  const asset = async (name: string): Promise<string> => {
    const { id } = await client.post<{ id: string }>('/assets', { name, type: 'Device' })
    await client.post(`/tickets/${number}/assets`, { assetId: id })
    return id
  }
  const [laptop, screen, dock, phone, gone] = [
    await asset('Laptop'),
    await asset('Screen'),
    await asset('Dock'),
    await asset('Phone'),
    await asset('Gone'),
  ]
  await client.delete(`/tickets/${number}/assets/${gone}`)
  const location = await client.post<{ id: string }>('/locations', {
    kind: 'site',
    name: 'Own site',
  })
  await client.patch(`/tickets/${number}`, { locationId: location.id })
  const [contract, other] = [
    await client.post<{ id: string }>('/documents', { kind: 'contract', title: 'Lease' }),
    await client.post<{ id: string }>('/documents', { kind: 'invoice', title: 'Bill' }),
  ]
  for (const { id } of [contract, other])
    await client.post(`/tickets/${number}/documents`, { documentId: id })
  await client.delete(`/tickets/${number}/documents/${other.id}`)
  const person = { email: 'anna@client.example', name: 'Anna Weber' }
  const ask = (assetId: string): Promise<{ id: string }> =>
    client.post(`/tickets/${number}/confirmations`, {
      kind: 'handOver',
      assetIds: [assetId],
      person,
      text: 'With charger.',
    })
  const answer = async ({ id }: { id: string }, given: object): Promise<void> => {
    const token = signPage(SECRET_KEYS, 'confirmation', { id }, new Date(inDays(14)))
    await desk.client().post(`/confirmation-links/${token}`, given)
  }
  await answer(await ask(laptop), { answer: 'given' })
  await answer(await ask(screen), { answer: 'refused', reason: 'Never got it.' })
  await client.delete(`/tickets/${number}/confirmations/${(await ask(dock)).id}`)
  const late = await ask(phone)
  const state = await loadTicket(desk.db, number)
  const event = {
    no: state.version + 1,
    type: 'confirmationExpired' as const,
    at: inDays(15),
    actor: SYSTEM,
    commandId: 'late',
    ordinal: 0,
    data: {
      id: late.id,
      kind: 'handOver' as const,
      assets: [{ id: phone, name: 'Phone' }],
      person,
    },
  }
  await persistEvents(desk.db, {
    ticket: apply(state, event as never),
    basedOn: state.version,
    events: [event as never],
  })
}

async function serviceLevels(desk: ApiDesk, department: Department): Promise<void> {
  const { client, id: ada, email } = desk.admin
  const { number } = await desk.mailTicket(department, { subject: 'Service' })
  const rule = slaRule({
    firstResponse: 60,
    resolution: 600,
    escalatePriority: 'urgent',
    escalateOwner: { id: ada, name: 'Ada Admin', email },
  })
  await desk.system(number, 'setSlaPlan', {
    plan: slaPlan({
      rules: [rule],
      waiting: [{ departmentId: department.id, reminders: [10, 20], closeAfter: 30 }],
    }),
  })
  await timersCome(desk, number)
  await client.patch(`/tickets/${number}/impact`, { impact: 'high', urgency: 'low' })
  await client.put(`/tickets/${number}/tags`, { tags: ['vip', 'printer'] })
  const field = await client.post<{ id: string }>('/custom-fields', { name: 'Floor', kind: 'text' })
  await client.put(`/tickets/${number}/fields/${field.id}`, { value: '3rd' })
  await client.put(`/tickets/${number}/snooze`, { until: inDays(1) })
  await client.delete(`/tickets/${number}/snooze`)
  await client.put(`/tickets/${number}/snooze`, { until: inDays(2) })
  await client.patch(`/tickets/${number}`, { status: 'waiting' })
  await timersCome(desk, number)
  await client.delete(`/tickets/${number}/reminders`)
}

/** What the other areas and the mails of the test leave out. */
async function rest(desk: ApiDesk, department: Department): Promise<void> {
  const { client, id: ada } = desk.admin
  const elsewhere = await desk.department('Facilities')
  const { number } = await desk.mailTicket(department, { subject: 'Rest' })
  await client.patch(`/tickets/${number}`, { departmentId: elsewhere.id })
  await client.post(`/tickets/${number}/watchers`, { userId: ada })
  await client.delete(`/tickets/${number}/watchers/${ada}`)
  const child = await client.post<{ number: number }>('/tickets', {
    subject: 'The same here',
    departmentId: department.id,
    requester: { email: 'ben@client.example', name: 'Ben' },
    text: 'Me too.',
    childOf: number,
  })
  await client.post(`/tickets/${number}/children/solve`, { text: 'It is mended.' })
  const blocked = await desk.mailTicket(department, { subject: 'Blocked' })
  await client.post(`/tickets/${number}/links`, { number: blocked.number, kind: 'blocks' })
  await client.patch(`/tickets/${blocked.number}`, {
    status: 'solved',
    overrideReason: 'It works here.',
  })
  const sent = await client.post<{ id: string }>(`/tickets/${number}/messages`, { text: 'Wait.' })
  await desk.system(number, 'recordDelivery', {
    messageId: sent.id,
    outcome: 'failed',
    detail: '550 no',
    attempt: 1,
  })
  await client.post(`/messages/${sent.id}/retry`)
  await desk.system(number, 'recordDelivery', {
    messageId: sent.id,
    outcome: 'sent',
    detail: '250 ok',
    attempt: 2,
  })
  await desk.system(number, 'deliveryReported', {
    messageId: sent.id,
    recipient: 'anna@client.example',
    action: 'delayed',
    status: '4.4.1',
    detail: 'still trying',
  })
  const thread = await desk.mailTicket(department, { subject: 'Re: Late' })
  const other = await desk.mailTicket(department, { subject: 'Re: Re: Late' })
  const from = { email: 'carl@client.example', name: 'Carl' }
  await desk.system(thread.number, 'mailReceived', {
    message: {
      messageId: randomUUID(),
      from,
      preview: 'Asked late.',
      hasAttachments: false,
      automatic: false,
      stranger: false,
    },
    question: { subject: 'Late', requester: from },
    sameThread: [{ number: other.number, subject: 'Re: Re: Late', mergeId: randomUUID() }],
  })
  await desk.system(child.number, 'recordResumption', { reason: 'missing' })
  const state = await loadTicket(desk.db, child.number)
  const refused = refusalLines(
    state,
    'linkTicket',
    {
      id: randomUUID(),
      actor: SYSTEM,
      payload: { number: child.number, kind: 'relates', subject: '' },
    },
    { code: 'link-to-itself', message: 'A ticket cannot be linked to itself.' },
    inDays(0),
  )
  await persistEvents(desk.db, {
    ticket: refused.reduce(apply, state),
    basedOn: state.version,
    events: refused,
  })
}

/** Every timer that the ticket has planned comes now, in their order. */
async function timersCome(desk: ApiDesk, number: number): Promise<void> {
  const planned = plannedTimers(await loadTicket(desk.db, number)).sort((a, b) =>
    a.at < b.at ? -1 : 1,
  )
  for (const { command } of planned) await desk.system(number, command.name, command.payload)
}
