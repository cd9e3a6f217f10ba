// Runs a program of scripts/ that is written in TypeScript, once everything is installed and built.
import { spawn } from 'node:child_process'
import { projectRoot } from '../environment.mjs'
import { script } from './commands.mjs'
import { install, isInstalled, requireNode } from './installation.mjs'
import { explain } from './steps.mjs'

const say = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`)

/**
 * Does not come back: this process ends with the program's own code.
 * @param {string} file below the project's root
 */
export async function runBuilt(file) {
  try {
    requireNode()
    if (!isInstalled()) {
      say('installing dependencies…')
      await install()
    }
    say('building…')
    await script('build.mjs')
  } catch (error) {
    say(explain(error))
    process.exit(1)
  }
  const program = spawn(
    process.execPath,
    ['--import', 'tsx', `${projectRoot}${file}`, ...process.argv.slice(2)],
    { cwd: projectRoot, stdio: 'inherit' },
  )
  // A terminal's Ctrl-C reaches the child too, which then ends its servers: this process only waits
  // for it.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, () => program.kill(signal))
  program.once('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}
