import { Client } from '@temporalio/client'
import { plannedTimers } from '../../../domain/areas.ts'
import { compareTicketWithLog } from '../../../application/tickets/ticket-workflow.ts'
import { loadTicket } from '../../../application/tickets/load-ticket.ts'
import { eventually } from '../../harness/eventually.ts'
import type { WorkedDesk } from '../../api/support/temporal-worker.ts'
import { slaPlan, slaRule } from '../../domain/sla/given.ts'
import { everyEvent } from '../../scripts/every-event.ts'
import type { Lived } from './mail-lives.ts'

const DAY = 86_400_000

/** Each command in each state that matters: the same that the rebuild of a projection is tried on. */
export async function everyCommand({ desk, department }: WorkedDesk): Promise<Lived> {
  await everyEvent(desk, department)
  const { rows } = await desk.pool.query<{ number: number; subject: string }>(
    'SELECT number, subject FROM ticket ORDER BY number',
  )
  return Object.fromEntries(
    rows.map(({ number, subject }) => [
      `every-event-${subject.toLowerCase().replace(/\W+/g, '-')}`,
      `ticket-${number}`,
    ]),
  )
}

/** Every timer there is fires in the workflow itself, by having the time since then go by at once. */
export async function timersFire(worked: WorkedDesk): Promise<Lived> {
  const { desk, agent, department } = worked
  const all = await desk.mailTicket(department, { subject: 'Timers' })
  const waiting = await desk.mailTicket(department, { subject: 'Waiting' })
  const solved = await desk.mailTicket(department, { subject: 'Solved' })
  const plan = slaPlan({
    rules: [slaRule({ firstResponse: 60, resolution: 600, escalatePriority: 'urgent' })],
    waiting: [{ departmentId: department.id, reminders: [10, 20], closeAfter: 30 }],
  })
  for (const { number } of [all, waiting]) await desk.system(number, 'setSlaPlan', { plan })
  const at = `/tickets/${all.number}`
  const later = new Date(Date.now() + 3 * DAY).toISOString()
  await desk.admin.client.post(`${at}/tasks`, {
    title: 'Look',
    dueAt: later,
    teamId: department.id,
  })
  await desk.admin.client.post(`${at}/approvals`, {
    subject: 'A laptop',
    text: 'The old one broke.',
    stages: [{ rule: { kind: 'any' }, approvers: [{ email: 'boss@elsewhere.example' }] }],
    deadline: later,
    deputy: { userId: agent.id },
  })
  const asset = await desk.admin.client.post<{ id: string }>('/assets', {
    name: 'Laptop',
    type: 'Device',
  })
  await desk.admin.client.post(`${at}/assets`, { assetId: asset.id })
  await desk.admin.client.post(`${at}/confirmations`, {
    kind: 'handOver',
    assetIds: [asset.id],
    person: { email: 'anna@client.example', name: 'Anna Weber' },
  })
  await desk.admin.client.put(`${at}/snooze`, { until: later })
  await desk.admin.client.patch(`/tickets/${waiting.number}`, { status: 'waiting' })
  await desk.admin.client.patch(`/tickets/${solved.number}`, { status: 'solved' })
  for (const { number } of [all, waiting, solved]) await everythingComesDue(worked, number)
  return {
    'timers-fire': `ticket-${all.number}`,
    'reminded-and-closed': `ticket-${waiting.number}`,
    'solved-and-closed': `ticket-${solved.number}`,
  }
}

/** What the ticket's run waits for is past when the next run reads it. */
async function everythingComesDue({ desk, worker }: WorkedDesk, number: number): Promise<void> {
  const client = clientOf(worker)
  const { subject } = await loadTicket(desk.db, number)
  await client.workflow.getHandle(`ticket-${number}`).terminate('time goes by')
  await desk.pool.query('UPDATE ticket SET state = $2 WHERE number = $1', [
    number,
    earlier(JSON.stringify(await loadTicket(desk.db, number)), 60 * DAY),
  ])
  await compareTicketWithLog(client, { number, subject })
  await eventually('all that was due has come', async () => {
    const ticket = await loadTicket(desk.db, number)
    const now = new Date().toISOString()
    return ticket.status !== 'solved' && !plannedTimers(ticket).some(({ at }) => at <= now)
  })
}

const earlier = (json: string, milliseconds: number): string =>
  json.replace(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)"/g, (_, time: string) =>
    JSON.stringify(new Date(Date.parse(time) - milliseconds).toISOString()),
  )

/**
 * A ticket whose run grows long goes on in another with what it waits for. On a server that asks for
 * it early.
 */
export async function goesOnAnew({ desk, department, worker }: WorkedDesk): Promise<Lived> {
  const { number } = await desk.mailTicket(department, { subject: 'Long' })
  const at = `/tickets/${number}`
  await desk.admin.client.put(`${at}/snooze`, {
    until: new Date(Date.now() + 3 * DAY).toISOString(),
  })
  const handle = clientOf(worker).workflow.getHandle(`ticket-${number}`)
  const { runId } = await handle.describe()
  for (let written = 0; (await handle.describe()).runId === runId; written += 1) {
    if (written > 100) throw new Error('The run does not go on in another')
    await desk.admin.client.post(`${at}/notes`, { text: `Note ${written}.` })
  }
  await desk.admin.client.patch(at, { status: 'solved' })
  return { 'goes-on-anew': `ticket-${number}` }
}

/** @returns a client of the namespace that the desk's tickets live in. */
export const clientOf = ({ connection, namespace }: WorkedDesk['worker']): Client =>
  new Client({ connection, namespace })
