// The servers and processes that a launcher starts: recorded, restarted when they die, stopped in
// order.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { listensOn, requirePort } from './ports.mjs'
import { end, identify, isAlive } from './processes.mjs'
import { say, StepError } from './steps.mjs'

const DEATHS_ALLOWED = 5
/** What died so long ago is no sign of trouble any more; above what the pauses come to. */
const DEATHS_WINDOW = 300_000
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 30_000
const LOG_LIMIT = 10 * 1024 * 1024

/**
 * @typedef {object} ChildPlan
 * @property {string} name
 * @property {() => {command: string, args: string[], options?: {uid?: number, gid?: number}, env?:
 *   Record<string, string>}} command asked again at each restart
 * @property {{number: number, variable: string, purpose: string}} [port] on 127.0.0.1, where it and
 *   nobody else is to listen; the variable that moves it
 * @property {(pid: number) => Promise<boolean> | boolean} ready
 * @property {NodeJS.Signals} stopSignal how it is asked to stop cleanly
 * @property {number} stopTimeout for a clean stop, in milliseconds
 * @property {'file' | 'lines'} output to DATA_DIR/logs, or line by line to `onLine`
 * @property {(line: string) => void} [onLine]
 */

/**
 * @typedef {{plan: ChildPlan, process?: import('node:child_process').ChildProcess, deaths:
 *   number[], stopping: boolean}} Child
 */

/**
 * What another program took between the choice of a port and its use, or while a child was down, would
 * be taken for the child: it answers there.
 * @param {ChildPlan} plan
 * @throws {import('./ports.mjs').PortError}
 */
const requireOwnPort = async ({ port }) =>
  port && requirePort(port.variable, port.number, '127.0.0.1', port.purpose)

/**
 * @param {ChildPlan} plan
 * @param {number} pid
 */
const listensThere = ({ port }, pid) => !port || listensOn(pid, port.number) !== false

/** Starts, watches and stops the children of one DATA_DIR. */
export class Children {
  /** @type {Child[]} */
  #running = []
  #record
  #logs
  #onFatal
  #firstPause

