// npm runs a script below a shell: a signal to npm ends npm and the shell, and says nothing to the
// script itself.
import fs from 'node:fs'
import { identify, isAlive } from './processes.mjs'

/**
 * Tells when the npm that started this process, or the shell between the two, is gone. Does nothing
 * when npm did not start it.
 * @param {() => void} gone
 */
export function watchParents(gone) {
  if (!process.env['npm_lifecycle_event']) return
  const parent = process.ppid
  // Elsewhere than on Linux only a new parent is noticed: asking `ps` this often would cost too
  // much.
  const above =
    process.platform === 'linux' ? [parent, ...(isShell(parent) ? [parentOf(parent)] : [])] : []
  const watched = above.flatMap((pid) => (pid > 1 ? (identify(pid) ?? []) : []))
  const timer = setInterval(() => {
    if (process.ppid === parent && watched.every(isAlive)) return
    clearInterval(timer)
    gone()
  }, 400).unref()
}

/** @param {number} pid */
const isShell = (pid) => /^(sh|dash|ash|bash|busybox)$/.test(read(`/proc/${pid}/comm`).trim())

/** @param {number} pid */
const parentOf = (pid) => Number(/^PPid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)

/** @param {string} file */
function read(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
