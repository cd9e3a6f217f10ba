// `npm run bench`: installs and builds what is needed, then measures (scripts/bench/). `npm run
// bench -- --json` for machines.
import { spawn } from 'node:child_process'
import { projectRoot } from './environment.mjs'
import { script } from './launch/commands.mjs'
import { install, isInstalled, requireNode } from './launch/installation.mjs'
import { explain } from './launch/steps.mjs'

const say = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`)

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

// A terminal's Ctrl-C reaches the child too, which then ends its servers: this process only waits
// for it.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => measuring.kill(signal))
const measuring = spawn(
  process.execPath,
  ['--import', 'tsx', `${projectRoot}scripts/bench/main.ts`, ...process.argv.slice(2)],
  { cwd: projectRoot, stdio: 'inherit' },
)
measuring.once('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