  /**
   * @param {string} dataDir
   * @param {(error: Error) => void} [onFatal] told when a child dies again and again. Without it the
   *   child is started again for as long as it takes: whoever mends the cause need not know of it
   * @param {number} [firstPause] before it is started again; doubled with every death
   */
  constructor(dataDir, onFatal, firstPause = FIRST_PAUSE) {
    this.#record = path.join(dataDir, 'launcher/children.json')
    this.#logs = path.join(dataDir, 'logs')
    this.#onFatal = onFatal
    this.#firstPause = firstPause
    for (const folder of [this.#logs, path.dirname(this.#record)])
      fs.mkdirSync(folder, { recursive: true })
  }

  /**
   * Ends what a launcher that was killed left running: only processes whose pid and start time are
   * the recorded ones.
   */
  async endOrphans() {
    if (!fs.existsSync(this.#record)) return
    /** @type {{name: string, pid: number, started: string, stopSignal: NodeJS.Signals}[]} */
    const recorded = JSON.parse(fs.readFileSync(this.#record, 'utf8'))
    for (const orphan of recorded.reverse()) {
      if (!isAlive(orphan)) continue
      say(`  · ending ${orphan.name} (process ${orphan.pid}), left by a start that was killed`)
      await end(orphan, orphan.stopSignal, 10_000)
    }
    fs.rmSync(this.#record, { force: true })
  }

  /**
   * Starts a child and waits until it is ready.
   * @param {ChildPlan} plan
   * @param {number} timeout in milliseconds
   */
  async start(plan, timeout) {
    /** @type {Child} */
    const child = { plan, deaths: [], stopping: false }
    await requireOwnPort(plan)
    this.#running.push(child)
    const process = this.#spawn(child)
    const until = Date.now() + timeout
    for (;;) {
      if (process.exitCode !== null || process.signalCode !== null || process.pid === undefined) {
        await requireOwnPort(plan)
        throw this.#failure(plan, `ended at once (${process.signalCode ?? process.exitCode})`)
      }
      if ((await plan.ready(process.pid)) && listensThere(plan, process.pid)) break
      if (Date.now() > until)
        throw this.#failure(plan, `is not ready after ${Math.round(timeout / 1000)} s`)
      await sleep(50)
    }
    if (process.exitCode !== null || process.signalCode !== null)
      void this.#restart(child, process.signalCode ?? process.exitCode)
    else process.once('exit', (code, signal) => void this.#restart(child, signal ?? code))
  }

  /**
   * Stops every child, the last started first.
   * @param {(name: string) => void} [onStop]
   */
  async stop(onStop) {
    for (const child of this.#running) child.stopping = true
    for (const { plan, process } of [...this.#running].reverse()) {
      const identity =
        process?.pid === undefined || process.exitCode !== null ? undefined : identify(process.pid)
      if (!identity) continue
      onStop?.(plan.name)
      await end(identity, plan.stopSignal, plan.stopTimeout)
    }
    this.#running = []
    fs.rmSync(this.#record, { force: true })
  }

  /** Ends every child without asking. */
  killAll() {
    for (const child of this.#running) {
      child.stopping = true
      // SIGQUIT is PostgreSQL's own immediate shutdown; killed outright it would leave its shared
      // memory behind.
      if (child.process?.exitCode === null)
        child.process.kill(child.plan.name === 'postgres' ? 'SIGQUIT' : 'SIGKILL')
    }
  }

  /** @returns {Record<string, number>} the pid of each running child */
  get pids() {
    return Object.fromEntries(
      this.#running.flatMap(({ plan, process }) =>
        process?.pid ? [[plan.name, process.pid]] : [],
      ),
    )
  }

  /** @param {Child} child */
  #spawn(child) {
    const { plan } = child
    const { command, args, options, env } = plan.command()
    const log = plan.output === 'file' ? fs.openSync(this.#logFile(plan.name), 'a') : undefined
    // In a process group of its own: a terminal's Ctrl-C must reach the launcher alone, which then
    // stops the children in order.
    const spawned = spawn(command, args, {
      ...options,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'],
    })
    if (log !== undefined) fs.closeSync(log)
    for (const stream of [spawned.stdout, spawned.stderr])
      if (stream)
        readline.createInterface({ input: stream }).on('line', (line) => plan.onLine?.(line))
    spawned.on('error', (error) => plan.onLine?.(error.message))
    child.process = spawned
    this.#writeRecord()
    return spawned
  }

  /**
   * @param {Child} child
   * @param {string | number | null} how
   * @returns {Promise<void>}
   */
  async #restart(child, how) {
    if (child.stopping) return
    const now = Date.now()
    child.deaths = [...child.deaths.filter((at) => now - at < DEATHS_WINDOW), now]
    if (this.#onFatal && child.deaths.length > DEATHS_ALLOWED)
      return this.#onFatal(
        this.#failure(
          child.plan,
          `died ${child.deaths.length} times in ${DEATHS_WINDOW / 60_000} minutes (last: ${how})`,
        ),
      )
    const pause = Math.min(LONGEST_PAUSE, this.#firstPause * 2 ** (child.deaths.length - 1))
    say(`  ! ${child.plan.name} ended (${how}); starting it again in ${pause / 1000} s`)
    await sleep(pause)
    if (child.stopping) return
    try {
      await requireOwnPort(child.plan)
    } catch (error) {
      return this.#restart(child, error instanceof Error ? error.message : String(error))
    }
    if (child.stopping) return
    try {
      this.#spawn(child).once('exit', (code, signal) => void this.#restart(child, signal ?? code))
    } catch (error) {
      return this.#restart(child, error instanceof Error ? error.message : String(error))
    }
  }

  /**
   * @param {ChildPlan} plan
   * @param {string} what
   */
  #failure(plan, what) {
    const file = this.#logFile(plan.name)
    const lines =
      plan.output === 'file' && fs.existsSync(file)
        ? fs.readFileSync(file, 'utf8').trim().split('\n').slice(-12).join('\n')
        : ''
    return new StepError(
      `${plan.name} ${what}.${lines ? `\n${lines}` : ''}`,
      plan.output === 'file' ? `Its whole log: ${file}` : 'Its own lines above say why.',
    )
  }

  /** @param {string} name */
  #logFile(name) {
    const file = path.join(this.#logs, `${name}.log`)
    if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT)
      fs.renameSync(file, `${file}.1`)
    return file
  }

  #writeRecord() {
    const recorded = this.#running.flatMap(({ plan, process }) => {
      const identity = process?.pid === undefined ? undefined : identify(process.pid)
      return identity ? [{ name: plan.name, ...identity, stopSignal: plan.stopSignal }] : []
    })
    fs.writeFileSync(`${this.#record}.new`, JSON.stringify(recorded))
    fs.renameSync(`${this.#record}.new`, this.#record)
  }
}
