// Runs the real `scripts/start.mjs` on a DATA_DIR and ports of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually } from '../harness/eventually.ts'
import { freePort } from '../harness/free-port.ts'

const START = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))

export interface Ended {
  code: number | null
  output: string
}

/** A DATA_DIR with ports that are free, and the launchers started on it. */
export class LauncherSite {
  readonly dataDir = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-start-')), 'data')
  #launchers: ChildProcess[] = []

  private constructor(
    readonly ports: { web: number; ui: number; smtp: number; postgres: number; temporal: number },
  ) {}

  static async open(): Promise<LauncherSite> {
    const [web = 0, ui = 0, smtp = 0, postgres = 0, temporal = 0] = await Promise.all(
      Array.from({ length: 5 }, () => freePort()),
    )
    return new LauncherSite({ web, ui, smtp, postgres, temporal })
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.web}`
  }

  /** Starts a launcher. `ended` settles when its process is gone, whatever the reason. */
  launch(
    env: Record<string, string> = {},
    args: string[] = [],
  ): { process: ChildProcess; output: () => string; ended: Promise<Ended> } {
    const { web, ui, smtp, postgres, temporal } = this.ports
    const own = {
      DATA_DIR: this.dataDir,
      PORT: String(web),
      TEMPORAL_UI_PORT: String(ui),
      SMTP_RECEIVER_PORT: String(smtp),
      POSTGRES_PORT: String(postgres),
      TEMPORAL_PORT: String(temporal),
      ADMIN_EMAIL: 'admin@guichet.test',
      ADMIN_PASSWORD: 'correct horse battery',
    }
    const started = spawn(process.execPath, [START, ...args], {
      env: { ...process.env, ...own, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
    this.#launchers.push(started)
    const ended = new Promise<Ended>((resolve) =>
      started.once('close', (code) => resolve({ code, output })),
    )
    return { process: started, output: () => output, ended }
  }

  /** Starts a launcher and waits until it says that Guichet is ready. */
  async launchReady(env: Record<string, string> = {}): Promise<ReturnType<LauncherSite['launch']>> {
    const launched = this.launch(env)
    await eventually(
      'the launcher is ready',
      () => {
        if (launched.process.exitCode !== null) throw new Error(launched.output())
        return launched.output().includes('Ready after')
      },
      300_000,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${launched.output()}`)
    })
    return launched
  }

  /** The children as the launcher has written them down. */
  children(): Record<string, number> {
    const file = path.join(this.dataDir, 'launcher/children.json')
    const recorded = fs.existsSync(file)
      ? (JSON.parse(fs.readFileSync(file, 'utf8')) as { name: string; pid: number }[])
      : []
    return Object.fromEntries(recorded.map(({ name, pid }) => [name, pid]))
  }

  /**
   * Every process of this machine that works on this DATA_DIR, by its command line or its
   * environment. Linux only.
   */
  processes(): string[] {
    return fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .flatMap((pid) => {
        const command = read(`/proc/${pid}/cmdline`)
        const mine =
          command.includes(this.dataDir) ||
          read(`/proc/${pid}/environ`).includes(`DATA_DIR=${this.dataDir}`)
        return mine && command ? [`${pid} ${command.replaceAll('\0', ' ').slice(0, 120)}`] : []
      })
  }

  /** Stops whatever still runs and removes the folder. */
  async remove(): Promise<void> {
    for (const launcher of this.#launchers)
      if (launcher.exitCode === null && launcher.signalCode === null) launcher.kill('SIGTERM')
    await eventually('every process has ended', () => this.processes().length === 0).catch(() => {
      for (const line of this.processes()) process.kill(Number.parseInt(line, 10), 'SIGKILL')
    })
    fs.rmSync(path.dirname(this.dataDir), { recursive: true, force: true })
  }
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
