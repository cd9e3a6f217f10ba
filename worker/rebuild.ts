import { cut } from '../domain/cut.ts'
import type { Difference } from '../activities/projection/compare.ts'
import { rebuildProjection } from '../activities/projection/rebuild.ts'
import { openDatabase } from '../platform/postgres/database.ts'

// `npm run rebuild`: rebuilds the projection of the database at DATABASE_URL from the event log.
// With --check it changes nothing and ends with 1 when something differs. What is said about values
// is cut: they may be long.

const LONGEST_VALUE = 120

const check = process.argv.includes('--check')
const url = process.env['DATABASE_URL']
if (!url) {
  process.stderr.write(
    'DATABASE_URL is missing: name the database whose projection is to be rebuilt.\n',
  )
  process.exit(78)
}

const db = openDatabase(url, { connections: 1, name: 'guichet-rebuild' })
try {
  let failures = 0
  const { tickets, differing } = await rebuildProjection(db, {
    check,
    found: (differences) => {
      for (const one of differences) say(inWords(one))
    },
    failed: (ticket, error) => {
      failures++
      process.stderr.write(
        `#${ticket} could not be rebuilt and stays as it was: ${error.message}\n`,
      )
    },
    progress: (done) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${done} tickets `)
    },
  })
  if (differing === 0 && failures === 0) say(`All ${tickets} tickets are as their events say.`)
  else if (differing > 0)
    say(
      `${differing} of ${tickets} tickets ${check ? 'differ from what their events say. Nothing was changed; npm run rebuild repairs them' : 'were repaired'}.`,
    )
  process.exitCode = failures > 0 ? 2 : check && differing > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(
    `The projection could not be rebuilt: ${error instanceof Error ? error.message : String(error)}. What was repaired so far stays; run it again.\n`,
  )
  process.exitCode = 2
} finally {
  await db.close()
}

function inWords({ ticket, table, key, column, found, expected }: Difference): string {
  const where = `#${ticket} ${table}${table === 'ticket' ? '' : ` ${short(key)}`}`
  if (column !== null) return `${where}.${column}: ${short(found)} should be ${short(expected)}`
  return expected === null ? `${where}: should not be there` : `${where}: is missing`
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  return text.length > LONGEST_VALUE ? `${cut(text, LONGEST_VALUE)}…` : text
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
