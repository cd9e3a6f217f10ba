import { z } from 'zod'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { fingerprintOf, type SecretKeys } from '../../platform/secrets/secret-keys.ts'

const KEY = 'secretKeyRotations'

/** When each earlier key was replaced, by its fingerprint. */
const rotations = z.record(z.string(), z.iso.datetime())

/** @returns since when each earlier key signs nothing any more, by its fingerprint. */
export async function readRotations(db: Database): Promise<ReadonlyMap<string, Date>> {
  const row = await db
    .selectFrom('setting')
    .select('value')
    .where('key', '=', KEY)
    .executeTakeFirst()
  const read = rotations.safeParse(row?.value ?? {})
  return new Map(
    Object.entries(read.data ?? {}).map(([fingerprint, at]) => [fingerprint, new Date(at)]),
  )
}

/** Every process signs with the current key by now; the earlier ones are noted, unless they were before. */
export async function noteRotation(db: Database, { current, earlier }: SecretKeys): Promise<void> {
  const noted = new Map(await readRotations(db))
  for (const key of earlier) {
    const fingerprint = fingerprintOf(key)
    if (!noted.has(fingerprint)) noted.set(fingerprint, new Date())
  }
  noted.delete(fingerprintOf(current))
  await write(db, noted)
}

/** These keys are gone. */
export async function forgetRotations(db: Database, fingerprints: readonly string[]) {
  const noted = new Map(await readRotations(db))
  for (const fingerprint of fingerprints) noted.delete(fingerprint)
  await write(db, noted)
}

async function write(db: Database, noted: ReadonlyMap<string, Date>): Promise<void> {
  const value = jsonb(
    Object.fromEntries([...noted].map(([fingerprint, at]) => [fingerprint, at.toISOString()])),
  )
  await db
    .insertInto('setting')
    .values({ key: KEY, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}
