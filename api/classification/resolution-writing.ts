import { sql } from 'kysely'
import type { z } from 'zod'
import { languages } from '../../languages/language.ts'
import type {
  newResolution,
  resolutionChange,
  ResolutionEntry,
} from '../../domain/classification/contract.ts'
import { isNamed } from '../../domain/classification/custom-names.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { keyOfNames, readResolution, readResolutions } from './resolution-list.ts'

/** More than anybody can choose from. */
const MOST = 100

type Root = Dependencies['db']

/** In a transaction in which nobody else changes the list. */
const listLocked = <T>(db: Root, work: (transaction: Database) => Promise<T>): Promise<T> =>
  db.transaction().execute(async (transaction) => {
    await sql`LOCK TABLE resolution IN SHARE ROW EXCLUSIVE MODE`.execute(transaction)
    return work(transaction)
  })

/** Adds one at the end of the list. */
export function addResolution(
  db: Root,
  { names, active }: z.infer<typeof newResolution>,
): Promise<ResolutionEntry> {
  requireName(names)
  return listLocked(db, async (transaction): Promise<ResolutionEntry> => {
    const all = await readResolutions(transaction)
    if (all.length >= MOST)
      throw conflict(
        'resolutions-too-many',
        `There are ${MOST} resolutions already. Rename one that is not used any more.`,
      )
    refuseSameName(all, names)
    const entry = {
      key: keyOfNames(
        names,
        all.map(({ key }) => key),
      ),
      names,
      active,
      builtIn: false,
      position: Math.max(0, ...all.map(({ position }) => position)) + 1,
    }
    await transaction
      .insertInto('resolution')
      .values({ key: entry.key, names: jsonb(names), active, position: entry.position })
      .execute()
    return entry
  })
}

/**
 * @param keys of every resolution, in their new order.
 * @returns the list in that order.
 */
export const orderResolutions = (db: Root, keys: readonly string[]): Promise<ResolutionEntry[]> =>
  listLocked(db, async (transaction) => {
    const known = (await readResolutions(transaction)).map(({ key }) => key)
    if (keys.length !== known.length || known.some((key) => !keys.includes(key)))
      throw conflict(
        'resolutions-changed',
        'The list has changed meanwhile. Read it again, then give every key once.',
      )
    await transaction
      .updateTable('resolution as r')
      .from(
        sql<{ key: string; position: number }>`unnest(${keys}::text[]) WITH ORDINALITY`.as<'o'>(
          sql`o(key, position)`,
        ),
      )
      .set((eb) => ({ position: eb.ref('o.position') }))
      .whereRef('r.key', '=', 'o.key')
      .execute()
    return readResolutions(transaction)
  })

/** Renames one, or switches it on or off; what tickets' histories say of it stays. */
export const changeResolution = (
  db: Root,
  key: string,
  change: z.infer<typeof resolutionChange>,
): Promise<ResolutionEntry> =>
  listLocked(db, async (transaction) => {
    const before = await readResolution(transaction, key)
    if (!before) throw notFound('such resolution')
    const { names = before.names, active = before.active } = change
    if (!before.builtIn) requireName(names)
    const others = (await readResolutions(transaction)).filter((one) => one.key !== key)
    refuseSameName(others, names)
    await transaction
      .updateTable('resolution')
      .set({ names: jsonb(names), active })
      .where('key', '=', key)
      .execute()
    return { ...before, names, active }
  })

/** Removes one that is not built in and that no ticket has. */
export async function removeResolution(db: Root, key: string): Promise<void> {
  const entry = await readResolution(db, key)
  if (!entry) throw notFound('such resolution')
  if (entry.builtIn)
    throw conflict(
      'resolution-built-in',
      'A built-in resolution cannot be removed. Switch it off instead.',
    )
  const { numDeletedRows } = await db
    .deleteFrom('resolution')
    .where('key', '=', key)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('ticket').select('number').where('ticket.resolution', '=', key))),
    )
    .executeTakeFirst()
  if (numDeletedRows === 0n)
    throw conflict('resolution-in-use', 'Tickets have this resolution. Switch it off instead.')
}

function requireName(names: ResolutionEntry['names']): void {
  if (!isNamed(names))
    throw unprocessable(
      'resolution-without-name',
      'Give the resolution a name in at least one language.',
      '/names/en',
    )
}

function refuseSameName(others: readonly ResolutionEntry[], names: ResolutionEntry['names']): void {
  for (const language of languages) {
    const name = names[language].toLocaleLowerCase()
    if (name !== '' && others.some((other) => other.names[language].toLocaleLowerCase() === name)) {
      throw unprocessable(
        'resolution-name-taken',
        `Another resolution is called “${names[language]}”.`,
        `/names/${language}`,
      )
    }
  }
}
