import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Connection } from '@temporalio/client'
import { rememberPutBack } from '../activities/reconcile/restored-store.ts'
import { reconcileAtStart } from '../application/reconcile/reconcile-workflow.ts'
import { ensureSchedules, isScheduled, schedules } from '../application/schedules.ts'
import { searchAttributeTypes } from '../domain/search-attributes.ts'
import type { log as processLog } from '../platform/config/log.ts'
import type { Database } from '../platform/postgres/database.ts'
import { registerSearchAttributes } from '../platform/temporal/connection.ts'
import { watchOutages } from '../platform/temporal/outages.ts'
import { renewScheduledRuns } from './scheduled-runs.ts'
import type { SeenRun } from './seen-runs.ts'
import type { Workers } from './workers.ts'

/** Between two looks. Milliseconds. */
const EVERY = 60_000
/** How long a look may take; the next one begins anew. Milliseconds. */
const WITHIN = 15_000
/** A server that can be reached again may not answer yet: between two attempts, and how many. */
const RETURNING = { pause: 500, attempts: 40 }

/**
 * Makes anew what everything else starts from, where Temporal has lost it: search attributes,
 * without which no ticket's workflow is started, and the schedule of `reconcile`, which finds all
 * the rest. Then that is looked for at once. Safe to do by several workers.
 * @returns whether anything was missing.
 */
export async function ensureFoundation(
  client: Client,
  connection: Pick<Connection, 'operatorService'>,
): Promise<boolean> {
  const { namespace } = client.options
  const added = await registerSearchAttributes(connection, namespace, searchAttributeTypes)
  if (!added && (await isScheduled(client, schedules.reconcile))) return false
  // The run first: should this end here, the missing schedule has the next look do it again.
  await reconcileAtStart(client)
  await ensureSchedules(client)
  return true
}

const UNSAID = 'whether Temporal has lost something cannot be said'

export interface WatchedStore {
  client: Client
  connection: Connection
  db: Database
  workers: Pick<Workers, 'rest' | 'resume' | 'seen'>
  log: Pick<typeof processLog, 'warn'>
}

/**
 * Looks, for as long as the worker runs, whether Temporal's store was lost, replaced or put back below
 * it, somebody has deleted the schedule that would see to it, or a scheduled run cannot go on. Nothing
 * within Temporal can: it is gone, or stands still.
 *
 * Runs that a worker has in its cache may know more than a store that was put back, and what it answers
 * for such a run breaks that run's history. So an outage, after which the store may be another one,
 * empties the cache: before the server is asked for work again.
 */
export class StoreWatch {
  #timer: NodeJS.Timeout | undefined
  #underway: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(
    private readonly store: WatchedStore,
    private readonly every = EVERY,
  ) {}

  /** Looks from now on, until it is stopped. */
  start(): void {
    const { connection, workers, log } = this.store
    watchOutages(connection, {
      lost: () => {
        if (this.#stopped) return
        log.warn('Temporal cannot be reached: the runs in memory are forgotten')
        workers.rest()
      },
      back: () => {
        this.#then(() => this.#returned())
      },
    })
    this.#again()
  }

  /** Waits for the look that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#underway
  }

  #again(): void {
    this.#timer = setTimeout(() => {
      this.#then(async () => {
        await this.#look()
        if (!this.#stopped) this.#again()
      })
    }, this.every)
  }

  /** One thing after another. */
  #then(next: () => Promise<void>): void {
    this.#underway = this.#underway.then(() => (this.#stopped ? undefined : next()))
  }

  /** The server is there again, maybe with another store, and maybe not at its work yet. */
  async #returned(): Promise<void> {
    const resumed = this.store.workers.resume()
    for (let attempt = 1; !this.#stopped; attempt++)
      try {
        await this.#compare({ emptied: true })
        break
      } catch (error) {
        if (attempt === RETURNING.attempts) {
          this.store.log.warn({ err: error }, UNSAID)
          break
        }
        await sleep(RETURNING.pause)
      }
    await resumed
  }

  async #look(): Promise<void> {
    const { client, log } = this.store
    try {
      await this.#compare({ emptied: false })
      const ended = await client.withDeadline(Date.now() + WITHIN, () => renewScheduledRuns(client))
      if (ended.length > 0)
        log.warn({ ended }, 'scheduled runs could not go on: they were ended, and begun anew')
    } catch (error) {
      // A server that does not answer is told by Health; the next look tries again.
      log.warn({ err: error }, UNSAID)
    }
  }

  /** @param emptied the cache is new: nothing is in it from before. */
  async #compare({ emptied }: { emptied: boolean }): Promise<void> {
    const { client, connection, workers, log } = this.store
    const [lost, ahead] = await client.withDeadline(Date.now() + WITHIN, async () => [
      await ensureFoundation(client, connection),
      await workers.seen.ahead(client),
    ])
    if (lost)
      log.warn(
        'Temporal had lost the schedule reconcile or search attributes: made anew, and every open ticket is compared with its workflow',
      )
    if (ahead) await this.#putBack(ahead, { emptied, lost })
  }

  /** What the log says is compared with what the store knows, at once. */
  async #putBack(
    { workflowId, at }: SeenRun,
    { emptied, lost }: { emptied: boolean; lost: boolean },
  ): Promise<void> {
    const { client, db, workers, log } = this.store
    if (!emptied) {
      workers.rest()
      await workers.resume()
    }
    const knewAt = new Date(at)
    if (!lost) {
      await rememberPutBack(db, knewAt)
      await client.withDeadline(Date.now() + WITHIN, () => reconcileAtStart(client))
    }
    workers.seen.forget()
    log.warn(
      { workflowId, knewAt },
      'Temporal’s store was put back to what it was before: every ticket that changed since is compared with its workflow',
    )
  }
}
