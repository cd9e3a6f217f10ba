import type { Client, Connection } from '@temporalio/client'
import { reconcileAtStart } from '../application/reconcile/reconcile-workflow.ts'
import { ensureSchedules, isScheduled, schedules } from '../application/schedules.ts'
import { searchAttributeTypes } from '../domain/search-attributes.ts'
import type { log as processLog } from '../platform/config/log.ts'
import { registerSearchAttributes } from '../platform/temporal/connection.ts'
import { renewScheduledRuns } from './scheduled-runs.ts'

/** Between two looks. Milliseconds. */
const EVERY = 30_000
/** How long a look may take; the next one begins anew. Milliseconds. */
const WITHIN = 15_000

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

/**
 * Looks, for as long as the worker runs, whether Temporal's store was lost or replaced below it,
 * somebody has deleted the schedule that would see to it, or a scheduled run cannot go on. Nothing
 * within Temporal can: it is gone, or stands still.
 */
export class StoreWatch {
  #timer: NodeJS.Timeout | undefined
  #underway: Promise<void> = Promise.resolve()

  constructor(
    private readonly client: Client,
    private readonly connection: Connection,
    private readonly log: Pick<typeof processLog, 'warn'>,
    private readonly every = EVERY,
  ) {}

  /** Looks from now on, until it is stopped. */
  start(): void {
    const next = (): void => {
      this.#timer = setTimeout(() => {
        this.#underway = this.#look().finally(() => {
          if (this.#timer !== undefined) next()
        })
      }, this.every)
    }
    next()
  }

  /** Waits for the look that is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#underway
  }

  async #look(): Promise<void> {
    try {
      const lost = await this.client.withDeadline(Date.now() + WITHIN, () =>
        ensureFoundation(this.client, this.connection),
      )
      const ended = await this.client.withDeadline(Date.now() + WITHIN, () =>
        renewScheduledRuns(this.client),
      )
      if (ended.length > 0)
        this.log.warn({ ended }, 'scheduled runs could not go on: they were ended, and begun anew')
      if (lost)
        this.log.warn(
          'Temporal had lost the schedule reconcile or search attributes: made anew, and every open ticket is compared with its workflow',
        )
    } catch (error) {
      // A server that does not answer is told by Health; the next look tries again.
      this.log.warn({ err: error }, 'whether Temporal has lost its schedules cannot be said')
    }
  }
}
