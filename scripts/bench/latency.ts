import { startBareBaseline } from './bare-baseline.ts'
import { corpus } from './corpus.ts'
import type { Desk } from './desk.ts'
import type { Figure } from './figure.ts'
import { type Dovecot, type MailAccount, openAccount } from './mail-server.ts'
import { connect } from './read-baseline.ts'
import type { Guichet, Servers } from './servers.ts'
import { latencies, seededRandom } from './statistics.ts'
import { createTransport } from 'nodemailer'

const TIMEOUT = 30_000
const LOOK_EVERY_MS = 5

/**
 * From a mail's delivery until the API's list shows its ticket, with nothing else to do. The limit:
 * the same delivery seen by a bare IMAP client in IDLE that fetches it, plus a bare workflow's way
 * from signal to insert.
 */
export async function measureLatency(
  servers: Servers,
  guichet: Guichet,
  dovecot: Dovecot,
  desk: Desk,
  mails: number,
  say: (line: string) => void,
): Promise<{ figures: Figure[]; remarks: string[] }> {
  const account = openAccount(dovecot, 'latency')
  const department = await desk.openDepartment('Bench latency')
  await desk.openMailbox('latency@example.org', department, account)
  await watched(desk, 'latency@example.org')
  const workflow = await bareWorkflowAlone(servers, mails)
  const watch = await watchIdle(account)
  const random = seededRandom(77)
  const pause = (): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, 150 + random() * 400))
  const byImap: number[] = []
  const byIdle: number[] = []
  const bySmtp: number[] = []
  let total = 0
  try {
    for (const { raw } of corpus({
      count: mails,
      seed: 500,
      address: 'latency@example.org',
      replyShare: 0,
    })) {
      await pause()
      const seen = watch.next()
      const begun = performance.now()
      account.deliver(raw)
      await Promise.all([
        seen.then(() => byIdle.push(performance.now() - begun)),
        listed(desk, department, ++total).then(() => byImap.push(performance.now() - begun)),
      ])
    }
    say(`IMAP: ${mails} mails`)
    const transport = createTransport({
      host: '127.0.0.1',
      port: guichet.smtpPort,
      secure: false,
      pool: true,
      maxConnections: 1,
      tls: { rejectUnauthorized: false },
    })
    for (const { raw } of corpus({
      count: mails,
      seed: 501,
      address: 'latency@example.org',
      replyShare: 0,
    })) {
      await pause()
      const begun = performance.now()
      await transport.sendMail({
        envelope: { from: 'sender@example.com', to: 'latency@example.org' },
        raw,
      })
      await listed(desk, department, ++total)
      bySmtp.push(performance.now() - begun)
    }
    transport.close()
  } finally {
    await watch.stop()
  }
  const [imap, idle, bare, smtp] = [
    latencies(byImap),
    latencies(byIdle),
    latencies(workflow),
    latencies(bySmtp),
  ]
  const section = 'latency'
  return {
    figures: [
      {
        section,
        id: 'imap-p50',
        name: 'IMAP IDLE, p50',
        value: imap.p50,
        unit: 'ms',
        limit: { name: 'IDLE and fetch alone, plus a bare workflow', value: idle.p50 + bare.p50 },
      },
      {
        section,
        id: 'imap-p99',
        name: 'IMAP IDLE, p99',
        value: imap.p99,
        unit: 'ms',
        limit: { name: 'the same', value: idle.p99 + bare.p99 },
        aim: { atMost: 1000 },
      },
      {
        section,
        id: 'smtp-p50',
        name: 'SMTP receiver, p50',
        value: smtp.p50,
        unit: 'ms',
        limit: { name: 'a bare workflow', value: bare.p50 },
      },
      {
        section,
        id: 'smtp-p99',
        name: 'SMTP receiver, p99',
        value: smtp.p99,
        unit: 'ms',
        limit: { name: 'the same', value: bare.p99 },
        aim: { atMost: 1000 },
      },
    ],
    remarks: [
      `Delivered one at a time, ${mails} each way; visible: the first GET /api/v1/tickets that counts it, asked every ${LOOK_EVERY_MS} ms. Dovecot itself waits up to half a second before it tells a client in IDLE.`,
    ],
  }
}

async function watched(desk: Desk, address: string): Promise<void> {
  const until = Date.now() + TIMEOUT
  for (;;) {
    const { items } = await desk.api.get<{ items: { address: string; status: string }[] }>(
      '/mailboxes',
    )
    if (items.find((m) => m.address === address)?.status === 'watching') return
    if (Date.now() > until) throw new Error(`${address} is not watched: ${JSON.stringify(items)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function listed(desk: Desk, department: string, count: number): Promise<void> {
  const until = Date.now() + TIMEOUT
  for (;;) {
    const { total } = await desk.api.get<{ total: number }>(
      `/tickets?department=${department}&limit=5`,
    )
    if (total >= count) return
    if (Date.now() > until) throw new Error(`only ${total} of ${count} tickets are listed`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

async function bareWorkflowAlone(servers: Servers, count: number): Promise<number[]> {
  const bare = await startBareBaseline(servers, undefined, 'bare-idle')
  try {
    await bare.run({ series: 'idle-warm', workflows: [0, 1, 2, 3, 4], inFlight: 1, ends: false })
    return (
      await bare.run({
        series: 'idle',
        workflows: Array.from({ length: count }, (_, i) => i),
        inFlight: 1,
        ends: false,
      })
    ).latencies
  } finally {
    await bare.stop()
  }
}

/** A client that does nothing but wait in IDLE and fetch what has come. */
async function watchIdle(
  account: MailAccount,
): Promise<{ next: () => Promise<void>; stop: () => Promise<void> }> {
  const client = await connect(account)
  await client.mailboxOpen('INBOX', { readOnly: true })
  let came: () => void = () => undefined
  // Asked for, because by itself the client goes into IDLE only after some seconds.
  const wait = (): void => void client.idle().catch(() => undefined)
  client.on('exists', ({ count }: { count: number }) => {
    void client
      .fetchOne(String(count), { source: true })
      .then(
        () => {
          came()
        },
        () => undefined,
      )
      .then(wait)
  })
  wait()
  return {
    next: () =>
      new Promise((resolve) => {
        came = resolve
      }),
    stop: async () => {
      await client.logout()
    },
  }
}
