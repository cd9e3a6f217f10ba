import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {
  databaseUrl,
  initialise,
  isReady,
  serverCommand,
} from '../../../scripts/launch/postgres.mjs'
import { migrate } from '../../../scripts/migrate.mjs'
import { eventually } from '../../harness/eventually.ts'
import { freePort } from '../../harness/free-port.ts'
import { signalTree } from '../../harness/process-tree.ts'

/** A PostgreSQL of a test's own, as `npm start` runs it: one that may be stopped and killed. */
export class PostgresServer {
  readonly url: string
  #child: ChildProcess | undefined

  private constructor(
    readonly folder: string,
    readonly cluster: string,
    readonly port: number,
  ) {
    this.url = databaseUrl(folder, port)
  }

  /** Starts one with the newest schema. */
  static async start(): Promise<PostgresServer> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-postgres-'))
    // PostgreSQL's account must reach it.
    fs.chmodSync(folder, 0o755)
    const server = new PostgresServer(folder, await initialise(folder), await freePort())
    await server.start()
    await migrate(server.url)
    return server
  }

  /** Starts it again after `kill`, with what it had written. */
  async start(): Promise<void> {
    const { command, args, options } = serverCommand(this.folder, this.cluster, this.port)
    const child = spawn(command, args, { stdio: 'ignore', ...options })
    this.#child = child
    await eventually('PostgreSQL serves', () => isReady(this.cluster, child.pid ?? 0))
  }

  /** Stops every process of it where it stands: it keeps its connections, and says nothing. */
  freeze(): void {
    this.#signal('SIGSTOP')
  }

  goOn(): void {
    this.#signal('SIGCONT')
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    // SIGQUIT is its own immediate shutdown: killed outright it would leave its shared memory.
    child.kill('SIGQUIT')
    await ended
  }

  async remove(): Promise<void> {
    this.goOn()
    await this.kill()
    fs.rmSync(this.folder, { recursive: true, force: true })
  }

  /** Its backends are children of the server, each in a session of its own. */
  #signal(signal: NodeJS.Signals): void {
    const server = this.#child?.pid
    if (server !== undefined) signalTree(server, signal)
  }
}
