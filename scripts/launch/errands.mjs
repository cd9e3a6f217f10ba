// Short-lived child processes of the launcher (install, build, migrate, download), so that what
// they load is gone when they are done.
import { spawn } from 'node:child_process'
import { projectRoot } from '../environment.mjs'

/** @type {Set<import('node:child_process').ChildProcess>} */
const underWay = new Set()

/** A short-lived child that ended with a failure; `output` is the end of what it said. */
export class ErrandError extends Error {
  code = 'errand-failed'
  /**
   * @param {string} message
   * @param {string} output
   */
  constructor(message, output) {
    super(output.trim() || message)
    this.output = output
  }
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string, patience?: number, uid?: number, gid?: number,
 *   show?: boolean}} [how] `show` lets it write to our terminal
 * @returns {Promise<string>} what it wrote to stdout
 * @throws {ErrandError}
 */
export async function errand(
  command,
  args,
  { env, cwd = projectRoot, patience, uid, gid, show = false } = {},
) {
  const account = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) }
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    ...account,
  })
  underWay.add(child)
  const timer =
    patience === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), patience)
  let stdout = ''
  let last = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
    last = (last + chunk).slice(-6_000)
  })
  child.stderr?.on('data', (chunk) => (last = (last + chunk).slice(-6_000)))
  try {
    /** @type {number | string | null} */
    const ended = await new Promise((resolve) =>
      child
        .once('error', (error) => resolve(error.message))
        .once('close', (code, signal) => resolve(signal ?? code)),
    )
    if (ended !== 0) throw new ErrandError(`${command} failed: ${ended}`, last)
    return stdout
  } finally {
    clearTimeout(timer)
    underWay.delete(child)
  }
}

/**
 * Runs one of the scripts of this folder with the same Node.js.
 * @param {string} name
 * @param {string[]} [args]
 * @param {NodeJS.ProcessEnv} [env]
 */
export const script = (name, args = [], env = {}) =>
  errand(process.execPath, [`${projectRoot}scripts/${name}`, ...args], { env })

/** Ends whatever is under way, because everything is to stop. */
export function cancelErrands() {
  for (const child of underWay) child.kill('SIGTERM')
}
