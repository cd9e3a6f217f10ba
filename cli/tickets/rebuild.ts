import { type Difference } from '../../activities/projection/compare.ts'
import { rebuildProjection } from '../../activities/projection/rebuild.ts'
import { cut } from '../../domain/cut.ts'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import { settingsOf } from '../settings.ts'
import { type Command, isOn, print, tell, wordsOf } from '../command.ts'
import { withOpenDatabase } from '../database.ts'

/** What is said about values is cut: they may be long. */
const LONGEST_VALUE = 120

/** `npm run rebuild`: ends with 1 when something differs, with 2 when a ticket could not be rebuilt. */
export const rebuild: Command = {
  summary: 'Makes the projection anew from the events, or only compares it with them',
  usage: '[--check]',
  options: { check: { type: 'boolean' } },
  async run(given) {
    wordsOf(given)
    const check = isOn(given, 'check')
    const settings = settingsOf()
    return withOpenDatabase(settings, (db) => rebuilt(db, check))
  },
}

async function rebuilt(db: OpenDatabase, check: boolean): Promise<number> {
  let failures = 0
  try {
    const { tickets, differing } = await rebuildProjection(db, {
      check,
      found: (differences) => {
        for (const one of differences) print(inWords(one))
      },
      failed: (ticket, error) => {
        failures++
        tell(`#${ticket} could not be rebuilt and stays as it was: ${error.message}`)
      },
      progress: (done) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${done} tickets `)
      },
    })
    if (differing > 0) print(`${differing} of ${tickets} tickets ${whatBecameOf(check)}.`)
    else if (failures === 0) print(`All ${tickets} tickets are as their events say.`)
    return failures > 0 ? 2 : check && differing > 0 ? 1 : 0
  } catch (error) {
    tell(
      `The projection could not be rebuilt: ${error instanceof Error ? error.message : String(error)}. What was repaired so far stays; run it again.`,
    )
    return 2
  }
}

const whatBecameOf = (check: boolean): string =>
  check
    ? 'differ from what their events say. Nothing was changed; npm run rebuild repairs them'
    : 'were repaired'

function inWords({ ticket, table, key, column, found, expected }: Difference): string {
  const where = `#${ticket} ${table}${table === 'ticket' ? '' : ` ${short(key)}`}`
  if (column !== null) return `${where}.${column}: ${short(found)} should be ${short(expected)}`
  return expected === null ? `${where}: should not be there` : `${where}: is missing`
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  return text.length > LONGEST_VALUE ? `${cut(text, LONGEST_VALUE)}…` : text
}
