// Short-lived child processes of the launcher (install, build, migrate, download), so that what
// they load is gone when they are done.
import { spawn } from 'node:child_process'
import { projectRoot } from '../environment.mjs'

/** @type {Set<import('node:child_process').ChildProcess>} */
const underWay = new Set()

/** A short-lived child that ended with a failure; `output` is the end of what it said. */
export class CommandError extends Error {
  code = 'command-failed'
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
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string, timeout?: number, uid?: number, gid?: number,
 *   show?: boolean}} [how] `show` lets it write to our terminal
 * @returns {Promise<string>} what it wrote to stdout
 * @throws {CommandError}
 */
export async function runCommand(
  command,
  args,
  { env, cwd = projectRoot, timeout, uid, gid, show = false } = {},
) {
  const account = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) }
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    ...account,
  })
  underWay.add(child)
  const timer = timeout === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeout)
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
    if (ended !== 0) throw new CommandError(`${command} failed: ${ended}`, last)
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
  runCommand(process.execPath, [`${projectRoot}scripts/${name}`, ...args], { env })

/** Ends whatever is under way, because everything is to stop. */
export function cancelCommands() {
  for (const child of underWay) child.kill('SIGTERM')
}
