import type pg from 'pg'
import { type AdvisoryLock, advisoryLocks } from './advisory-locks.ts'
import { inTransaction } from './transaction.ts'

export interface Poller {
  /** Ends it; resolves when its last pass is over. */
  stop: () => Promise<void>
}

/**
 * Does a pass again and again beside the worker, as long as the process lives.
 * @param everyMs between two passes.
 * @param pass its signal is aborted when the poller is to end: it waits for nobody any more.
 * @param failed told what a pass failed with; the next one comes all the same, unless it is ending.
 */
export function startPoller(
  everyMs: number,
  pass: (ending: AbortSignal) => Promise<unknown>,
  failed: (error: string, ending: boolean) => void,
): Poller {
  const ending = new AbortController()
  const { signal } = ending
  let wake = (): void => undefined
  const loop = (async () => {
    while (!signal.aborted) {
      try {
        await pass(signal)
      } catch (error) {
        failed(error instanceof Error ? error.message : String(error), signal.aborted)
      }
      if (!signal.aborted)
        await new Promise<void>((resolve) => {
          wake = resolve
          setTimeout(resolve, everyMs).unref()
        })
    }
  })()
  return {
    async stop() {
      ending.abort()
      wake()
      await loop
    },
  }
}

/**
 * Runs the pass when no other process is at it.
 * @param lock that only one of them may have.
 * @returns whether it ran.
 */
export const withAdvisoryLock = (
  pool: pg.Pool,
  lock: AdvisoryLock,
  pass: () => Promise<void>,
): Promise<boolean> =>
  inTransaction(pool, async (db) => {
    const { rows } = await db.query<{ ours: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS ours',
      [advisoryLocks[lock]],
    )
    const ours = rows[0]?.ours === true
    if (ours) await pass()
    return ours
  })
