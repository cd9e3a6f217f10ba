import { sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import { openingKey } from '../../platform/secrets/sealed-secret.ts'
import { fingerprintOf, type SecretKeys } from '../../platform/secrets/secret-keys.ts'
import { answersByEarlierKey } from './kept-answers.ts'
import { readRotations } from './rotations.ts'
import { sealedSecrets } from './sealed-secrets.ts'

/** A mail that was signed just before may be noted as sent only after. Milliseconds. */
const UNDER_WAY = 10 * 60_000

/** A key that was replaced, and what still hangs on it. */
export interface EarlierKey {
  fingerprint: string
  /** Stored secrets that open with it and not with the current one. */
  secrets: string[]
  /** Kept answers to requests that open with it and not with the current one. */
  answers: number
  /** Since when it signs nothing any more; null while that is not known. */
  replacedAt: Date | null
  /** Until when links in mails need it; null as long as it signs. */
  neededUntil: Date | null
}

/** Every earlier key, the newest first. */
export async function earlierKeys(db: Database, secretKeys: SecretKeys): Promise<EarlierKey[]> {
  const secrets = (await sealedSecrets(db)).map(({ what, sealed }) => ({
    what,
    key: openingKey(secretKeys, sealed),
  }))
  const rotations = await readRotations(db)
  const answers = await answersByEarlierKey(db, secretKeys)
  return Promise.all(
    secretKeys.earlier.map(async (key) => {
      const fingerprint = fingerprintOf(key)
      const replacedAt = rotations.get(fingerprint) ?? null
      return {
        fingerprint,
        secrets: secrets.filter((secret) => secret.key?.equals(key)).map(({ what }) => what),
        answers: answers.get(fingerprint) ?? 0,
        replacedAt,
        neededUntil: replacedAt && (await neededUntil(db, replacedAt)),
      }
    }),
  )
}

/** Nothing opens with it alone any more, but the reply addresses in mails of before. */
export const mayBeDropped = ({ secrets, answers, neededUntil }: EarlierKey): boolean =>
  secrets.length === 0 &&
  answers === 0 &&
  neededUntil !== null &&
  neededUntil.getTime() <= Date.now()

/** Links are signed when their mail is written, and say themselves until when they are good. */
async function neededUntil(db: Database, replacedAt: Date): Promise<Date> {
  const settled = replacedAt.getTime() + UNDER_WAY
  const { links } = await db
    .selectFrom('notification')
    .select(sql<Date | null>`max((data->>'expires')::timestamptz)`.as('links'))
    .where('mailed_at', '<=', new Date(settled))
    .where(sql<boolean>`data->>'expires' IS NOT NULL`)
    .executeTakeFirstOrThrow()
  return new Date(Math.max(settled, links?.getTime() ?? 0))
}

/** In a sentence, for people. */
export function inWords(key: EarlierKey): string {
  const { secrets, answers, replacedAt, neededUntil } = key
  if (secrets.length > 0)
    return `${secrets.join(', ')} ${secrets.length > 1 ? 'open' : 'opens'} with it alone`
  if (answers > 0)
    return `${answers} kept ${answers > 1 ? 'answers to requests open' : 'answer to a request opens'} with it alone`
  if (replacedAt === null || neededUntil === null)
    return 'it is not noted since when nothing is signed with it'
  return mayBeDropped(key)
    ? `nothing needs it since ${inMinutes(neededUntil)}`
    : `links in mails need it until ${inMinutes(neededUntil)}`
}

const inMinutes = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
