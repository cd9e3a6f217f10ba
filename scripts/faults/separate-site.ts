// Servers, two workers and two APIs, each a process by itself, with a way between every two that can
// be cut. Whoever runs the faults starts again what it has killed.
import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { projectRoot } from '../environment.mjs'
import { ask, processPlan } from '../launch/plans.mjs'
import { eventually } from '../../tests/harness/eventually.ts'
import { freePort } from '../../tests/harness/free-port.ts'
import { PostgresServer } from '../../tests/integration/support/postgres-server.ts'
import { TemporalServer } from '../../tests/integration/support/temporal-server.ts'
import { siteClock } from './clock.ts'
import { startMailServers } from './mail-servers.ts'
import { TcpProxy } from './proxy.ts'
import { ADMIN, type Part, type Site } from './site.ts'

const KEPT_LINES = 300
/** For a start on a machine that is busy. Milliseconds. */
const READY = 120_000

export async function openSeparateSite(): Promise<Site> {
  const endings: (() => unknown)[] = []
  const stop = async (): Promise<void> => {
    for (const end of endings.splice(0).reverse()) await end()
  }
  try {
    return await opened(endings, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function opened(endings: (() => unknown)[], stop: () => Promise<void>): Promise<Site> {
  const clock = siteClock()
  endings.push(clock.remove)
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-faults-'))
  endings.push(() => {
    fs.rmSync(dataDir, { recursive: true, force: true })
  })
  const mail = await startMailServers()
  endings.push(mail.remove)
  const postgres = await PostgresServer.start()
  endings.push(() => postgres.remove())
  const temporal = await TemporalServer.start()
  endings.push(() => {
    temporal.goOn()
    return temporal.remove()
  })
  const ways = {
    imap: mail.imap,
    smtp: mail.smtp,
    postgres: await TcpProxy.open({ host: '127.0.0.1', port: postgres.port }),
    temporal: await TcpProxy.open({ host: '127.0.0.1', port: temporal.port }),
  }
  endings.push(() => Promise.all([ways.postgres.close(), ways.temporal.close()]))

  const lines: string[] = []
  const env = {
    ...clock.env,
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    DATABASE_URL: withPort(postgres.url, ways.postgres.port),
    TEMPORAL_ADDRESS: `127.0.0.1:${ways.temporal.port}`,
    TEMPORAL_NAMESPACE: 'default',
    SECRET_KEY: 'a key for faults, and for nothing else',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
  }
  const processes: Record<string, OwnProcess> = {}
  const [apis, receivers]: [string[], number[]] = [[], []]
  for (const index of [1, 2]) {
    const [port, smtp] = [await freePort(), await freePort()]
    const base = `http://127.0.0.1:${port}`
    const own = { ...env, PORT: String(port), PUBLIC_URL: base, SMTP_RECEIVER_PORT: String(smtp) }
    apis.push(base)
    receivers.push(smtp)
    for (const name of ['worker', 'api'] as const) {
      const one = new OwnProcess(`${name}-${index}`, name, own, lines)
      processes[one.title] = one
      endings.push(() => one.end())
      one.start()
    }
    // The second one finds a database with its first admin.
    await ready(base, lines)
  }
  return {
    kind: 'separate',
    apis,
    receivers,
    databaseUrl: postgres.url,
    temporalAddress: temporal.address,
    namespace: 'default',
    parts: {
      ...Object.fromEntries(
        Object.entries(processes).map(([title, process]): [string, Part] => [
          title,
          process.asPart(),
        ]),
      ),
      postgres: serverPart(postgres),
      temporal: serverPart(temporal),
    },
    ways,
    dovecot: mail.dovecot,
    peer: mail.peer,
    temporalFolder: temporal.folder,
    disk: { without: 'servers of one’s own are watched by whoever runs them' },
    setClock: clock.set,
    lines,
    stop,
  }
}

/** A worker or an API. */
class OwnProcess {
  #child: ChildProcess | undefined
  #wanted = false

  constructor(
    readonly title: string,
    private readonly name: 'worker' | 'api',
    private readonly env: Record<string, string>,
    private readonly lines: string[],
  ) {}

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Starts it, and again whenever it ends by itself, as whatever looks after processes does. */
  start(): void {
    this.#wanted = true
    if (this.#child) return
    const { command, args, env } = processPlan(
      this.name,
      { ...process.env, ...this.env },
      () => true,
      () => undefined,
    ).command()
    const child = spawn(command, args, {
      cwd: projectRoot,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      readline.createInterface({ input: stream }).on('line', (line) => {
        this.#note(line)
      })
    child.once('exit', (code, signal) => {
      this.#note(`ended: ${signal ?? code}`)
      if (this.#child === child) this.#child = undefined
      if (this.#wanted) setTimeout(() => this.#wanted && this.start(), 1_000).unref()
    })
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#wanted = false
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGCONT')
    child.kill(signal)
    const force = setTimeout(() => child.kill('SIGKILL'), 30_000)
    await ended
    clearTimeout(force)
  }

  asPart(): Part {
    return {
      pid: () => this.pid,
      kill: () => this.end('SIGKILL'),
      revive: async () => {
        this.start()
        await eventually(`${this.title} runs`, () => this.pid !== undefined)
      },
      freeze: () => void this.#child?.kill('SIGSTOP'),
      goOn: () => void this.#child?.kill('SIGCONT'),
    }
  }

  #note(line: string): void {
    this.lines.push(`${new Date().toISOString().slice(11, 23)} ${this.title} | ${line}`)
    if (this.lines.length > KEPT_LINES) this.lines.shift()
  }
}

const serverPart = (server: PostgresServer | TemporalServer): Part => ({
  pid: () => server.pid,
  kill: () => server.kill(),
  revive: () => server.start(),
  freeze: () => {
    server.freeze()
  },
  goOn: () => {
    server.goOn()
  },
})

const ready = (base: string, lines: readonly string[]): Promise<boolean> =>
  eventually(
    `${base} is ready`,
    async () => (await ask(`${base}/readyz`)).status === 200,
    READY,
  ).catch(async (error: unknown) => {
    const { body } = await ask(`${base}/readyz`)
    throw new Error(`${String(error)}\n${body.slice(0, 500)}\n${lines.slice(-20).join('\n')}`)
  })

function withPort(url: string, port: number): string {
  const changed = new URL(url)
  changed.port = String(port)
  return changed.href
}
