import type { Client } from '@temporalio/client'
import { isScheduled, schedules } from '../schedules.ts'
import { type RunningTickets, runningTickets } from '../tickets/running-tickets.ts'
import { TASK_QUEUE } from '../../platform/temporal/connection.ts'
import { reportsProblems } from '../../platform/temporal/failing-runs.ts'

/** What Temporal's server says of itself, and of who asks it for work. */
export interface TemporalLook {
  /** @throws when the server does not answer in time. */
  queue: () => Promise<QueueLook>
  /** The tickets' workflows that run. */
  runningTickets: RunningTickets
  /** @returns whether what starts `reconcile` every minute is there. */
  reconcileScheduled: () => Promise<boolean>
  /** @returns whether the server lists workflows that cannot go on. */
  reportsProblems: () => Promise<boolean>
}

export interface QueueLook {
  /** Seconds since a worker last asked for work; null: none is known. */
  askedAgo: number | null
  /** How long the oldest task has waited for a worker. Seconds. */
  oldestTask: number
}

const WITHIN = 2_000

/** @param client may be on a lazy connection: calls fail, and recover, with the cluster. */
export const temporalLook = (client: Client): TemporalLook => ({
  async queue() {
    const { pollers, stats } = await client.withDeadline(Date.now() + WITHIN, () =>
      client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: TASK_QUEUE },
        taskQueueType: 1,
        reportStats: true,
      }),
    )
    const asked = (pollers ?? []).map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0))
    return {
      askedAgo: asked.length === 0 ? null : Math.max(0, Date.now() / 1000 - Math.max(...asked)),
      oldestTask: Number(stats?.approximateBacklogAge?.seconds ?? 0),
    }
  },
  runningTickets: {
    count: (range) =>
      client.withDeadline(Date.now() + WITHIN, () => runningTickets(client).count(range)),
    numbers: (range) =>
      client.withDeadline(Date.now() + WITHIN, () => runningTickets(client).numbers(range)),
  },
  reconcileScheduled: () =>
    client.withDeadline(Date.now() + WITHIN, () => isScheduled(client, schedules.reconcile)),
  reportsProblems: () => client.withDeadline(Date.now() + WITHIN, () => reportsProblems(client)),
})
