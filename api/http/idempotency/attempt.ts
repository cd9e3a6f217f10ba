import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../../../platform/postgres/database.ts'
import { jsonb } from '../../../platform/postgres/json.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'

/** One run of a request that has an Idempotency-Key; the first, or one after a crash. */
export interface Attempt {
  caller: string
  key: string
  fingerprint: string
  /** Of the first attempt. */
  startedAt: Date
  /** An earlier attempt ended without an answer: what it was to do may be done. */
  isAgain: boolean
  /** What was chosen once for all attempts. */
  facts: Record<string, unknown>
  /** Ids given out so far. */
  ids: number
}

const attempts = new AsyncLocalStorage<Attempt>()

/** The attempt within which this runs. */
export const currentAttempt = (): Attempt | undefined => attempts.getStore()

/** Was this request begun before, and not answered? Then what it makes may be there. */
export const isSecondAttempt = (): boolean => currentAttempt()?.isAgain ?? false

/** Runs `work`, and all that it calls, as this attempt. */
export const inAttempt = (attempt: Attempt, work: () => void): void => {
  attempts.run(attempt, work)
}

/**
 * The id of something that a request makes. With an Idempotency-Key it is the same in every attempt,
 * so that what was made before a crash is found again and not made twice. Ask for it before anything
 * that the first attempt may have changed.
 */
export function newId(): string {
  const attempt = currentAttempt()
  return attempt ? derivedId(attempt, String(attempt.ids++)) : timeOrderedId()
}

/**
 * The id of a command, when its effect is tied to no other: the same one for the same command within
 * a request with an Idempotency-Key.
 * @param parts what tells the command from others of the request.
 */
export function newCommandId(...parts: unknown[]): string {
  const attempt = currentAttempt()
  return attempt ? derivedId(attempt, JSON.stringify(parts)) : timeOrderedId()
}

/** A UUID of version 7: the time is that of the first attempt, the rest is derived. */
function derivedId({ caller, key, fingerprint, startedAt }: Attempt, purpose: string): string {
  const time = startedAt.getTime().toString(16).padStart(12, '0')
  const hash = createHash('sha256')
    .update([caller, key, fingerprint, startedAt.toISOString(), purpose].join('\0'))
    .digest('hex')
  const variant = ((parseInt(hash.charAt(3), 16) & 0x3) | 0x8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`
}

/**
 * A value that is chosen once for a request, however often it is tried.
 * @param db in whose transaction the choice is kept.
 * @param name of the choice within the request.
 */
export async function chosenOnce<T>(
  db: Database,
  name: string,
  choose: () => Promise<T>,
): Promise<T> {
  const attempt = currentAttempt()
  if (!attempt) return choose()
  if (name in attempt.facts) return attempt.facts[name] as T
  const value = await choose()
  await db
    .updateTable('idempotent_request')
    .set({ facts: sql`facts || ${jsonb({ [name]: value })}` })
    .where('caller', '=', attempt.caller)
    .where('key', '=', attempt.key)
    .execute()
  attempt.facts[name] = value
  return value
}
