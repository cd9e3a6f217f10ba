import type { Client } from '@temporalio/client'
import type pg from 'pg'
import { type MergingSteps, missingSteps, takeStep } from '../../application/merging/steps.ts'
import { withAdvisoryLock, startPoller, type Poller } from '../../platform/postgres/poller.ts'
import {
  CommandRejectedError,
  executeWithTimeout,
} from '../../application/tickets/ticket-workflow.ts'

const EVERY_MS = 15_000
/** Seconds that the request which began a merge gets to end it. */
const TIMEOUT = 30

/**
 * The safety net below merging and splitting: a process may die between the two steps; a quarter of
 * a minute later the missing one is taken.
 */
export const startMergingPoller = (
  pool: pg.Pool,
  client: Client,
  log: { warn: (facts: object, text: string) => void },
): Poller =>
  startPoller(
    EVERY_MS,
    (ending) => {
      // The worker that would answer may be gone already when it is ending.
      const steps: MergingSteps = {
        db: pool,
        execute: (facts, name, command) => executeWithTimeout(client, ending, facts, name, command),
      }
      return withAdvisoryLock(pool, 'merging', () => completeMerges(steps, TIMEOUT, log))
    },
    (error) => {
      log.warn({ error }, 'merges could not be looked after; trying again')
    },
  )

/** Takes every missing step once. One that fails is left to the next pass. */
export async function completeMerges(
  steps: MergingSteps,
  olderThan: number,
  log: { warn: (facts: object, text: string) => void },
): Promise<void> {
  for (const step of await missingSteps(steps.db, olderThan)) {
    try {
      await takeStep(steps, step)
    } catch (error) {
      // A refusal is an end: the merge was taken back.
      if (!(error instanceof CommandRejectedError))
        log.warn(
          { step, error: error instanceof Error ? error.message : String(error) },
          'a step of a merge or split failed',
        )
    }
  }
}
