// Records lives of ticket and mailbox workflows from a real server into histories/, for
// replay.test.ts to follow. By hand, once for every release, or when a workflow gained something
// new: npm run record-histories
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Children } from '../../scripts/launch/children.mjs'
import { postgresPlan } from '../../scripts/launch/plans.mjs'
import { freePort } from '../../scripts/launch/ports.mjs'
import { databaseUrl, initialise } from '../../scripts/launch/postgres.mjs'
import { reconcileAtStart } from '../../application/reconcile/reconcile-workflow.ts'
import { compareTicketWithLog } from '../../application/tickets/ticket-workflow.ts'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { eventually } from '../harness/eventually.ts'
import { Context } from '@temporalio/activity'
import { Client } from '@temporalio/client'
import { ApiDesk } from '../api/support/api-desk.ts'
import { TicketWorker } from '../api/support/temporal-worker.ts'
import { everyEvent } from '../scripts/every-event.ts'
import { Desk } from '../integration/support/desk.ts'
import { rawMail } from '../integration/support/mails.ts'
import { mailClients } from '../integration/support/mail-clients.ts'
import { TemporalServer } from '../integration/support/temporal-server.ts'

/**
 * Stack traces in a history name files by it; where they lie on this machine is nobody's business.
 */
const root = fileURLToPath(new URL('../../', import.meta.url))
const histories = fileURLToPath(new URL('./histories/', import.meta.url))
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-histories-'))
const children = new Children(folder, (error) => {
  throw error
})
const port = await freePort('127.0.0.1')
await children.start(postgresPlan(folder, await initialise(folder), port), 60_000)
const temporal = await TemporalServer.start()
process.env['TEST_DATABASE_URL'] = databaseUrl(folder, port, 'postgres')
process.env['TEST_TEMPORAL_ADDRESS'] = temporal.address
fs.rmSync(histories, { recursive: true, force: true })
fs.mkdirSync(histories)

const desk = await Desk.open({ acknowledge: true })
const { client, connection } = await connectTemporal(temporal.address, desk.guichet.namespace)
try {
  for (const [name, live] of Object.entries({
    answeredAndReopened,
    refusedAndTakenBack,
    worked,
    endedByHand,
    endedAndFoundByReconcile,
    endedAndWokenByTheLog,
  })) {
    const number = await live()
    await keep(client, `ticket-${number}`, kebab(name))
  }
  await mergedAndSplit()
  await mailboxLife()
  await keep(client, `mailbox-${desk.mailbox!.id}`, 'watched-changed-and-removed')
  await everythingThatCanHappen()
} finally {
  await connection.close()
  await desk.close()
  await temporal.remove()
  await children.stop()
  fs.rmSync(folder, { recursive: true, force: true })
}

/** A request is confirmed, answered, solved, reopened by the requester, and closed. */
async function answeredAndReopened(): Promise<number> {
  desk.deliver(rawMail({ subject: 'Answered' }))
  const { number } = await desk.ticketAbout('Answered')
  const { parsed } = await desk.reply(number, { text: 'Is it plugged in?', status: 'waiting' })
  desk.deliver(
    mailClients['Gmail']!({
      from: 'Anna Weber <anna@client.example>',
      text: 'Now it is.',
      original: parsed,
    }),
  )
  await desk.message(number, 'the answer', (m) => m.text.includes('Now it is.'))
  await desk.admin.patch(`/tickets/${number}`, { status: 'solved', resolution: 'answered' })
  desk.deliver(rawMail({ subject: `Re: [#${number}] Answered`, text: 'Not any more.\n' }))
  await desk.message(number, 'the second answer', (m) => m.text.includes('Not any more.'))
  await desk.admin.patch(`/tickets/${number}`, { status: 'closed' })
  return number
}

/**
 * One reply is held and taken back, one put off and sent later, one refused and sent again, one
 * lost after its last byte.
 */
async function refusedAndTakenBack(): Promise<number> {
  desk.deliver(rawMail({ subject: 'Refused', from: 'Rolf <rolf@client.example>' }))
  const { number } = await desk.ticketAbout('Refused')
  await eventually('the confirmation is sent', async () =>
    (await desk.events(number)).some((e) => e.type === 'messageSent'),
  )
  const reply = (body: Record<string, unknown>): Promise<{ id: string }> =>
    desk.admin.post(`/tickets/${number}/messages`, body)
  const held = await reply({ text: 'Too quick.', holdSeconds: 60 })
  await desk.admin.post(`/messages/${held.id}/cancel`)
  desk.peer.fail({ kind: 'reject', at: 'data', code: 451 })
  await sent(number, (await reply({ text: 'Put off.' })).id)
  desk.peer.fail({ kind: 'reject', at: 'to', code: 550 })
  const refused = await reply({ text: 'Refused.' })
  await desk.message(number, 'the refused one', (m) => m.id === refused.id && m.state === 'failed')
  await desk.admin.post(`/messages/${refused.id}/retry`)
  await sent(number, refused.id)
  desk.peer.fail({ kind: 'dropAfterData', kept: true })
  await sent(number, (await reply({ text: 'Lost.' })).id)
  await desk.admin.patch(`/tickets/${number}`, { status: 'solved' })
  return number
}

