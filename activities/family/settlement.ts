import type { Client } from '@temporalio/client'
import type pg from 'pg'
import { type FamilySteps, missingSteps, takeStep } from '../../platform/family-steps.ts'
import { CommandRejectedError, executeInTime } from '../../platform/temporal.ts'

/** One number for the lock that lets one of several workers look for merges and splits that stopped halfway. */
const FAMILY_LOCK = 7_246_005
const EVERY_MS = 15_000
/** Seconds that the request which began a merge gets to end it. */
const PATIENCE = 30

export interface FamilySettlement {
  /** Ends the loop; resolves when its pass is over. */
  stop: () => Promise<void>
}

/** The safety net below merging and splitting: a process may die between the two steps; a quarter of a minute later the missing one is taken. */
export function startFamilySettlement(pool: pg.Pool, client: Client, log: { warn: (facts: object, text: string) => void }): FamilySettlement {
  const ending = new AbortController()
  const steps: FamilySteps = { db: pool, execute: (facts, name, command) => executeInTime(client, ending.signal, facts, name, command) }
  let stopped = false
  let wake = (): void => undefined
  const loop = (async () => {
    while (!stopped) {
      await alone(pool, () => settleFamilies(steps, PATIENCE, log)).catch((error: unknown) => {
        log.warn({ error: error instanceof Error ? error.message : String(error) }, 'merges could not be looked after; trying again')
      })
      if (!stopped) await new Promise<void>((resolve) => { wake = resolve; setTimeout(resolve, EVERY_MS).unref() })
    }
  })()
  return {
    async stop() {
      stopped = true
      // The worker that would answer may be gone already.
      ending.abort()
      wake()
      await loop
    },
  }
}

/** Takes every missing step once. One that fails is left to the next pass. */
export async function settleFamilies(steps: FamilySteps, olderThan: number, log: { warn: (facts: object, text: string) => void }): Promise<void> {
  for (const step of await missingSteps(steps.db, olderThan)) {
    try {
      await takeStep(steps, step)
    } catch (error) {
      // A refusal is an end: the merge was taken back.
      if (!(error instanceof CommandRejectedError)) log.warn({ step, error: error instanceof Error ? error.message : String(error) }, 'a step of a merge or split failed')
    }
  }
}

async function alone(pool: pg.Pool, pass: () => Promise<void>): Promise<void> {
  const db = await pool.connect()
  let broken: Error | undefined
  try {
    await db.query('BEGIN')
    const { rows } = await db.query<{ ours: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS ours', [FAMILY_LOCK])
    if (rows[0]?.ours) await pass()
    await db.query('COMMIT')
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    db.release(broken)
  }
}
