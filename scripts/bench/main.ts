// `npm run bench`, once everything is installed and built: see docs/performance.md.
import os from 'node:os'
import { parseArgs } from 'node:util'
import { explain } from '../launch/steps.mjs'
import { measureApi } from './api-latency.ts'
import { measureCommands } from './command-latency.ts'
import { openDesk } from './desk.ts'
import { type Section, sections } from './figure.ts'
import { measureHistory } from './history.ts'
import { measureLatency } from './latency.ts'
import { Dovecot, withoutDovecot } from './mail-server.ts'
import { bareMemory, idleMemory, memoryFigures } from './memory.ts'
import { canAccount } from './process-accounting.ts'
import { measureProfile } from './profile.ts'
import { type Servers, startGuichet, startServers } from './servers.ts'
import { measureStart } from './start-time.ts'
import { type Report, table } from './table.ts'
import { type Backlog, measureThroughput } from './throughput.ts'
import { measureWaiting } from './waiting.ts'
import { RestartableSet } from './waiting-set.ts'

const USAGE = `npm run bench -- [${sections.join('] [')}] [--quick] [--json] [--profile] [--mails 1000] [--rounds 3] [--waiting 10000]`
const NEEDS_MAIL: readonly Section[] = ['throughput', 'latency', 'history', 'profile']
const NEEDS_ACCOUNTING: readonly Section[] = ['memory', 'waiting']
/** What is measured one after another of the same Guichet. */
const OF_ONE_DESK: readonly Section[] = [
  'throughput',
  'latency',
  'commands',
  'history',
  'memory',
  'api',
]

const options = readOptions()
const size = options.quick
  ? {
      mails: 100,
      rounds: 1,
      deliveries: 8,
      tickets: 2_000,
      requests: 200,
      commands: 48,
      rest: 3,
      waiting: 200,
    }
  : {
      mails: 1_000,
      rounds: 3,
      deliveries: 60,
      tickets: 10_000,
      requests: 1_000,
      commands: 600,
      rest: 20,
      waiting: 10_000,
    }
size.mails = options.mails ?? size.mails
size.rounds = options.rounds ?? size.rounds
size.waiting = options.waiting ?? size.waiting

/**
 * What is to be ended whatever happens: Guichet and its servers before the mail server that they
 * are connected to.
 */
const endings: (() => Promise<unknown>)[] = []
/** One short line; a library's warning may be a page. */
const say = (line: string): void =>
  void process.stderr.write(`  ${line.replace(/\u001b\[[\d;]*m/g, '').slice(0, 240)}\n`)
const fatal = (error: Error): void => void leave(1, error)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void leave(130))

try {
  const { report, profile } = await measure()
  process.stdout.write(
    options.json
      ? `${JSON.stringify(profile ? { ...report, profile } : report, null, 2)}\n`
      : `\n${table(report)}${profile ? `\n${profile}\n` : ''}`,
  )
  await leave(0)
} catch (error) {
  await leave(1, error)
}

async function measure(): Promise<{ report: Report; profile: string }> {
  const report = emptyReport()
  const wanted = wantedSections(report)
  if (OF_ONE_DESK.some((section) => wanted.has(section))) {
    await measureDesk(report, wanted)
    await end()
  }
  if (wanted.has('start')) add(report, { figures: await stage('start', () => measureStart(fatal)) })
  if (wanted.has('waiting')) {
    const set = new RestartableSet(fatal, say)
    endings.push(() => set.remove())
    add(report, await stage('waiting', () => measureWaiting(set, size, say)))
    await end()
  }
  const profile = wanted.has('profile') ? await measureCpu(report) : ''
  return { report, profile }
}

/** What is said of the machine before anything is measured. */
function emptyReport(): Report {
  const busy = os.loadavg()[0] ?? 0
  return {
    machine: `${os.availableParallelism()} × ${os.cpus()[0]?.model ?? process.arch}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`,
    date: new Date().toISOString(),
    quick: options.quick,
    figures: [],
    skipped: [],
    remarks:
      busy > os.availableParallelism() / 2
        ? [
            `The machine had other work to do (load ${busy.toFixed(1)} at the start): shares of the limit can be trusted further than the figures.`,
          ]
        : [],
  }
}

