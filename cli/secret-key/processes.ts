import { liveBeats } from '../../application/health/checks/beats.ts'
import { advisoryLocks } from '../../platform/postgres/advisory-locks.ts'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import { fingerprintOf } from '../../platform/secrets/secret-keys.ts'
import { StepError } from '../../scripts/launch/steps.mjs'

/** How often what processes say is read. Milliseconds. */
const EVERY = 500

/**
 * Each API and worker process that lives says which keys it opens with.
 * @param within how long one may take to take the key up, in milliseconds.
 * @throws StepError when one does not know this key.
 */
export async function everyProcessKnows(
  db: OpenDatabase,
  key: Buffer,
  within: number,
  advice: string,
): Promise<void> {
  const fingerprint = fingerprintOf(key)
  const until = Date.now() + within
  for (;;) {
    const others = (await liveBeats(db).execute()).filter(({ keys }) => !keys.includes(fingerprint))
    if (others.length === 0) return
    if (Date.now() >= until)
      throw new StepError(
        `The key ${fingerprint} is not known to ${others.map(({ kind, host, pid }) => `${kind} ${host}:${pid}`).join(', ')}.`,
        advice,
      )
    await new Promise((resolve) => setTimeout(resolve, EVERY))
  }
}

/**
 * Two rotations at once would take each other's key for an earlier one.
 * @throws StepError when one is under way.
 */
export async function onlyOne<T>(db: OpenDatabase, work: () => Promise<T>): Promise<T> {
  // The lock is the session's: it is gone with the process, however that ends.
  const client = await db.pool.connect()
  const lock = [advisoryLocks.secretKey]
  try {
    const { rows } = await client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS taken',
      lock,
    )
    if (!rows[0]?.taken)
      throw new StepError('A rotation of the key is under way already.', 'Wait until it has ended.')
    return await work()
  } finally {
    client.release(true)
  }
}
