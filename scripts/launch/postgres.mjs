// The embedded PostgreSQL: made once under DATA_DIR, on the loopback interface only, with a
// password of its own.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { runCommand, CommandError } from './commands.mjs'
import { postgresFolder, postgresPackage } from './installation.mjs'
import { startedAt } from './processes.mjs'
import { StepError } from './steps.mjs'

const USER = 'guichet'

/** Nobody but this machine. */
const REACHED = { listen_addresses: '127.0.0.1', unix_socket_directories: '' }

// A small help desk's database beside everything else on one machine: little memory, full
// durability.
const SETTINGS = {
  ...REACHED,
  max_connections: '60',
  shared_buffers: '48MB',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  effective_cache_size: '512MB',
  max_wal_size: '512MB',
  wal_compression: 'on',
  io_method: 'sync',
  max_worker_processes: '4',
  max_parallel_workers: '2',
  autovacuum_max_workers: '1',
  jit: 'off',
  log_min_messages: 'warning',
  logging_collector: 'off',
}

/**
 * @param {string} dataDir DATA_DIR
 * @returns {Promise<string>} the folder of the database cluster, made when it was not there
 */
export async function initialise(dataDir) {
  const bin = path.join(postgresFolder(), 'bin')
  const clusterFolder = path.join(dataDir, 'postgres')
  const password = readPassword(dataDir)
  if (fs.existsSync(path.join(clusterFolder, 'PG_VERSION'))) {
    refuseOtherVersion(bin, clusterFolder)
    takeOwnership(dataDir, clusterFolder)
    notePackage(dataDir)
    return clusterFolder
  }
  if (fs.existsSync(finishedUpgrade(dataDir)))
    throw new StepError(
      `An upgrade of the database in ${dataDir} was interrupted at its end.`,
      'npm run upgrade-postgres finishes it.',
    )
  // Made beside and renamed, so that a start which is interrupted here leaves no half-made cluster.
  const beside = `${clusterFolder}.new`
  const passwordFile = path.join(dataDir, 'postgres.password.initdb')
  fs.rmSync(beside, { recursive: true, force: true })
  fs.mkdirSync(beside, { recursive: true, mode: 0o700 })
  try {
    fs.writeFileSync(passwordFile, password, { mode: 0o600 })
    const account = accountFor(dataDir)
    for (const file of account ? [beside, passwordFile] : [])
      fs.chownSync(file, account?.uid ?? 0, account?.gid ?? 0)
    const { command, args, options } = asAccount(account, path.join(bin, 'initdb'), [
      '--pgdata',
      beside,
      '--username',
      USER,
      '--pwfile',
      passwordFile,
      '--auth',
      'scram-sha-256',
      '--encoding',
      'UTF8',
      // Byte order for sorting, Unicode rules for upper and lower case, and nothing that depends on
      // the machine's locales.
      '--locale',
      'C',
      '--locale-provider',
      'builtin',
      '--builtin-locale',
      'C.UTF-8',
      '--no-instructions',
    ])
    await runCommand(command, args, { ...options, env: { LC_ALL: 'C' } })
    fs.renameSync(beside, clusterFolder)
    notePackage(dataDir)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    throw new StepError(
      `initdb failed: ${error.message}`,
      'Give DATA_DIR a folder on a disk with room, or DATABASE_URL a PostgreSQL of your own.',
    )
  } finally {
    fs.rmSync(passwordFile, { force: true })
  }
  return clusterFolder
}

/**
 * A copy that was made without its owners (`cp -r`) and is put back: PostgreSQL's account must own
 * its files.
 * @param {string} dataDir
 * @param {string} clusterFolder
 */
function takeOwnership(dataDir, clusterFolder) {
  const account = accountFor(dataDir)
  if (!account || fs.statSync(clusterFolder).uid === account.uid) return
  for (const file of fs.readdirSync(clusterFolder, { recursive: true, encoding: 'utf8' }))
    fs.lchownSync(path.join(clusterFolder, file), account.uid, account.gid)
  fs.chownSync(clusterFolder, account.uid, account.gid)
  fs.chmodSync(clusterFolder, 0o700)
}

/**
 * @param {string} dataDir
 * @param {string} clusterFolder
 * @param {number} port
 * @param {Record<string, string>} [settings] in place of ours
 * @returns {{command: string, args: string[], options: {uid?: number, gid?: number}}} how the
 *   server is started
 */
export function serverCommand(dataDir, clusterFolder, port, settings = {}) {
  removeStalePidFile(clusterFolder)
  const options = Object.entries({ ...SETTINGS, ...settings, port: String(port) }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  )
  return asAccount(accountFor(dataDir), path.join(postgresFolder(), 'bin/postgres'), [
    '-D',
    clusterFolder,
    ...options,
  ])
}

/**
 * Whether the server says in its pid file that it takes connections.
 * @param {string} clusterFolder
 * @param {number} pid
 */
