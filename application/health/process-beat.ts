import os from 'node:os'
import { sql } from 'kysely'
import type { WorkInHand } from '../../domain/health/work-in-hand.ts'
import type { BoundedDatabase } from '../../platform/postgres/bounded-database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { secondsAgo } from '../../platform/postgres/seconds-ago.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { EventLoopDelay } from '../../platform/process/event-loop.ts'
import { everyKey, fingerprintOf, type SecretKeys } from '../../platform/secrets/secret-keys.ts'

/** How often a process says that it lives. Milliseconds. */
const EVERY = 3_000
/** How long saying it may take. */
const WITHIN = 3_000
/** An event loop that is late by this is slow. Milliseconds. */
const SLOW = 500
/** What processes that died left behind is kept for a while, and no longer. Seconds. */
const FORGOTTEN_AFTER = 3_600

/**
 * A process's word that it lives, can write to the database, and how late its event loop is. Whoever
 * is stopped, hangs or has lost the database is silent, and that is what is looked at. It says as well
 * which secret keys it has, so that none is used before everybody can open what it sealed.
 */
export class ProcessBeat {
  readonly #id = timeOrderedId()
  readonly #delay = new EventLoopDelay()
  #timer: NodeJS.Timeout | undefined
  #worst = 0
  #underway: Promise<unknown> = Promise.resolve()

  /**
   * @param kind of this process.
   * @param secretKeys as they are at each beat.
   * @param works false while the process lives and does nothing, such as a worker that is stopping.
   * @param inHand what it is at.
   */
  constructor(
    private readonly database: BoundedDatabase,
    private readonly kind: 'api' | 'worker',
    private readonly secretKeys: SecretKeys,
    private readonly works: () => boolean = () => true,
    private readonly inHand: () => WorkInHand | null = () => null,
  ) {}

  /** Says it now, and every few seconds from now on. */
  start(): void {
    const next = async (): Promise<void> => {
      // Silence says it: there is nobody to tell that it cannot be said.
      if (this.works()) await this.beat().catch(() => undefined)
      if (this.#timer !== undefined) this.#timer = setTimeout(() => void next(), EVERY)
    }
    this.#timer = setTimeout(() => void next(), 0)
    void this.#forget([])
  }

  /**
   * Says it once.
   * @throws when the database does not take it in time.
   */
  async beat(): Promise<void> {
    this.#worst = Math.max(this.#worst, this.#delay.worst())
    const delay = this.#worst
    const at = sql<Date>`now()`
    const keys = everyKey(this.secretKeys).map(fingerprintOf)
    const inHand = this.inHand()
    const work = inHand && jsonb(inHand)
    this.#underway = this.database.within(WITHIN, (db) =>
      db
        .insertInto('process_beat')
        .values({
          id: this.#id,
          kind: this.kind,
          host: os.hostname(),
          pid: process.pid,
          event_loop_delay: delay,
          slow_since: delay > SLOW ? at : null,
          keys,
          work,
        })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet({
            beat_at: at,
            event_loop_delay: delay,
            keys,
            work,
            slow_since: delay > SLOW ? sql<Date>`coalesce(process_beat.slow_since, now())` : null,
          }),
        )
        .execute(),
    )
    await this.#underway
    this.#worst = 0
  }

  /** The process ends by itself: it is not to be missed. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#delay.stop()
    // One that is written after the row is gone would bring it back.
    await this.#underway.catch(() => undefined)
    await this.#forget([this.#id])
  }

  async #forget(ids: string[]): Promise<void> {
    await this.database
      .within(WITHIN, (db) =>
        db
          .deleteFrom('process_beat')
          .where((eb) =>
            eb.or([
              eb('beat_at', '<', secondsAgo(FORGOTTEN_AFTER)),
              ...ids.map((id) => eb('id', '=', id)),
            ]),
          )
          .execute(),
      )
      .catch(() => undefined)
  }
}
