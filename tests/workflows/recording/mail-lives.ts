import type { Client } from '@temporalio/client'
import { reconcileAtStart } from '../../../application/reconcile/reconcile-workflow.ts'
import { compareTicketWithLog } from '../../../application/tickets/ticket-workflow.ts'
import { eventually } from '../../harness/eventually.ts'
import type { Desk } from '../../integration/support/desk.ts'
import { mailClients } from '../../integration/support/mail-clients.ts'
import { freshId, rawMail } from '../../integration/support/mails.ts'

/** What each life is called, and the workflow that lived it. */
export type Lived = Record<string, string>

/** Where a life is lived: the whole of Guichet with real mail servers. */
export interface MailDesk {
  desk: Desk
  client: Client
}

/** A request is confirmed, answered, solved, reopened by the requester, and closed. */
export async function answeredAndReopened({ desk }: MailDesk): Promise<Lived> {
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
  return { 'answered-and-reopened': `ticket-${number}` }
}

/**
 * One reply is held and taken back, one put off and sent later, one refused and sent again, one
 * lost after its last byte.
 */
export async function refusedAndTakenBack({ desk }: MailDesk): Promise<Lived> {
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
  await sent(desk, number, (await reply({ text: 'Put off.' })).id)
  desk.peer.fail({ kind: 'reject', at: 'to', code: 550 })
  const refused = await reply({ text: 'Refused.' })
  await desk.message(number, 'the refused one', (m) => m.id === refused.id && m.state === 'failed')
  await desk.admin.post(`/messages/${refused.id}/retry`)
  await sent(desk, number, refused.id)
  desk.peer.fail({ kind: 'dropAfterData', kept: true })
  await sent(desk, number, (await reply({ text: 'Lost.' })).id)
  await desk.admin.patch(`/tickets/${number}`, { status: 'solved' })
  return { 'refused-and-taken-back': `ticket-${number}` }
}

/**
 * Everything that agents set, a note, a watcher, a link, and signals of an operator that are
 * refused.
 */
export async function worked({ desk, client }: MailDesk): Promise<Lived> {
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
  return { worked: `ticket-${number}` }
}

/** A ticket's workflow is ended by hand, and a command starts a run in its place. */
export async function endedByHand({ desk, client }: MailDesk): Promise<Lived> {
  desk.deliver(rawMail({ subject: 'Ended', from: 'Edda <edda@client.example>' }))
  const { number } = await desk.ticketAbout('Ended')
  await client.workflow.getHandle(`ticket-${number}`).terminate('by hand')
  await desk.admin.patch(`/tickets/${number}`, { priority: 'urgent' })
  await desk.admin.patch(`/tickets/${number}`, { status: 'solved' })
  return { 'ended-by-hand': `ticket-${number}` }
}

/** A ticket's workflow is ended by hand, and found to be missing before anybody asks for something. */
export async function endedAndFoundByReconcile({ desk, client }: MailDesk): Promise<Lived> {
  desk.deliver(rawMail({ subject: 'Found', from: 'Fred <fred@client.example>' }))
  const { number } = await desk.ticketAbout('Found')
  await client.workflow.getHandle(`ticket-${number}`).terminate('by hand')
  await reconcileAtStart(client)
  await resumed(desk, number)
  await desk.admin.patch(`/tickets/${number}`, { status: 'solved' })
  return { 'ended-and-found-by-reconcile': `ticket-${number}` }
}

/** The same, where something that waits in the log calls for it. */
export async function endedAndWokenByTheLog({ desk, client }: MailDesk): Promise<Lived> {
  desk.deliver(rawMail({ subject: 'Woken', from: 'Walt <walt@client.example>' }))
  const { number } = await desk.ticketAbout('Woken')
  await client.workflow.getHandle(`ticket-${number}`).cancel()
  await eventually('it is cancelled', async () => {
    const { status } = await client.workflow.getHandle(`ticket-${number}`).describe()
    return status.name === 'CANCELLED'
  })
  await compareTicketWithLog(client, { number, subject: 'Woken' })
  await resumed(desk, number)
  await desk.admin.patch(`/tickets/${number}`, { status: 'solved' })
  return { 'ended-and-woken-by-the-log': `ticket-${number}` }
}

async function resumed(desk: Desk, number: number): Promise<void> {
  await eventually('its history says that it was resumed', async () =>
    (await desk.events(number)).some((e) => e.type === 'workflowResumed'),
  )
}

/**
 * A ticket is merged into another and let go again; a message of the other is split off and comes
 * back.
 */
export async function mergedAndSplit({ desk }: MailDesk): Promise<Lived> {
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
  return {
    'merged-and-let-go': `ticket-${merged}`,
    'took-in-and-split': `ticket-${target}`,
    'split-off-and-returned': `ticket-${split.number}`,
  }
}

/**
 * The last of three mails opens a ticket, the first a second one, and the one between them shows that
 * both are one thread; a question comes after its answer.
 */
export async function threadOutOfOrder({ desk }: MailDesk): Promise<Lived> {
  const [a, b, c, d] = [freshId(), freshId(), freshId(), freshId()]
  const [anna, bo] = ['anna@client.example', 'bo@client.example']
  desk.deliver(rawMail({ subject: 'Re: Jam', from: anna, cc: bo, id: c, inReplyTo: b }))
  const last = (await desk.ticketAbout('Re: Jam')).number
  desk.deliver(rawMail({ subject: 'Jam', from: anna, cc: bo, id: a }))
  const first = (await desk.ticketAbout('Jam')).number
  desk.deliver(rawMail({ subject: 'Re: Jam', from: bo, cc: anna, id: b, inReplyTo: a }))
  await eventually('they are one', async () =>
    (await desk.ticket(first)).mergedTickets.some(({ number }) => number === last),
  )
  desk.deliver(rawMail({ subject: 'Re: Late', from: bo, cc: anna, inReplyTo: d }))
  const late = (await desk.ticketAbout('Re: Late')).number
  desk.deliver(rawMail({ subject: 'Late', from: anna, cc: bo, id: d }))
  await eventually('it goes by its question', async () =>
    (await desk.events(late)).some(({ type }) => type === 'questionArrived'),
  )
  return {
    'joined-its-thread': `ticket-${last}`,
    'thread-came-together': `ticket-${first}`,
    'question-came-late': `ticket-${late}`,
  }
}

/** The mailbox loses its server, gets a wrong password and the right one again, and is removed. */
export async function mailboxLife({ desk, client }: MailDesk): Promise<Lived> {
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
  return { 'watched-changed-and-removed': handle.workflowId }
}

/** An agent is given a ticket, and hears of it by mail; service levels are changed meanwhile. */
export async function colleagueIsTold({ desk }: MailDesk): Promise<Lived> {
  const { user } = await desk.person('Sam Smith', 'agent')
  const { number } = await desk.admin.post<{ number: number }>('/tickets', {
    subject: 'Yours',
    departmentId: desk.department!.id,
    requester: { email: 'yara@client.example' },
    text: 'By phone.',
  })
  await desk.admin.patch(`/tickets/${number}`, { ownerId: user.id })
  await desk.admin.post('/service-levels', { name: 'Standard', firstResponse: 60 })
  await desk.peer.waitFor(({ raw }) => raw.includes(user.email), 180_000)
  return { 'a-colleague-is-told': `ticket-${number}` }
}

async function sent(desk: Desk, number: number, id: string): Promise<void> {
  await desk.message(number, 'the reply sent', (m) => m.id === id && m.state === 'sent', 60_000)
}
