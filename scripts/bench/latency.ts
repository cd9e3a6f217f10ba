import { startBareBaseline } from './bare-baseline.ts'
import { corpus } from './corpus.ts'
import type { Desk } from './desk.ts'
import type { Figure } from './figure.ts'
import { type Dovecot, type MailAccount, openAccount } from './mail-server.ts'
import { connect } from './read-baseline.ts'
import type { Guichet, Servers } from './servers.ts'
import { latencies, type Latencies, seededRandom } from './statistics.ts'
import { createTransport } from 'nodemailer'

const ADDRESS = 'latency@example.org'
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
  await desk.openMailbox(ADDRESS, department, account)
  await watched(desk, ADDRESS)
  const workflow = await bareWorkflowAlone(servers, mails)
  const random = seededRandom(77)
  const pause = (): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, 150 + random() * 400))
  let total = 0
  const shown = (): Promise<void> => listed(desk, department, ++total)
  const { byImap, byIdle } = await measureImap(account, mails, pause, shown)
  say(`IMAP: ${mails} mails`)
  const bySmtp = await measureSmtp(guichet.smtpPort, mails, pause, shown)
  return {
    figures: figuresOf({
      imap: latencies(byImap),
      idle: latencies(byIdle),
      bare: latencies(workflow),
      smtp: latencies(bySmtp),
    }),
    remarks: [
      `Delivered one at a time, ${mails} each way; visible: the first GET /api/v1/tickets that counts it, asked every ${LOOK_EVERY_MS} ms. Dovecot itself waits up to half a second before it tells a client in IDLE.`,
    ],
  }
}

const mailsOf = (count: number, seed: number) =>
  corpus({ count, seed, address: ADDRESS, replyShare: 0 })

/**
 * Mails put into the mailbox, one after another.
 * @returns milliseconds until each was listed, and until a bare client had fetched it.
 */
async function measureImap(
  account: MailAccount,
  mails: number,
  pause: () => Promise<void>,
  shown: () => Promise<void>,
): Promise<{ byImap: number[]; byIdle: number[] }> {
  const byImap: number[] = []
  const byIdle: number[] = []
  const watch = await watchIdle(account)
  try {
    for (const { raw } of mailsOf(mails, 500)) {
      await pause()
      const seen = watch.next()
      const begun = performance.now()
      account.deliver(raw)
      await Promise.all([
        seen.then(() => byIdle.push(performance.now() - begun)),
        shown().then(() => byImap.push(performance.now() - begun)),
      ])
    }
  } finally {
    await watch.stop()
  }
  return { byImap, byIdle }
}

/**
 * Mails handed to the receiver, one after another.
 * @returns milliseconds until each was listed.
 */
async function measureSmtp(
  port: number,
  mails: number,
  pause: () => Promise<void>,
  shown: () => Promise<void>,
): Promise<number[]> {
  const bySmtp: number[] = []
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    secure: false,
    pool: true,
    maxConnections: 1,
    tls: { rejectUnauthorized: false },
  })
  for (const { raw } of mailsOf(mails, 501)) {
    await pause()
    const begun = performance.now()
    await transport.sendMail({ envelope: { from: 'sender@example.com', to: ADDRESS }, raw })
    await shown()
    bySmtp.push(performance.now() - begun)
  }
  transport.close()
  return bySmtp
}

/** Each way beside the least that it can take. */
function figuresOf({
  imap,
  idle,
  bare,
  smtp,
}: Record<'imap' | 'idle' | 'bare' | 'smtp', Latencies>): Figure[] {
  const figure = (id: string, name: string, value: number, rest: Partial<Figure>): Figure => ({
    section: 'latency',
    id,
    name,
    value,
    unit: 'ms',
    ...rest,
  })
  return [
    figure('imap-p50', 'IMAP IDLE, p50', imap.p50, {
      limit: { name: 'IDLE and fetch alone, plus a bare workflow', value: idle.p50 + bare.p50 },
    }),
    figure('imap-p99', 'IMAP IDLE, p99', imap.p99, {
      limit: { name: 'the same', value: idle.p99 + bare.p99 },
      aim: { atMost: 1000 },
    }),
    figure('smtp-p50', 'SMTP receiver, p50', smtp.p50, {
      limit: { name: 'a bare workflow', value: bare.p50 },
    }),
    figure('smtp-p99', 'SMTP receiver, p99', smtp.p99, {
      limit: { name: 'the same', value: bare.p99 },
      aim: { atMost: 1000 },
    }),
  ]
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
