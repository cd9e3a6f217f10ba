import {
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
} from '@temporalio/workflow'
import type { ProjectionActivities } from './activities.ts'

/** Most errors of the moment are over at the second attempt. */
const atOnce = proxyLocalActivities<ProjectionActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '200 milliseconds', maximumAttempts: 2 },
  localRetryThreshold: '1 second',
})

/**
 * What lasts longer is waited for outside of the workflow task, which it would keep alive, and at the
 * server, whose attempts leave nothing in the history however long the database is away.
 */
const lasting = proxyActivities<ProjectionActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '15 seconds' },
})

type Asked = typeof atOnce | typeof lasting

/**
 * Asks activities/projection until it has done what is asked.
 * @param ask may be called twice.
 */
export async function project<Result>(
  ask: (projection: Asked) => Promise<Result>,
): Promise<Result> {
  try {
    return await ask(atOnce)
  } catch (error) {
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error
    return ask(lasting)
  }
}