/**
 * Everything that agents set, a note, a watcher, a link, and signals of an operator that are
 * refused.
 */
async function worked(): Promise<number> {
  const { number } = await desk.admin.post<{ number: number }>('/tickets', {
    subject: 'Worked',
    departmentId: desk.department!.id,
    requester: { email: 'wera@client.example' },
    text: 'By phone.',
  })
  const me = await desk.admin.get<{ id: string }>('/me')
  const { id: categoryId } = await desk.admin.post<{ id: string }>('/categories', { name: 'Lamps' })
  for (const change of [
    { status: 'open' },
    { priority: 'urgent' },
    { ownerId: me.id },
    { subject: 'Worked on' },
    { status: 'solved' },
    { status: 'open' },
    { categoryId },
    { resolution: 'answered' },
    { priority: 'low', ownerId: null, categoryId: null, subject: 'Worked together' },
  ])
    await desk.admin.patch(`/tickets/${number}`, change)
  await desk.admin.post(`/tickets/${number}/notes`, { text: 'A note.' })
  await desk.admin.post(`/tickets/${number}/watchers`, { userId: me.id })
  await desk.admin.post(`/tickets/${number}/links`, { number: number - 1, kind: 'relates' })
  await desk.admin.delete(`/tickets/${number}/links/relates/${number - 1}`)
  const { id: purchase } = await desk.admin.post<{ id: string }>(`/tickets/${number}/purchases`, {
    title: 'A lamp',
    currency: 'EUR',
    lines: [{ item: 'Lamp', quantity: '1', unitPrice: '12.00' }],
  })
  await desk.admin.post(`/tickets/${number}/purchases/${purchase}/cancellation`, {
    reason: 'Found one.',
  })
  const handle = client.workflow.getHandle(`ticket-${number}`)
  await handle.signal('changePriority', 'urgent please')
  await handle.signal('retryMessage', {
    id: 'operator-1',
    actor: { kind: 'operator', name: 'Ida' },
    payload: { messageId: me.id },
  })
  await eventually(
    'both are refused',
    async () =>
      (await desk.events(number)).filter((e) => e.type === 'commandRejected').length === 2,
  )
  return number
}

/** A ticket's workflow is ended by hand, and a command starts a run in its place. */
async function endedByHand(): Promise<number> {
  desk.deliver(rawMail({ subject: 'Ended', from: 'Edda <edda@client.example>' }))
  const { number } = await desk.ticketAbout('Ended')
  await client.workflow.getHandle(`ticket-${number}`).terminate('by hand')
  await desk.admin.patch(`/tickets/${number}`, { priority: 'urgent' })
  await desk.admin.patch(`/tickets/${number}`, { status: 'solved' })
  return number
}

/** A ticket's workflow is ended by hand, and found to be missing before anybody asks for something. */
async function endedAndFoundByReconcile(): Promise<number> {
  desk.deliver(rawMail({ subject: 'Found', from: 'Fred <fred@client.example>' }))
  const { number } = await desk.ticketAbout('Found')
  await client.workflow.getHandle(`ticket-${number}`).terminate('by hand')
  await reconcileAtStart(client)
  await resumed(number)
  await desk.admin.patch(`/tickets/${number}`, { status: 'solved' })
  return number
}

/** The same, where something that waits in the log calls for it. */
async function endedAndWokenByTheLog(): Promise<number> {
  desk.deliver(rawMail({ subject: 'Woken', from: 'Walt <walt@client.example>' }))
  const { number } = await desk.ticketAbout('Woken')
  await client.workflow.getHandle(`ticket-${number}`).cancel()
  await eventually('it is cancelled', async () => {
    const { status } = await client.workflow.getHandle(`ticket-${number}`).describe()
    return status.name === 'CANCELLED'
  })
  await compareTicketWithLog(client, { number, subject: 'Woken' })
  await resumed(number)
  await desk.admin.patch(`/tickets/${number}`, { status: 'solved' })
  return number
}

