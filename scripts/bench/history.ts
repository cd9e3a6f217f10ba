import { Client, Connection } from '@temporalio/client'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import { ApiClient } from '../../tests/harness/api-client.ts'
import { SmtpPeer } from '../../tests/harness/smtp-peer.ts'
import { eventually } from '../../tests/harness/eventually.ts'
import { type BareBaseline, startBareBaseline } from './bare-baseline.ts'
import { corpus } from './corpus.ts'
import type { Desk } from './desk.ts'
import type { Aim, Figure } from './figure.ts'
import { type Dovecot, type MailAccount, openAccount } from './mail-server.ts'
import type { Servers } from './servers.ts'
import { median } from './statistics.ts'

const ADDRESS = 'life@example.org'

/**
 * As many commands as the whole life has: six mails, three tasks added and done, an approval asked
 * and decided.
 */
const WHOLE_SIGNALS = 14

interface Size {
  events: number
  bytes: number
}

/**
 * How much Temporal keeps of a ticket: of one that a mail opened, of one with three mails and two
 * replies, and of a whole process.
 */
export async function measureHistory(
  servers: Servers,
  dovecot: Dovecot,
  desk: Desk,
): Promise<Figure[]> {
  const connection = await Connection.connect({ address: servers.temporalAddress })
  const client = new Client({ connection, namespace: servers.namespace })
  const bare = await startBareBaseline(servers, undefined, 'bare-history')
  const sink = await SmtpPeer.start()
  const sizeOf = (workflowId: string): Promise<Size> => sizeAtRest(client, workflowId)
  try {
    const { department, account } = await openMailbox(desk, dovecot, sink)
    const opened: Size[] = []
    let number = 0
    for (const [i, { raw }] of corpus({
      count: 5,
      seed: 900,
      address: ADDRESS,
      replyShare: 0,
      attachmentShare: 0,
    }).entries()) {
      account.deliver(raw)
      number = await newest(desk, department, i + 1)
      opened.push(await sizeOf(ticketWorkflowId(number)))
    }
    await live(desk, sink, number, (raw) => {
      account.deliver(raw)
    })
    const lived = await sizeOf(ticketWorkflowId(number))
    await process(desk, sink, number)
    const whole = await sizeOf(ticketWorkflowId(number))
    const bareOf = async (signals: number): Promise<Size & { name: string }> => {
      const workflowId = await runBare(bare, signals)
      const name = `a bare workflow, ${signals} signal${signals === 1 ? '' : 's'}`
      return { name, ...(await sizeOf(workflowId)) }
    }
    const anOpened = {
      events: median(opened.map((s) => s.events)),
      bytes: median(opened.map((s) => s.bytes)),
    }
    return [
      ...figures({ id: 'opened', name: 'A new mail' }, anOpened, await bareOf(1)),
      ...figures({ id: 'lived', name: 'Three mails and two replies' }, lived, await bareOf(5)),
      ...figures(
        { id: 'whole', name: 'Six mails, three tasks, one approval' },
        whole,
        await bareOf(WHOLE_SIGNALS),
        { atMost: 20 },
      ),
    ]
  } finally {
    await bare.stop()
    await sink.stop()
    await connection.close()
  }
}

/** What Temporal keeps of a workflow, once nothing is being decided any more. */
const sizeAtRest = (client: Client, workflowId: string): Promise<Size> =>
  eventually(`${workflowId} rests`, async () => {
    const { historyLength, historySize, raw } = await client.workflow
      .getHandle(workflowId)
      .describe()
    return !raw.pendingWorkflowTask && { events: historyLength, bytes: historySize ?? 0 }
  })

/** A department with a mailbox of its own, whose answers go to `sink`. */
async function openMailbox(
  desk: Desk,
  dovecot: Dovecot,
  sink: SmtpPeer,
): Promise<{ department: string; account: MailAccount }> {
  const department = await desk.openDepartment('Bench life')
  await desk.api.put(`/departments/${department}/sender`, {
    from: `Bench <${ADDRESS}>`,
    smtp: { host: sink.host, port: sink.port, secure: false },
  })
  const account = openAccount(dovecot, 'life')
  await desk.openMailbox(ADDRESS, department, account)
  return { department, account }
}

/**
 * So many signals to one bare workflow, one after another as a life comes: several at once would be
 * one task.
 * @returns the workflow's id.
 */
async function runBare(bare: BareBaseline, signals: number): Promise<string> {
  const workflowId = `bare-${signals}`
  for (let i = 0; i < signals; i++)
    await bare.run({
      series: `${signals}-${i}`,
      workflows: [0],
      inFlight: 1,
      ends: false,
      workflowId,
    })
  return workflowId
}

