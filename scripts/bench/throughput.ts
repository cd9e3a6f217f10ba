import { type Database, openDatabase } from '../../platform/postgres/database.ts'
import { takeIn } from './backlog.ts'
import { type BareBaseline, startBareBaseline } from './bare-baseline.ts'
import { corpus } from './corpus.ts'
import type { Desk } from './desk.ts'
import type { Figure } from './figure.ts'
import { type Dovecot, openAccount } from './mail-server.ts'
import { canAccount, cpuBetween, type UsageByProcess, usageOf } from './process-accounting.ts'
import { readAndParse } from './read-baseline.ts'
import type { Servers } from './servers.ts'
import { median, middleRun, sum } from './statistics.ts'

const IN_FLIGHT = 50
const MEMORY_LOOK_MS = 2_000

export interface Backlog {
  figures: Figure[]
  remarks: string[]
  /** Tickets that one mail made, for the history. */
  tickets: number[]
  /** The most each process had in memory while the backlog came in, from the last round. */
  loaded: UsageByProcess
}

interface Round {
  /** Mails per second. */
  guichet: number
  bare: number
  threads: number
  read: number
  /** Milliseconds of CPU per mail. */
  cpu: Record<string, number>
  bareCpu: Record<string, number>
}

/**
 * A backlog into tickets, beside what mail alone and Temporal alone could do. The runs take turns,
 * for the machine is never the same twice: each round has all of them, and the middle round is what
 * is summary.
 */
export async function measureThroughput(
  servers: Servers,
  dovecot: Dovecot,
  desk: Desk,
  { mails, rounds }: { mails: number; rounds: number },
  say: (line: string) => void,
): Promise<Backlog> {
  const db = openDatabase(servers.databaseUrl, { connections: 1 })
  const bare = await startBareBaseline(servers)
  const measured: Round[] = []
  let tickets: number[] = []
  let loaded: UsageByProcess = {}
  try {
    // Both sides have warm code before anything counts: a help desk's processes run for weeks.
    await bare.run({
      series: 'warm',
      workflows: Array.from({ length: 100 }, (_, i) => i),
      inFlight: IN_FLIGHT,
      ends: false,
    })
    await oneBacklog(servers, dovecot, desk, db, 0, Math.min(100, mails), false)
    for (let round = 1; round <= rounds; round++) {
      const alone = await perSecond(
        bare,
        servers,
        `alone-${round}`,
        Array.from({ length: mails }, (_, i) => i),
      )
      const taken = await oneBacklog(servers, dovecot, desk, db, round, mails, round === rounds)
      const threads = await perSecond(bare, servers, `threads-${round}`, taken.threads)
      tickets = taken.tickets
      loaded = taken.loaded
      measured.push({
        guichet: taken.rate,
        bare: alone.rate,
        threads: threads.rate,
        read: taken.read,
        cpu: taken.cpu,
        bareCpu: alone.cpu,
      })
      say(
        `round ${round} of ${rounds}: bare ${alone.rate.toFixed(1)}/s, Guichet ${taken.rate.toFixed(1)}/s, bare in threads ${threads.rate.toFixed(1)}/s`,
      )
    }
  } finally {
    await bare.stop()
    await db.close()
  }
  return { ...summary(measured, mails), tickets, loaded }
}

function summary(
  rounds: readonly Round[],
  mails: number,
): { figures: Figure[]; remarks: string[] } {
  const ofEach = (pick: (round: Round) => number): number => median(rounds.map(pick))
  const guichet = ofEach((r) => r.guichet)
  const section = 'throughput'
  const rates: Figure[] = [
    {
      section,
      id: 'mails-per-second',
      name: 'Mails into tickets',
      value: guichet,
      unit: '/s',
      limit: { name: 'a bare workflow per mail', value: ofEach((r) => r.bare) },
      aim: { shareAtLeast: 0.6 },
    },
    {
      section,
      id: 'mails-per-second-threads',
      name: '  beside bare workflows per thread',
      value: guichet,
      unit: '/s',
      limit: {
        name: 'bare, 40 % of signals to running workflows',
        value: ofEach((r) => r.threads),
      },
    },
    {
      section,
      id: 'mails-per-second-read',
      name: '  beside reading alone',
      value: guichet,
      unit: '/s',
      limit: { name: 'imapflow and mailparser, one core', value: ofEach((r) => r.read) },
    },
  ]
  return {
    figures: [...rates, ...(canAccount ? cpuFigures(middleRun(rounds, (r) => r.guichet)) : [])],
    remarks: [
      `The backlog: ${mails} mails, 60 % new, 40 % answers in threads, 15 % with attachments; the same in every run of the bench. Acknowledgements are off. Medians of ${rounds.length} rounds that took turns; CPU of the middle round.`,
      'From the mailbox being created until every mail is settled and every ticket is in the list; the run fails when one is lost, doubled or in the wrong ticket.',
    ],
  }
}

