import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Children } from '../launch/children.mjs'
import { openDataFolder } from '../launch/data-folder.mjs'
import { script } from '../launch/commands.mjs'
import { takeLock } from '../launch/lock.mjs'
import { ask, postgresPlan, processPlan, temporalPlan } from '../launch/plans.mjs'
import { freePort } from '../launch/ports.mjs'
import { databaseUrl, initialise } from '../launch/postgres.mjs'
import { temporalBinary } from '../launch/temporal-binary.mjs'

const TIMEOUT = 60_000
const NAMESPACE = 'default'

export const ADMIN = { email: 'bench@example.org', password: 'not a secret: bench' }

export interface Servers {
  children: Children
  dataDir: string
  databaseUrl: string
  temporalAddress: string
  namespace: string
  /** Seconds that both servers together took to their first answer. */
  startSeconds: number
  /**
   * Ends them.
   * @param keep leaves their data for another start.
   */
  stop: (keep?: boolean) => Promise<void>
}

/** A folder that PostgreSQL's own account may pass through. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guichet-bench-'))
  fs.chmodSync(folder, 0o711)
  return folder
}

/**
 * PostgreSQL and Temporal as `npm start` runs them, in a temporary folder or one kept from before,
 * on free ports.
 */
export async function startServers(
  onFatal: (error: Error) => void,
  dataDir = temporaryFolder(),
): Promise<Servers> {
  openDataFolder(dataDir, false)
  const lock = takeLock(dataDir, 'bench')
  const children = new Children(dataDir, onFatal)
  const stop = async (keep = false): Promise<void> => {
    await children.stop()
    lock.release()
    if (!keep) fs.rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    const [postgresPort, port, uiPort] = [
      await freePort('127.0.0.1'),
      await freePort('127.0.0.1'),
      await freePort('127.0.0.1'),
    ]
    const binary = await temporalBinary(dataDir)
    const postgres = await secondsOf(async () =>
      children.start(postgresPlan(dataDir, await initialise(dataDir), postgresPort), TIMEOUT),
    )
    const temporal = await secondsOf(() =>
      children.start(
        temporalPlan({ binary, dataDir, port, uiPort, namespace: NAMESPACE }),
        TIMEOUT,
      ),
    )
    const url = databaseUrl(dataDir, postgresPort)
    await script('migrate.mjs', [], { DATABASE_URL: url })
    return {
      children,
      dataDir,
      databaseUrl: url,
      temporalAddress: `127.0.0.1:${port}`,
      namespace: NAMESPACE,
      startSeconds: postgres + temporal,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

export interface Guichet {
  base: string
  smtpPort: number
}

/**
 * Guichet's own two processes on these servers.
 * @param profileDir where the worker leaves CPU profiles when it ends; without it, it runs as `npm
 *   start` runs it.
 */
export async function startGuichet(
  servers: Servers,
  say: (line: string) => void,
  profileDir?: string,
): Promise<Guichet> {
  const [port, smtpPort] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')]
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    DATA_DIR: servers.dataDir,
    DATABASE_URL: servers.databaseUrl,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    TEMPORAL_NAMESPACE: servers.namespace,
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: '',
    SMTP_RECEIVER_PORT: String(smtpPort),
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
  }
  const base = `http://127.0.0.1:${port}`
  const worker = processPlan(
    'worker',
    env,
    () => true,
    (line) => {
      say(`worker: ${line}`)
    },
  )
  const profiled = {
    ...worker,
    command: () => {
      const { args, ...rest } = worker.command()
      return {
        ...rest,
        args: profileDir ? ['--cpu-prof', '--cpu-prof-dir', profileDir, ...args] : args,
      }
    },
  }
  await servers.children.start(profiled, TIMEOUT)
  await servers.children.start(
    processPlan(
      'api',
      env,
      async () => (await ask(`${base}/healthz`)).status === 200,
      (line) => {
        say(`api: ${line}`)
      },
    ),
    TIMEOUT,
  )
  const until = Date.now() + TIMEOUT
  for (;;) {
    const { status, body } = await ask(`${base}/readyz`)
    if (status === 200) return { base, smtpPort }
    if (Date.now() > until) throw new Error(`Guichet does not become ready: ${body.slice(0, 600)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1000
}
