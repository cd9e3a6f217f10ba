import { parseArgs } from 'node:util'
import { EnvironmentError } from '../scripts/environment.mjs'
import { requireNode } from '../scripts/launch/installation.mjs'
import { explain } from '../scripts/launch/steps.mjs'
import { UsageError, tell } from './command.ts'
import { commands } from './commands.ts'
import { interrupted, InterruptedError } from './interrupted.ts'

// `npm run <command>`, and `node dist/cli.mjs <command>` in an image. 64 is EX_USAGE, 78 EX_CONFIG
// of sysexits.h.

const [name = '', ...words] = process.argv.slice(2)
try {
  process.exitCode = await Promise.race([run(), interrupted])
} catch (error) {
  tell(explain(error))
  process.exitCode =
    error instanceof UsageError
      ? 64
      : error instanceof EnvironmentError
        ? 78
        : error instanceof InterruptedError
          ? 130
          : 1
}
// What an interrupted command still had in hand must not keep the process.
if (process.exitCode === 130) process.exit()

async function run(): Promise<number> {
  requireNode()
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!load) {
    tell(await overview())
    return name === '' || name === 'help' ? 0 : 64
  }
  const command = await load()
  const usage = `npm run ${name} -- ${command.usage}`
  try {
    const { values, positionals } = parseArgs({
      args: words,
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    if (values['help'] === true) {
      tell(`${command.summary}.\n\n  ${usage.replaceAll('\n', '\n  ')}`)
      return 0
    }
    return await command.run({
      options: values as Record<string, string | boolean | undefined>,
      words: positionals,
    })
  } catch (error) {
    if (
      error instanceof UsageError ||
      /^ERR_PARSE_ARGS/.test((error as { code?: string }).code ?? '')
    )
      throw new UsageError(`${(error as Error).message}\n\n  ${usage}`)
    throw error
  }
}

async function overview(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(commands).map(
      async ([name, load]) => `  npm run ${name.padEnd(12)} ${(await load()).summary}`,
    ),
  )
  return `${lines.join('\n')}\n\nnpm run <name> -- --help says more.`
}