async function resumed(number: number): Promise<void> {
  await eventually('its history says that it was resumed', async () =>
    (await desk.events(number)).some((e) => e.type === 'workflowResumed'),
  )
}

/**
 * A ticket is merged into another and let go again; a message of the other is split off and comes
 * back. Kept is the life of each of the three.
 */
async function mergedAndSplit(): Promise<void> {
  desk.deliver(rawMail({ subject: 'Merged', from: 'Mara <mara@client.example>' }))
  desk.deliver(rawMail({ subject: 'Taking in', from: 'Tina <tina@client.example>' }))
  const merged = (await desk.ticketAbout('Merged')).number
  const target = (await desk.ticketAbout('Taking in')).number
  await desk.admin.post(`/tickets/${merged}/merge`, { into: target })
  await desk.admin.post(`/tickets/${merged}/unmerge`)
  const { id } = await desk.reply(target, { text: 'We look.' }).then(({ message }) => message)
  const split = await desk.admin.post<{ number: number }>(`/tickets/${target}/split`, {
    messageIds: [id],
    subject: 'Split off',
  })
  await desk.admin.post(`/tickets/${split.number}/unsplit`)
  await keep(client, `ticket-${merged}`, 'merged-and-let-go')
  await keep(client, `ticket-${target}`, 'took-in-and-split')
  await keep(client, `ticket-${split.number}`, 'split-off-and-returned')
}

/** The mailbox loses its server, gets a wrong password and the right one again, and is removed. */
async function mailboxLife(): Promise<void> {
  await desk.dovecot.kill()
  await eventually(
    'the loss is noticed',
    async () => (await desk.mailboxes())[0]?.status !== 'watching',
  )
  await desk.dovecot.start()
  await desk.watched()
  await desk.admin.patch(`/mailboxes/${desk.mailbox!.id}`, {
    imap: desk.imap({ password: 'wrong' }),
  })
  await eventually(
    'the password is refused',
    async () => (await desk.mailboxes())[0]?.status === 'failed',
  )
  await desk.admin.patch(`/mailboxes/${desk.mailbox!.id}`, { imap: desk.imap() })
  await desk.watched()
  await desk.admin.delete(`/mailboxes/${desk.mailbox!.id}`)
  const handle = client.workflow.getHandle(`mailbox-${desk.mailbox!.id}`)
  await eventually(
    'its workflow ends',
    async () => (await handle.describe()).status.name === 'COMPLETED',
  )
}

async function sent(number: number, id: string): Promise<void> {
  await desk.message(number, 'the reply sent', (m) => m.id === id && m.state === 'sent', 60_000)
}

/** Each command in each state that matters: the same that the rebuild of a projection is tried on. */
async function everythingThatCanHappen(): Promise<void> {
  let worker: TicketWorker | undefined
  const api = await ApiDesk.open({
    workflows: async (pool, listening) => {
      // What becomes of a delivery is said by every-event.ts.
      worker = await TicketWorker.open(pool, () => Context.current().cancelled)
      await worker.start()
      return worker.workflows(listening)
    },
  })
  try {
    await everyEvent(api, await api.department('IT'))
    const { rows } = await api.pool.query<{ number: number; subject: string }>(
      'SELECT number, subject FROM ticket ORDER BY number',
    )
    const recorded = new Client({ connection: worker!.connection, namespace: worker!.namespace })
    // Numbers begin anew in each database: what they are about tells them apart.
    for (const { number, subject } of rows)
      await keep(recorded, `ticket-${number}`, `every-event-${subject.toLowerCase().replace(/\W+/g, '-')}`)
  } finally {
    await worker?.stop()
    await api.close()
    await worker?.close()
  }
}

/** Keeps every run of a workflow: one that was ended, or has ended, goes on in another. */
async function keep(from: Client, workflowId: string, name: string): Promise<void> {
  const runs: { runId: string; startTime: Date }[] = []
  await eventually('its runs are listed', async () => {
    runs.length = 0
    for await (const run of from.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
      runs.push(run)
    const { runId } = await from.workflow.getHandle(workflowId).describe()
    return runs.some((run) => run.runId === runId)
  })
  runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime())
  for (const [index, { runId }] of runs.entries()) {
    const history = await from.workflow.getHandle(workflowId, runId).fetchHistory()
    const file = `${workflowId}.${name}${index === 0 ? '' : `-${index + 1}`}.json`
    fs.writeFileSync(
      path.join(histories, file),
      `${JSON.stringify(history).replaceAll(root, '')}\n`,
    )
    process.stdout.write(`${file}: ${history.events?.length} events\n`)
  }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
