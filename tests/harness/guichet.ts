// A complete Guichet for a test: real api and worker processes from dist/, with a namespace, a
// database and ports of their own.
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Connection } from '@temporalio/client'
import { ApiClient } from './api-client.ts'
import { freshDatabase, type FreshDatabase } from './database.ts'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { serverOf } from './needs.ts'

export type ProcessName = 'api' | 'worker'

export interface GuichetOptions {
  /** Further variables, such as DEFAULT_SMTP_URL. They win over the harness's own. */
  env?: Record<string, string>
  /** A database to use again; by default a fresh one, dropped at the end. */
  databaseUrl?: string
  /** A namespace to use again; by default a new one. */
  namespace?: string
  /** Where the programs are that it is started from; this tree by itself. */
  programs?: string
  /** How many of each: several share one database and one namespace, as on several machines. */
  workers?: number
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const KEPT_LINES = 200

/** A namespace of a test's own: workflow ids such as `ticket-1` are the same in every Guichet. */
export async function freshNamespace(address = serverOf('TEST_TEMPORAL_ADDRESS')): Promise<string> {
  const namespace = `test-${randomBytes(6).toString('hex')}`
  const connection = await Connection.connect({ address })
  const day = { seconds: 86_400 } as unknown as NonNullable<
    Parameters<
      typeof connection.workflowService.registerNamespace
    >[0]['workflowExecutionRetentionPeriod']
  >
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: day,
  })
  await eventually(`namespace ${namespace}`, async () =>
    Boolean(await connection.operatorService.listSearchAttributes({ namespace })),
  )
  await connection.close()
  return namespace
}

export class Guichet {
  readonly adminEmail = 'admin@guichet.test'
  readonly adminPassword = 'correct horse battery'
  readonly lines: string[] = []
  /** Where the programs are that processes are started from: another version's, say. */
  programs = ROOT
  #running = new Map<string, ChildProcess>()

  private constructor(
    readonly url: string,
    readonly smtpPort: number,
    readonly databaseUrl: string,
    readonly namespace: string,
    readonly dataDir: string,
    readonly env: Record<string, string>,
    readonly options: GuichetOptions,
    readonly ownDatabase: FreshDatabase | undefined,
  ) {}

  /**
   * Starts worker and API and waits until both are ready.
   * @throws Error with their last lines.
   */
  static async start(options: GuichetOptions = {}): Promise<Guichet> {
    for (const file of ['api.mjs', 'worker.mjs'])
      if (!fs.existsSync(path.join(ROOT, 'dist', file)))
        throw new Error(`dist/${file} is missing. Run: npm run build`)
    const database = options.databaseUrl ? undefined : await freshDatabase()
    const namespace = options.namespace ?? (await freshNamespace())
    const [port, smtpPort] = [await freePort(), await freePort()]
    const databaseUrl = options.databaseUrl ?? database?.url ?? ''
    const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-test-'))
    const guichet: Guichet = new Guichet(
      `http://127.0.0.1:${port}`,
      smtpPort,
      databaseUrl,
      namespace,
      dataDir,
      {
        PORT: String(port),
        HOST: '127.0.0.1',
        PUBLIC_URL: `http://127.0.0.1:${port}`,
        DATA_DIR: dataDir,
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: serverOf('TEST_TEMPORAL_ADDRESS'),
        TEMPORAL_NAMESPACE: namespace,
        SMTP_RECEIVER_PORT: String(smtpPort),
        SECRET_KEY: 'a key for tests, and for nothing else',
        ADMIN_EMAIL: 'admin@guichet.test',
        ADMIN_PASSWORD: 'correct horse battery',
        NODE_ENV: 'test',
        ...options.env,
      },
      options,
      database,
    )
    guichet.programs = options.programs ?? ROOT
    try {
      await guichet.startAll()
    } catch (error) {
      await guichet.stop()
      throw error
    }
    return guichet
  }

  /**
   * Starts every process that does not run, and waits until they are ready: after `kill`, and after
   * `stopProcesses`.
   */
  async startAll(): Promise<void> {
    for (let i = 1; i <= (this.options.workers ?? 1); i++) this.spawn('worker', i)
    this.spawn('api')
    await this.ready()
  }

  /**
   * Starts one process.
   * @param index of the worker, when there are several (from 1). Only the first has the SMTP
   *   receiver.
   */
  spawn(name: ProcessName, index = 1): void {
    const key = name === 'api' ? name : `worker-${index}`
    if (this.#running.has(key)) return
    const env = { ...process.env, ...this.env, ...(index > 1 ? { SMTP_RECEIVER_PORT: '0' } : {}) }
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', path.join(this.programs, 'dist', `${name}.mjs`)],
      { cwd: this.programs, env, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#running.set(key, child)
    child.once('exit', (code, signal) => {
      this.#note(`${key} ended: ${signal ?? code}`)
      if (this.#running.get(key) === child) this.#running.delete(key)
    })
    for (const stream of [child.stdout, child.stderr])
      readline
        .createInterface({ input: stream })
        .on('line', (line) => this.#note(`${key} | ${line}`))
  }

  /** Waits until GET /readyz is 200. */
  async ready(): Promise<void> {
    const api = this.#running.get('api')
    await eventually(
      'Guichet is ready',
      async () => {
        if (api && api.exitCode !== null) return true
        return (await fetch(`${this.url}/readyz`).catch(() => undefined))?.ok
      },
      120_000,
    ).catch(async (error: unknown) => {
      const body = await fetch(`${this.url}/readyz`)
        .then((r) => r.text())
        .catch(String)
      throw new Error(
        `${String(error)}\n/readyz: ${body.slice(0, 500)}\n${this.lines.slice(-30).join('\n')}`,
      )
    })
    if (api && api.exitCode !== null)
      throw new Error(`The API ended while it was waited for:\n${this.lines.slice(-30).join('\n')}`)
  }

  /** The pid of a running process, for measurements. */
  pid(name: ProcessName, index = 1): number | undefined {
    return this.#running.get(name === 'api' ? name : `worker-${index}`)?.pid
  }

  /**
   * Sends a signal and waits until the process has ended. SIGKILL is a crash, SIGTERM a clean stop.
   */
  async kill(name: ProcessName, signal: NodeJS.Signals = 'SIGKILL', index = 1): Promise<void> {
    const child = this.#running.get(name === 'api' ? name : `worker-${index}`)
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    const force = setTimeout(() => child.kill('SIGKILL'), 25_000)
    await ended
    clearTimeout(force)
  }

  /** Stops every process cleanly; database and workflows stay. */
  async stopProcesses(): Promise<void> {
    await this.kill('api', 'SIGTERM')
    for (let i = 1; i <= (this.options.workers ?? 1); i++) await this.kill('worker', 'SIGTERM', i)
  }

  /** Stops everything and removes what was made for it. */
  async stop(): Promise<void> {
    await this.stopProcesses()
    await this.ownDatabase?.drop()
    fs.rmSync(this.dataDir, { recursive: true, force: true })
  }

  /** A client without a session. */
  client(): ApiClient {
    return new ApiClient(this.url)
  }

  /** A client signed in as the first admin. */
  async admin(): Promise<ApiClient> {
    const client = this.client()
    await client.signIn(this.adminEmail, this.adminPassword)
    return client
  }

  #note(line: string): void {
    this.lines.push(line)
    if (this.lines.length > KEPT_LINES) this.lines.shift()
    if (process.env['TEST_VERBOSE']) process.stderr.write(`${line}\n`)
  }
}
