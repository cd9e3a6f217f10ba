// Runs a command as an operator does, from what is built: `npm run <name> -- …`.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const COMMAND = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url))

export interface Ran {
  code: number | null
  stdout: string
  /** What it said, on stdout and stderr. */
  said: string
}

/**
 * @param args name first.
 * @param env over that of the test; what is meant for a Guichet of this machine is not passed on.
 */
export function runCommand(args: string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(process.execPath, ['--enable-source-maps', COMMAND, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8')
    said += chunk.toString('utf8')
  })
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  return new Promise((resolve) =>
    child.once('close', (code) => {
      resolve({ code, stdout, said })
    }),
  )
}
