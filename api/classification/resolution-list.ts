import { cut } from '../../domain/cut.ts'
import type { InferResult } from 'kysely'
import type { CommandPayload } from '../../domain/commands.ts'
import type { ResolutionEntry } from '../../domain/classification/contract.ts'
import {
  anyName,
  type CustomNames,
  customNames,
  isNamed,
} from '../../domain/classification/custom-names.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { unprocessable } from '../http/problem.ts'

const resolutions = (db: Database) =>
  db.selectFrom('resolution').select(['key', 'names', 'active', 'built_in as builtIn', 'position'])

/**
 * @returns every resolution in the order in which they are offered, also those that are switched
 *   off.
 */
export const readResolutions = async (db: Database): Promise<ResolutionEntry[]> =>
  (await resolutions(db).orderBy('position').orderBy('key').execute()).map(inEveryLanguage)

/** @returns null when there is none of this key. */
export async function readResolution(db: Database, key: string): Promise<ResolutionEntry | null> {
  const row = await resolutions(db).where('key', '=', key).executeTakeFirst()
  return row ? inEveryLanguage(row) : null
}

/** What is stored may be older than a language. */
const inEveryLanguage = (
  entry: InferResult<ReturnType<typeof resolutions>>[number],
): ResolutionEntry => ({
  ...entry,
  names: customNames.parse(entry.names),
})

/**
 * A resolution as it goes into a command, with the name it has now: events keep the names of their
 * time.
 * @param key null: none.
 * @param present the ticket's own, which it may keep although it is switched off.
 * @throws ProblemError 422 when it is not there or switched off.
 */
export async function resolutionChosen(
  db: Database,
  key: string | null,
  present: string | null,
): Promise<Pick<CommandPayload<'changeResolution'>, 'resolution' | 'resolutionNames'>> {
  if (key === null || key === present) return { resolution: key }
  const found = await readResolution(db, key)
  if (!found)
    throw unprocessable(
      'resolution-not-found',
      `There is no resolution “${key}”. Choose one of GET /resolutions.`,
      '/resolution',
    )
  if (!found.active)
    throw unprocessable(
      'resolution-inactive',
      `The resolution “${key}” is switched off. Choose another one, or let an admin switch it on.`,
      '/resolution',
    )
  return { resolution: key, ...(isNamed(found.names) ? { resolutionNames: found.names } : {}) }
}

/**
 * "Third-party fault" → third-party-fault: something to read in the API and in the Temporal UI.
 * @param taken keys that are there already.
 */
export function keyOfNames(names: CustomNames, taken: readonly string[]): string {
  const plain =
    cut(
      anyName(names)
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '')
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, ''),
      40,
    ).replace(/-+$/, '') || 'resolution'
  let key = plain
  for (let n = 2; taken.includes(key); n++) key = `${plain}-${n}`
  return key
}