/** CPU per mail, altogether and by process. */
function cpuFigures({ cpu, bareCpu }: Round): Figure[] {
  const [section, unit] = ['throughput', 'ms'] as const
  return [
    {
      section,
      id: 'cpu-per-mail',
      name: 'CPU per mail',
      value: sum(Object.values(cpu)),
      unit,
      limit: { name: 'a bare workflow per mail', value: sum(Object.values(bareCpu)) },
    },
    ...Object.entries(cpu).map(([name, value]): Figure => {
      const limit = bareCpu[name]
      return {
        section,
        id: `cpu-per-mail-${name}`,
        name: `  ${name}`,
        value,
        unit,
        ...(limit === undefined ? {} : { limit: { name: `bare: ${name}`, value: limit } }),
      }
    }),
  ]
}

async function oneBacklog(
  servers: Servers,
  dovecot: Dovecot,
  desk: Desk,
  db: Database,
  round: number,
  count: number,
  withMemory: boolean,
) {
  const address = `backlog-${round}@example.org`
  const mails = corpus({ count, seed: 1_000 + round, address })
  const account = openAccount(dovecot, `backlog-${round}`)
  for (const { raw } of mails) account.deliver(raw)
  const use = (): UsageByProcess => usageOf(servers.children.pids)
  const before = use()
  const peak = withMemory ? watchMemory(use) : null
  const { ms, mailboxId, tickets } = await takeIn(desk, db, account, mails, address)
  const cpu = perMail(cpuBetween(before, use()), count)
  const loaded = peak?.stop() ?? {}
  await desk.disableMailbox(mailboxId)
  const read = await readAndParse(account)
  return {
    rate: (count / ms) * 1000,
    cpu,
    tickets,
    loaded,
    read: (read.mails / read.ms) * 1000,
    threads: mails.map((m) => m.thread),
  }
}

async function perSecond(
  bare: BareBaseline,
  servers: Servers,
  series: string,
  workflows: readonly number[],
) {
  const pids = {
    temporal: servers.children.pids['temporal'] ?? 0,
    postgres: servers.children.pids['postgres'] ?? 0,
    worker: bare.pid,
  }
  const before = usageOf(pids)
  const { ms } = await bare.run({ series, workflows, inFlight: IN_FLIGHT, ends: false })
  return {
    rate: (workflows.length / ms) * 1000,
    cpu: perMail(cpuBetween(before, usageOf(pids)), workflows.length),
  }
}

const perMail = (cpu: Record<string, number>, mails: number): Record<string, number> =>
  Object.fromEntries(Object.entries(cpu).map(([name, ms]) => [name, ms / mails]))

/** Reading memory costs CPU, so it is done seldom and in one round only. */
function watchMemory(use: () => UsageByProcess): { stop: () => UsageByProcess } {
  let peak: UsageByProcess = {}
  const look = (): void => {
    const now = use()
    peak = Object.fromEntries(
      Object.entries(now).map(([name, usage]) => [
        name,
        {
          ...usage,
          rss: Math.max(usage.rss, peak[name]?.rss ?? 0),
          pss: Math.max(usage.pss, peak[name]?.pss ?? 0),
        },
      ]),
    )
  }
  const timer = setInterval(look, MEMORY_LOOK_MS)
  return {
    stop: () => {
      clearInterval(timer)
      look()
      return peak
    },
  }
}
