// One launcher per DATA_DIR. A lock is a file `lock.<generation>` made by an atomic link; the
// highest generation counts. It is never removed but marked as released, so that the number only
// grows and of two starts that find a dead owner exactly one gets the next number.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { identify, isAlive } from './processes.mjs'

const FOREIGN_HOST_TIMEOUT = 60_000

/**
 * @typedef {{pid: number, started: string, host: string, address: string, released?: boolean}}
 *   Owner
 */

/** Another launcher holds DATA_DIR. */
export class LockedError extends Error {
  code = 'data-dir-in-use'
  /**
   * @param {string} dataDir
   * @param {Owner} owner
   */
  constructor(dataDir, owner) {
    super(
      `Guichet already runs on DATA_DIR ${dataDir}: process ${owner.pid}${owner.host === os.hostname() ? '' : ` on ${owner.host}`}, ${owner.address}. ` +
        'Open that address, stop that process first, or give another DATA_DIR and other ports.',
    )
    this.owner = owner
  }
}

/**
 * Takes the lock of a DATA_DIR, taking over what a dead process left.
 * @param {string} dataDir
 * @param {string} address where this Guichet will be reached, for the message of a second start
 * @returns {{release: () => void}}
 * @throws {LockedError}
 */
export function takeLock(dataDir, address) {
  const folder = path.join(dataDir, 'launcher')
  fs.mkdirSync(folder, { recursive: true })
  const self = identify(process.pid) ?? { pid: process.pid, started: '' }
  /** @type {Owner} */
  const owner = { ...self, host: os.hostname(), address }
  const beside = path.join(folder, `taking.${process.pid}`)
  fs.writeFileSync(beside, JSON.stringify(owner))
  try {
    for (;;) {
      const highest = generations(folder).at(-1) ?? 0
      const file = path.join(folder, `lock.${highest}`)
      const held = highest > 0 ? readOwner(file) : undefined
      if (held && !held.released && isHeld(held, file)) throw new LockedError(dataDir, held)
      const mine = path.join(folder, `lock.${highest + 1}`)
      if (!linked(beside, mine)) continue
      // Whoever looked long ago may have made a number that had been passed and tidied away; the
      // highest one still tells.
      if (generations(folder).at(-1) !== highest + 1) {
        fs.rmSync(mine, { force: true })
        continue
      }
      for (const old of generations(folder))
        if (old <= highest) fs.rmSync(path.join(folder, `lock.${old}`), { force: true })
      return hold(mine, owner)
    }
  } finally {
    fs.rmSync(beside, { force: true })
  }
}

/**
 * @param {string} file
 * @param {Owner} owner
 */
function hold(file, owner) {
  // A shared disk may be seen by another machine, where our pid says nothing: the file's age does.
  const heartbeat = setInterval(() => {
    try {
      fs.utimesSync(file, new Date(), new Date())
    } catch {
      // DATA_DIR was removed under us; the servers in it will say so more clearly.
    }
  }, 10_000).unref()
  return {
    release() {
      clearInterval(heartbeat)
      const beside = `${file}.released`
      try {
        fs.writeFileSync(beside, JSON.stringify({ ...owner, released: true }))
        fs.renameSync(beside, file)
      } catch {
        // Nothing to release in a folder that is gone.
      }
    },
  }
}

/**
 * @param {Owner} owner
 * @param {string} file
 */
function isHeld(owner, file) {
  if (owner.host === os.hostname()) return isAlive(owner)
  const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0)
  return age < FOREIGN_HOST_TIMEOUT
}

/**
 * @param {string} folder
 * @returns {number[]} ascending
 */
const generations = (folder) =>
  fs
    .readdirSync(folder)
    .map((name) => /^lock\.(\d+)$/.exec(name)?.[1])
    .filter((n) => n !== undefined)
    .map(Number)
    .sort((a, b) => a - b)

/**
 * @param {string} file
 * @returns {Owner | undefined}
 */
function readOwner(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function linked(from, to) {
  try {
    fs.linkSync(from, to)
    return true
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
  }
  // A file system without hard links: made exclusively, with the small risk of being read before it
  // is written.
  try {
    fs.writeFileSync(to, fs.readFileSync(from), { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  }
}
