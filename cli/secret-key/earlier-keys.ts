import { sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import { openingKey } from '../../platform/secrets/sealed-secret.ts'
import { fingerprintOf, type SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { readRotations } from './rotations.ts'
import { sealedSecrets } from './sealed-secrets.ts'

/** How long the answer to a request with an Idempotency-Key is kept. Milliseconds. */
const ANSWERS_KEPT = 24 * 3_600_000

/** A mail that was signed just before may be noted as sent only after. Milliseconds. */
const UNDER_WAY = 10 * 60_000

/** A key that was replaced, and what still hangs on it. */
export interface EarlierKey {
  fingerprint: string
  /** Stored secrets that open with it and not with the current one. */
  secrets: string[]
  /** Since when it signs nothing any more; null while that is not known. */
  replacedAt: Date | null
  /** Until when links in mails, and kept answers to requests, need it; null as long as it signs. */
  neededUntil: Date | null
}

/** Every earlier key, the newest first. */
export async function earlierKeys(db: Database, secretKeys: SecretKeys): Promise<EarlierKey[]> {
  const secrets = (await sealedSecrets(db)).map(({ what, sealed }) => ({
    what,
    key: openingKey(secretKeys, sealed),
  }))
  const rotations = await readRotations(db)
  return Promise.all(
    secretKeys.earlier.map(async (key) => {
      const fingerprint = fingerprintOf(key)
      const replacedAt = rotations.get(fingerprint) ?? null
      return {
        fingerprint,
        secrets: secrets.filter((secret) => secret.key?.equals(key)).map(({ what }) => what),
        replacedAt,
        neededUntil: replacedAt && (await neededUntil(db, replacedAt)),
      }
    }),
  )
}

/** Nothing opens with it alone any more, but the reply addresses in mails of before. */
export const mayBeDropped = ({ secrets, neededUntil }: EarlierKey): boolean =>
  secrets.length === 0 && neededUntil !== null && neededUntil.getTime() <= Date.now()

/** Links are signed when their mail is written, and say themselves until when they are good. */
async function neededUntil(db: Database, replacedAt: Date): Promise<Date> {
  const { links } = await db
    .selectFrom('notification')
    .select(sql<Date | null>`max((data->>'expires')::timestamptz)`.as('links'))
    .where('mailed_at', '<=', new Date(replacedAt.getTime() + UNDER_WAY))
    .where(sql<boolean>`data->>'expires' IS NOT NULL`)
    .executeTakeFirstOrThrow()
  return new Date(Math.max(replacedAt.getTime() + ANSWERS_KEPT, links?.getTime() ?? 0))
}

/** In a sentence, for people. */
export function inWords(key: EarlierKey): string {
  const { secrets, replacedAt, neededUntil } = key
  if (secrets.length > 0)
    return `${secrets.join(', ')} ${secrets.length > 1 ? 'open' : 'opens'} with it alone`
  if (replacedAt === null || neededUntil === null)
    return 'it is not noted since when nothing is signed with it'
  return mayBeDropped(key)
    ? `nothing needs it since ${inMinutes(neededUntil)}`
    : `links in mails and kept answers need it until ${inMinutes(neededUntil)}`
}

const inMinutes = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