export function isReady(clusterFolder, pid) {
  try {
    const lines = fs.readFileSync(path.join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n')
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

/**
 * @param {string} dataDir
 * @param {number} port
 * @param {string} [database]
 */
export const databaseUrl = (dataDir, port, database = 'guichet') =>
  `postgresql://${USER}:${readPassword(dataDir)}@127.0.0.1:${port}/${database}`

/** @param {string} dataDir */
function readPassword(dataDir) {
  const file = path.join(dataDir, 'postgres.password')
  if (!fs.existsSync(file)) {
    if (fs.existsSync(path.join(dataDir, 'postgres/PG_VERSION')))
      throw new StepError(
        `${file} is missing, and the database cannot be opened without it.`,
        'Restore it from the backup of DATA_DIR.',
      )
    fs.writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
  }
  return fs.readFileSync(file, 'utf8').trim()
}

/**
 * @param {string} bin
 * @param {string} clusterFolder
 */
function refuseOtherVersion(bin, clusterFolder) {
  const made = madeBy(clusterFolder)
  const offered = majorOf(bin)
  if (offered !== made)
    throw new StepError(
      `The database in ${clusterFolder} was made by PostgreSQL ${made}, the installed one is ${offered}. Nothing was changed.`,
      Number(made) > Number(offered)
        ? 'Take the version of Guichet that ran on it, or a newer one.'
        : 'npm run upgrade-postgres carries it over (docs/operations.md, Upgrade).',
    )
}

/**
 * @param {string} clusterFolder
 * @returns {string | undefined} the major version that made it; undefined where nothing is
 */
export function madeBy(clusterFolder) {
  const file = path.join(clusterFolder, 'PG_VERSION')
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : undefined
}

/**
 * @param {string} bin a folder with `postgres`
 * @returns {string | undefined} its major version; undefined where it does not run
 */
export const majorOf = (bin) =>
  /(\d+)/.exec(
    spawnSync(path.join(bin, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout ?? '',
  )?.[1]

/** @param {string} dataDir Which package made the database last: another version's can be had again. */
export const packageNote = (dataDir) => path.join(dataDir, 'postgres.package')

/** @param {string} dataDir */
function notePackage(dataDir) {
  const description = path.join(postgresFolder(), '../package.json')
  const { version } = JSON.parse(fs.readFileSync(description, 'utf8'))
  const note = `${postgresPackage}@${version}\n`
  const file = packageNote(dataDir)
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== note) fs.writeFileSync(file, note)
}

/** @param {string} dataDir Where an upgrade makes the new database. */
export const upgradeFolder = (dataDir) => path.join(dataDir, 'postgres.upgrade')

/** @param {string} dataDir Is there when everything is in the new database. */
export const finishedUpgrade = (dataDir) => path.join(upgradeFolder(dataDir), 'finished')

/**
 * A server of another version on the files that it made. It is read, and nothing else.
 * @param {string} bin its programs
 * @param {string} dataDir
 * @param {string} clusterFolder
 * @param {number} port
 */
export function otherServerCommand(bin, dataDir, clusterFolder, port) {
  removeStalePidFile(clusterFolder)
  takeOwnership(dataDir, clusterFolder)
  const options = Object.entries({ ...REACHED, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  return asAccount(accountFor(dataDir), path.join(bin, 'postgres'), [
    '-D',
    clusterFolder,
    ...options,
  ])
}

/**
 * After a crash the pid in postmaster.pid may belong to another program by now, and PostgreSQL
 * would then refuse to start. DATA_DIR is locked and our own orphans are ended, so a pid that is
 * not a server of this very folder is a leftover.
 * @param {string} clusterFolder
 */
function removeStalePidFile(clusterFolder) {
  const file = path.join(clusterFolder, 'postmaster.pid')
  if (!fs.existsSync(file)) return
  const pid = Number(fs.readFileSync(file, 'utf8').split('\n')[0])
  if (pid > 0 && startedAt(pid) !== undefined && commandLineOf(pid).includes(clusterFolder)) {
    throw new StepError(
      `A PostgreSQL (process ${pid}) already runs on ${clusterFolder}.`,
      `Stop it (kill -INT ${pid}), then start again.`,
    )
  }
  fs.rmSync(file, { force: true })
}

/** @param {number} pid */
function commandLineOf(pid) {
  if (process.platform === 'linux') {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    } catch {
      return ''
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
}

/** @typedef {{uid: number, gid: number, reaches: boolean}} Account */

/**
 * PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody` where there is no
 * such account.
 * @param {string} dataDir
 * @returns {Account | undefined} nothing when this process is not root
 */
function accountFor(dataDir) {
  if (process.getuid?.() !== 0) return undefined
  const accounts = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const entry =
    accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody')
  if (!entry)
    throw new StepError(
      'PostgreSQL does not run as root, and there is no account "postgres" or "nobody" to run it as.',
      'Start Guichet as an ordinary user, or give DATABASE_URL.',
    )
  const account = { uid: Number(entry[2]), gid: Number(entry[3]) }
  const probe = spawnSync(
    '/bin/sh',
    ['-c', 'cd "$1" && test -x "$2"', 'sh', dataDir, path.join(postgresFolder(), 'bin/postgres')],
    { ...account, cwd: '/' },
  )
  return { ...account, reaches: probe.status === 0 }
}

/**
 * @param {Account | undefined} account
 * @param {string} command
 * @param {string[]} args
 * @returns {{command: string, args: string[], options: {uid?: number, gid?: number}}}
 */
function asAccount(account, command, args) {
  if (!account) return { command, args, options: {} }
  if (account.reaches) return { command, args, options: { uid: account.uid, gid: account.gid } }
  // The project lies in a folder only root may enter (/root, a fresh temporary folder): the account
  // gets that one right and no other. (The secure bit lets access(2) count that right too; the
  // server's own programs ask it about each other.)
  if (spawnSync('setpriv', ['--version']).status !== 0) {
    throw new StepError(
      `PostgreSQL does not run as root, and its account (uid ${account.uid}) may not enter this folder.`,
      'Start Guichet as an ordinary user, or move it and DATA_DIR to a folder others may enter (chmod o+x).',
    )
  }
  const rights = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--securebits=+no_setuid_fixup',
  ]
  return { command: 'setpriv', args: [...rights, '--', command, ...args], options: {} }
}
