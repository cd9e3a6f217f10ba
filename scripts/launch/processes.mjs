// Which process is which: a pid alone may belong to another program by now, a pid with its start
// time may not.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** @typedef {{pid: number, started: string}} ProcessIdentity */

/**
 * @param {number} pid
 * @returns {string | undefined} a text that no later process with this pid has; undefined when none
 *   runs
 */
export function startedAt(pid) {
  if (process.platform === 'linux') {
    const stat = readOrEmpty(`/proc/${pid}/stat`)
    if (!stat) return undefined
    // The command name, in parentheses, may hold anything; the fields after it are numbers and one
    // state letter.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return undefined
    return `${readOrEmpty('/proc/sys/kernel/random/boot_id').trim()}/${fields[19]}`
  }
  const ps = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
  const line = ps.stdout?.trim()
  return line && !line.startsWith('Z') ? line.replace(/^\S+\s+/, '') : undefined
}

/**
 * @param {number} pid
 * @returns {ProcessIdentity | undefined}
 */
export function identify(pid) {
  const started = startedAt(pid)
  return started === undefined ? undefined : { pid, started }
}

/** @param {ProcessIdentity} identity */
export const isAlive = (identity) => startedAt(identity.pid) === identity.started

/**
 * Ends a process that was verified to be ours: asks first, then forces.
 * @param {ProcessIdentity} identity
 * @param {NodeJS.Signals} signal how it is asked
 * @param {number} timeout in milliseconds
 */
export async function end(identity, signal, timeout) {
  for (const [how, wait] of /** @type {[NodeJS.Signals, number][]} */ ([
    [signal, timeout],
    ['SIGKILL', 5_000],
  ])) {
    if (!isAlive(identity)) return
    try {
      process.kill(identity.pid, how)
    } catch {
      return
    }
    const until = Date.now() + wait
    while (Date.now() < until && isAlive(identity)) await sleep(50)
  }
}

/** @param {string} file */
function readOrEmpty(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
