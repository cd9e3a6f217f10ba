import type { Client } from '@temporalio/client'
import { type TaskQueue, taskQueueBeside } from '../../domain/task-queues.ts'
import { isScheduled, schedules } from '../schedules.ts'
import { type RunningTickets, runningTickets } from '../tickets/running-tickets.ts'
import { TASK_QUEUE } from '../../platform/temporal/connection.ts'
import { reportsProblems } from '../../platform/temporal/failing-runs.ts'

/** What Temporal's server says of itself, and of who asks it for work. */
export interface TemporalLook {
  /**
   * @param freshFor milliseconds for which what was answered before will do; else it is asked.
   * @throws when the server does not answer in time.
   */
  queue: (freshFor?: number) => Promise<QueueLook>
  /** What waits for a slot of a worker, beside workflows. */
  waiting: (queue: TaskQueue) => Promise<WaitingWork>
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

export interface WaitingWork {
  tasks: number
  /** How long the oldest has waited. Seconds. */
  oldest: number
}

const WITHIN = 2_000

/**
 * How long ago somebody asked for work, by a clock that only counts: Temporal's may differ from this
 * process's by any time.
 */
export class LastAsked {
  #newest: number | null = null
  #heard = 0

  /** @param steady milliseconds since any moment. */
  constructor(private readonly steady: () => number = () => performance.now()) {}

  /**
   * @param times at which those that are known last asked, in seconds since 1970, by Temporal's clock.
   * @returns seconds; null: none is known.
   */
  ago(times: readonly number[]): number | null {
    if (times.length === 0) return null
    const newest = Math.max(...times)
    const now = this.steady()
    // Of what was there at the first look only the clocks can say how old it is.
    if (this.#newest === null) this.#heard = now - Math.max(0, Date.now() - newest * 1_000)
    else if (newest > this.#newest) this.#heard = now
    this.#newest = newest
    return Math.max(0, now - this.#heard) / 1_000
  }
}

/** @param client may be on a lazy connection: calls fail, and recover, with the cluster. */
export const temporalLook = (client: Client, asked = new LastAsked()): TemporalLook => {
  const queue = async (): Promise<QueueLook> => {
    const { pollers, stats } = await client.withDeadline(Date.now() + WITHIN, () =>
      client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: TASK_QUEUE },
        taskQueueType: 1,
        reportStats: true,
      }),
    )
    return {
      askedAgo: asked.ago(
        (pollers ?? []).map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0)),
      ),
      oldestTask: Number(stats?.approximateBacklogAge?.seconds ?? 0),
    }
  }
  let latest: { at: number; answer: Promise<QueueLook> } | undefined
  return {
    queue(freshFor = 0) {
      const now = performance.now()
      if (latest === undefined || now - latest.at > freshFor) latest = { at: now, answer: queue() }
      return latest.answer
    },
    async waiting(queue) {
      const { stats } = await client.withDeadline(Date.now() + WITHIN, () =>
        client.workflowService.describeTaskQueue({
          namespace: client.options.namespace,
          taskQueue: { name: taskQueueBeside(TASK_QUEUE, queue) },
          taskQueueType: 2,
          reportStats: true,
        }),
      )
      return {
        tasks: Number(stats?.approximateBacklogCount ?? 0),
        oldest: Number(stats?.approximateBacklogAge?.seconds ?? 0),
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
  }
}