/** What was asked for and can be measured here; the report says what cannot, and why. */
function wantedSections(report: Report): Set<Section> {
  const wanted = new Set(options.only)
  const skip = (section: Section, why: string): void => {
    if (wanted.delete(section)) report.skipped.push({ section, why })
  }
  const without = withoutDovecot()
  if (without) for (const section of NEEDS_MAIL) skip(section, without)
  if (!canAccount)
    for (const section of NEEDS_ACCOUNTING) skip(section, 'process accounting needs /proc')
  return wanted
}

function add(report: Report, found: { figures: Report['figures']; remarks?: string[] }): void {
  report.figures.push(...found.figures)
  report.remarks.push(...(found.remarks ?? []))
}

/** What is measured of one Guichet that is started for it. */
async function measureDesk(report: Report, wanted: ReadonlySet<Section>): Promise<void> {
  const servers = await started()
  const bare = wanted.has('memory') ? await bareMemory(servers) : 0
  const guichet = await startGuichet(servers, say)
  const desk = await openDesk(guichet)
  const fresh = wanted.has('memory') ? await idleMemory(servers, size.rest) : {}
  const dovecot = withoutDovecot() ? null : await withDovecot()
  let backlog: Backlog | null = null
  if (dovecot && wanted.has('latency'))
    add(
      report,
      await stage('latency', () =>
        measureLatency(servers, guichet, dovecot, desk, size.deliveries, say),
      ),
    )
  if (dovecot && wanted.has('throughput')) {
    backlog = await stage('throughput', () => measureThroughput(servers, dovecot, desk, size, say))
    add(report, backlog)
  }
  if (wanted.has('commands'))
    add(report, {
      figures: await stage('commands', () => measureCommands(servers, desk, size.commands)),
    })
  if (dovecot && wanted.has('history'))
    add(report, { figures: await stage('history', () => measureHistory(servers, dovecot, desk)) })
  if (wanted.has('memory')) {
    const after = backlog ? await stage('memory', () => idleMemory(servers, size.rest)) : null
    add(report, { figures: memoryFigures({ bare, fresh, loaded: backlog?.loaded ?? null, after }) })
  }
  if (wanted.has('api'))
    add(report, await stage('api', () => measureApi(servers, guichet, desk, size, say)))
}

/** @returns where the CPU goes while a backlog comes in. */
async function measureCpu(report: Report): Promise<string> {
  const servers = await started()
  const dovecot = await withDovecot()
  const { figures, text } = await stage('profile', () =>
    measureProfile(servers, dovecot, size.mails, say),
  )
  add(report, { figures })
  await end()
  return text
}

async function started(): Promise<Servers> {
  const servers = await startServers(fatal)
  endings.push(() => servers.stop())
  return servers
}

async function withDovecot(): Promise<Dovecot> {
  const dovecot = await Dovecot.start()
  endings.push(() => dovecot.remove())
  return dovecot
}

async function stage<T>(section: Section, work: () => Promise<T>): Promise<T> {
  process.stderr.write(`${section}…\n`)
  return work()
}

async function end(): Promise<void> {
  for (const ending of endings.splice(0)) await ending()
}

async function leave(code: number, error?: unknown): Promise<void> {
  if (error) process.stderr.write(`${explain(error)}\n`)
  await end().catch((failure: unknown) => process.stderr.write(`${explain(failure)}\n`))
  process.exit(code)
}

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        profile: { type: 'boolean', default: false },
        only: { type: 'string' },
        mails: { type: 'string' },
        rounds: { type: 'string' },
        waiting: { type: 'string' },
      },
    })
    const named = [...positionals, ...(values.only === undefined ? [] : [values.only])]
      .flatMap((names) => names.split(','))
      .map((name) => name.trim())
    const asked = named.length > 0 ? named : sections.filter((name) => name !== 'profile')
    const unknown = asked.find((name) => !sections.some((section) => section === name))
    if (unknown !== undefined) throw new Error(`${unknown}: there is no such section`)
    const count = (name: 'mails' | 'rounds' | 'waiting'): number | undefined => {
      const text = values[name]
      if (text === undefined) return undefined
      if (!/^[1-9]\d{0,5}$/.test(text))
        throw new Error(`--${name} ${text}: a whole number is needed`)
      return Number(text)
    }
    const only = sections.filter(
      (section) => asked.includes(section) || (section === 'profile' && values.profile),
    )
    return {
      quick: values.quick,
      json: values.json,
      only,
      mails: count('mails'),
      rounds: count('rounds'),
      waiting: count('waiting'),
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
    process.exit(64)
  }
}
