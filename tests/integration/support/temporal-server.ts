import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { temporalBinary } from '../../../scripts/launch/temporal-binary.mjs'
import { isServing, serverCommand } from '../../../scripts/launch/temporal.mjs'
import { putStoreBack, setStoreAside } from '../../../scripts/faults/temporal-store.ts'
import { eventually } from '../../harness/eventually.ts'
import { freePort } from '../../harness/free-port.ts'

/**
 * A Temporal server of a test's own, as `npm start` runs it: one that may be killed without hurting
 * other tests.
 */
export class TemporalServer {
  readonly address: string
  #child: ChildProcess | undefined

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly uiPort: number,
    private readonly continueAsNewAfter?: number,
  ) {
    this.address = `127.0.0.1:${port}`
  }

  /** @param continueAsNewAfter events, when a run is told to go on in another. */
  static async start({
    continueAsNewAfter,
  }: { continueAsNewAfter?: number } = {}): Promise<TemporalServer> {
    const server = new TemporalServer(
      fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-temporal-')),
      await freePort(),
      await freePort(),
      continueAsNewAfter,
    )
    await server.start()
    return server
  }

  /** Starts it again after `kill`, with what it had written. */
  async start(): Promise<void> {
    const { command, args, env } = serverCommand({
      binary: await temporalBinary(this.folder),
      dataDir: this.folder,
      port: this.port,
      uiPort: this.uiPort,
      namespace: 'default',
    })
    if (this.continueAsNewAfter !== undefined)
      args.push(
        '--dynamic-config-value',
        `limit.historyCount.suggestContinueAsNew=${this.continueAsNewAfter}`,
      )
    this.#child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ...env } })
    await eventually('Temporal serves', () => isServing(this.address))
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Stops it where it stands: it keeps its connections, and says nothing. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  goOn(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Ends it at once, as a crash does. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  /** Sets aside what it knows now, for `goBack`. */
  setAside(): void {
    this.freeze()
    try {
      setStoreAside(this.folder)
    } finally {
      this.goOn()
    }
  }

  /** Kills it, and starts it with what it knew at `setAside`. */
  async goBack(): Promise<void> {
    await this.kill()
    putStoreBack(this.folder)
    await this.start()
  }

  /** Kills it, and starts it with a store that knows nothing. */
  async lose(): Promise<void> {
    await this.kill()
    for (const file of fs.readdirSync(this.folder))
      if (file.startsWith('temporal.db')) fs.rmSync(path.join(this.folder, file))
    await this.start()
  }

  async remove(): Promise<void> {
    await this.kill('SIGTERM')
    fs.rmSync(this.folder, { recursive: true, force: true })
  }
}
