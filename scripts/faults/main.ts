// `npm run faults`, once everything is installed and built: see docs/reliability.md.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { explain } from '../launch/steps.mjs'
import { withoutDovecot } from '../bench/mail-server.ts'
import { openDesk } from './desk.ts'
import { openEmbeddedSite } from './embedded-site.ts'
import { faultKinds } from './faults.ts'
import { isSound, progressLine, table } from './report.ts'
import { runFaults, type RunReport } from './run.ts'
import { openSeparateSite } from './separate-site.ts'
import type { Site, SiteKind } from './site.ts'

const USAGE =
  'npm run faults -- [--seed N] [--minutes M] [--set embedded|separate|both] [--only "kill,stop worker"] [--mails-per-second 3] [--actions-per-second 0.6] [--reports FOLDER] [--json] [--list]'

const options = readOptions()
/** What is to be stopped whatever happens, also while it is still being started. */
let opening: Promise<Site> | undefined
let leaving: Promise<never> | undefined
// npm passes a terminal's Ctrl-C on, so that it arrives twice: the second one must not cut short what
// puts everything away.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void leave(130))

try {
  const without = withoutDovecot()
  if (without) throw new Error(without)
  await leave((await runAll()) ? 0 : 1)
} catch (error) {
  say(explain(error))
  await leave(1)
}

async function runAll(): Promise<boolean> {
  let sound = true
  for (const kind of options.sets) {
    const file = path.resolve(options.reports, `faults-${kind}-${options.seed}.md`)
    say(`${kind}: seed ${options.seed}; how it stands is in ${file}`)
    opening = kind === 'embedded' ? openEmbeddedSite() : openSeparateSite()
    const site = await opening
    const report = await runFaults(site, await openDesk(site), {
      ...options,
      say,
      onProgress: (sofar) => {
        say(progressLine(sofar))
        write(file, sofar)
      },
    })
    write(file, report)
    process.stdout.write(
      options.json ? `${JSON.stringify(report, null, 2)}\n` : `\n${table(report)}\n\n`,
    )
    if (!isSound(report)) {
      sound = false
      say(site.lines.join('\n'))
      say(
        `\nAgain: npm run faults -- --set ${kind} --seed ${options.seed} --minutes ${options.seconds / 60}`,
      )
    }
    await site.stop()
    opening = undefined
  }
  return sound
}

function leave(code: number): Promise<never> {
  leaving ??= (async () => {
    const site = await opening?.catch(() => undefined)
    await site?.stop().catch((error: unknown) => {
      say(explain(error))
    })
    process.exit(code)
  })()
  return leaving
}

/** A run that is interrupted has left its table of a minute ago. */
function write(file: string, report: RunReport): void {
  fs.writeFileSync(file, `${table(report)}\n`)
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string', default: String(1 + (Date.now() % 100_000)) },
        minutes: { type: 'string', default: '10' },
        set: { type: 'string', default: 'both' },
        only: { type: 'string', default: '' },
        'mails-per-second': { type: 'string', default: '3' },
        'actions-per-second': { type: 'string', default: '0.6' },
        reports: { type: 'string', default: os.tmpdir() },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
      },
    })
    if (values.list) {
      for (const { name, on, readiness } of faultKinds)
        process.stdout.write(`${name} (${on.join(', ')}; readiness red: ${readiness})\n`)
      process.exit(0)
    }
    const number = (name: string, text: string): number => {
      const found = Number(text)
      if (!(found > 0)) throw new Error(`--${name} ${text}: a number above 0 is needed`)
      return found
    }
    const sets: SiteKind[] =
      values.set === 'both'
        ? ['embedded', 'separate']
        : values.set === 'embedded' || values.set === 'separate'
          ? [values.set]
          : []
    if (sets.length === 0) throw new Error(`--set ${values.set}: there is no such set`)
    const only = values.only
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
    if (only.length > 0 && !faultKinds.some(({ name }) => only.some((part) => name.includes(part))))
      throw new Error(`--only ${values.only}: there is no such fault; --list names them`)
    return {
      seed: number('seed', values.seed),
      seconds: number('minutes', values.minutes) * 60,
      sets,
      only,
      rate: {
        mails: number('mails-per-second', values['mails-per-second']),
        actions: number('actions-per-second', values['actions-per-second']),
      },
      reports: values.reports,
      json: values.json,
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
    process.exit(64)
  }
}
