// `npm run rebuild`: rebuilds the projection from the event log; `npm run rebuild -- --check` only
// compares and says what differs. Works on the database at DATABASE_URL, else on the embedded one:
// on the running one when Guichet runs, otherwise it is started for this.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { parseEnvironment, projectRoot } from './environment.mjs'
import { Children } from './launch/children.mjs'
import { script } from './launch/commands.mjs'
import { requireNode } from './launch/installation.mjs'
import { takeLock } from './launch/lock.mjs'
import { postgresPlan } from './launch/plans.mjs'
import { freePort } from './launch/ports.mjs'
import { databaseUrl, initialise } from './launch/postgres.mjs'
import { explain, say, StepError } from './launch/steps.mjs'

const TIMEOUT = 60_000

/** @type {Children | undefined} */
let children
/** @type {{release: () => void} | undefined} */
let lock

try {
  process.exitCode = await run()
} catch (error) {
  say(explain(error))
  process.exitCode = 1
} finally {
  await children?.stop()
  lock?.release()
}

async function run() {
  requireNode()
  const { externalDatabaseUrl, dataDir } = parseEnvironment(process.env)
  // An image has what is built and no sources.
  if (fs.existsSync(path.join(projectRoot, 'worker'))) {
    await script('build.mjs', ['--server'])
  }
  const url = externalDatabaseUrl ?? (await embedded(dataDir))
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', path.join(projectRoot, 'dist/rebuild.mjs'), ...process.argv.slice(2)],
    { stdio: 'inherit', env: { ...process.env, DATABASE_URL: url } },
  )
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
}

/**
 * @param {string} dataDir
 * @returns {Promise<string>}
 */
async function embedded(dataDir) {
  const clusterFolder = path.join(dataDir, 'postgres')
  if (!fs.existsSync(path.join(clusterFolder, 'PG_VERSION')))
    throw new StepError(
      `There is no database in ${dataDir}.`,
      'Set DATA_DIR to where Guichet keeps its data, or DATABASE_URL to a PostgreSQL of your own.',
    )
  const running = runningPort(clusterFolder)
  if (running) return databaseUrl(dataDir, running)
  lock = takeLock(dataDir, 'npm run rebuild')
  children = new Children(dataDir, (error) => say(explain(error)))
  const port = await freePort('127.0.0.1')
  await children.start(postgresPlan(dataDir, await initialise(dataDir), port), TIMEOUT)
  return databaseUrl(dataDir, port)
}

/**
 * PostgreSQL's pid file: process in the first line, port in the fourth.
 * @param {string} clusterFolder
 * @returns {number | undefined}
 */
function runningPort(clusterFolder) {
  try {
    const [pid, , , port] = fs
      .readFileSync(path.join(clusterFolder, 'postmaster.pid'), 'utf8')
      .split('\n')
    process.kill(Number(pid), 0)
    return Number(port) || undefined
  } catch (error) {
    // Somebody else's process: it is there all the same.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
      ? Number(
          fs.readFileSync(path.join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n')[3],
        ) || undefined
      : undefined
  }
}