/** Events and kilobytes of one life beside its limit. */
function figures(
  { id, name }: { id: string; name: string },
  measured: Size,
  limit: Size & { name: string },
  aim?: Aim,
): Figure[] {
  const section = 'history'
  return [
    {
      section,
      id: `${id}-events`,
      name,
      value: measured.events,
      unit: 'events',
      limit: { name: limit.name, value: limit.events },
    },
    {
      section,
      id: `${id}-bytes`,
      name,
      value: measured.bytes / 1000,
      unit: 'kB',
      limit: { name: limit.name, value: limit.bytes / 1000 },
      ...(aim ? { aim } : {}),
    },
  ]
}

/**
 * The rest of a typical life: three tasks, given out and done, an approval that the solution waits
 * for, and the last answer, which solves the ticket.
 */
async function process(desk: Desk, sink: SmtpPeer, number: number): Promise<void> {
  const { id: me } = await desk.api.get<{ id: string }>('/me')
  const password = 'correct horse battery'
  const { id: approverId, email } = await desk.api.post<{ id: string; email: string }>('/users', {
    email: 'approver@example.org',
    name: 'Alma',
    role: 'approver',
    departmentIds: [],
    password,
  })
  const approver = new ApiClient(desk.api.base)
  await approver.signIn(email, password)
  const { id: approval } = await desk.api.post<{ id: string }>(`/tickets/${number}/approvals`, {
    subject: 'A new one',
    stages: [{ rule: { kind: 'any' }, approvers: [{ userId: approverId }] }],
    blocks: { resolution: true, taskIds: [] },
  })
  for (const title of ['Find the cause', 'Mend it', 'Tell everybody']) {
    const { id: task } = await desk.api.post<{ id: string }>(`/tickets/${number}/tasks`, {
      title,
      assigneeId: me,
      required: true,
    })
    await desk.api.patch(`/tickets/${number}/tasks/${task}`, { status: 'done' })
  }
  await approver.post(`/tickets/${number}/approvals/${approval}/decision`, { decision: 'approved' })
  const before = sink.mails.length
  await desk.api.post(`/tickets/${number}/messages`, { text: 'It is mended.', status: 'solved' })
  await eventually('the last answer at the sink', () =>
    sink.mails.slice(before).some((mail) => /It is mended/.test(mail.raw.toString('latin1'))),
  )
  await messages(desk, number, 6, 'sent')
}

/** Twice: an agent replies, the requester answers to what arrived. */
async function live(
  desk: Desk,
  sink: SmtpPeer,
  number: number,
  deliver: (raw: Buffer) => void,
): Promise<void> {
  for (let turn = 1; turn <= 2; turn++) {
    await desk.api.post(`/tickets/${number}/messages`, {
      text: `Thank you, we look into it (${turn}).`,
    })
    const sent = await eventually('the reply at the sink', () => sink.mails[turn - 1])
    await messages(desk, number, turn * 2, 'sent')
    const id = /^Message-ID:\s*(<[^>]+>)/im.exec(sent.raw.toString('latin1'))?.[1] ?? ''
    deliver(
      Buffer.from(
        [
          `Message-ID: <answer-${turn}-${number}@example.com>`,
          `From: ${sent.to[0]}`,
          `To: ${ADDRESS}`,
          `Subject: Re: life`,
          `Date: ${new Date().toUTCString()}`,
          `In-Reply-To: ${id}`,
          `References: ${id}`,
          'MIME-Version: 1.0',
          'Content-Type: text/plain; charset=UTF-8',
          '',
          `It is still so (${turn}).`,
          '',
        ].join('\r\n'),
      ),
    )
    await messages(desk, number, turn * 2 + 1, 'received')
  }
}

async function messages(desk: Desk, number: number, count: number, state: string): Promise<void> {
  await eventually(`message ${count} of ticket ${number} is ${state}`, async () => {
    const { items } = await desk.api.get<{ items: { state: string }[] }>(
      `/tickets/${number}/messages`,
    )
    return (
      items.length === count &&
      items.some((m) => m.state === state) &&
      !items.some((m) => m.state === 'queued' || m.state === 'sending')
    )
  })
}

async function newest(desk: Desk, department: string, count: number): Promise<number> {
  return eventually(`ticket ${count} of the department`, async () => {
    const { items, total } = await desk.api.get<{ items: { number: number }[]; total: number }>(
      `/tickets?department=${department}&limit=1`,
    )
    return total === count && items[0]?.number
  })
}
