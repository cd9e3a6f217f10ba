import { type ExpressionBuilder, sql } from 'kysely'
import type { AlertStep, AlertSubject, Told } from '../../../domain/health/alerts.ts'
import { troubleKey } from '../../../domain/health/judgement.ts'
import type { AlertChannel } from '../../../domain/health/vocabulary.ts'
import type { Explanation } from '../../../domain/explanation.ts'
import type { BoundedDatabase } from '../../../platform/postgres/bounded-database.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import type { DB } from '../../../prisma/generated/database.ts'
import { jsonOf } from '../../../platform/postgres/json.ts'

/** How long a question may take. Milliseconds. */
const WITHIN = 3_000
/** Whoever sends has this long; what could not be sent is tried again after it. Seconds. */
const LEASE = 120

/**
 * What has been told through one channel: in the database, so that of several processes one tells,
 * and in memory, so that it is told also that the database is away. Then each process tells it.
 */
export class AlertLedger {
  #told = new Map<string, Told>()
  /** What is not yet written: what is to stand there, null for nothing. */
  readonly #owed = new Map<string, { subject: AlertSubject; told: Told | null }>()
  #silent = false

  constructor(
    private readonly database: BoundedDatabase,
    private readonly channel: AlertChannel,
  ) {}

  /** @returns what has been told, by the key of the trouble. */
  async read(): Promise<ReadonlyMap<string, Told>> {
    try {
      await this.#pay()
      const rows = await this.database.within(WITHIN, (db) =>
        db
          .selectFrom('alert')
          .select(['finding', 'told_at', 'well_since'])
          .where('channel', '=', this.channel)
          .execute(),
      )
      this.#told = new Map(rows.map((row) => [troubleKey(row.finding.finding), toldOf(row)]))
      this.#silent = false
    } catch {
      this.#silent = true
    }
    return this.#told
  }

  /**
   * Takes it upon this process to tell something.
   * @returns false where another process tells it or has told it, or an attempt failed just now.
   * @throws when the database has gone silent since it was read.
   */
  async claim({ subject, told }: AlertStep): Promise<boolean> {
    if (this.#silent) return true
    const claimed = await this.database.within(WITHIN, (db) =>
      db
        .insertInto('alert')
        .values({
          channel: this.channel,
          reason: subject.finding.reason,
          subject: subject.finding.subject,
          finding: jsonOf(subject),
          claimed_until: leased,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['channel', 'reason', 'subject'])
            .doUpdateSet({ claimed_until: leased })
            .where('alert.told_at', 'is not distinct from', dateOf(told?.toldAt))
            .where((eb) =>
              eb.or([
                eb('alert.claimed_until', 'is', null),
                eb('alert.claimed_until', '<', sql<Date>`now()`),
              ]),
            ),
        )
        .returning('reason')
        .executeTakeFirst(),
    )
    return claimed !== undefined
  }

  /** Remembers what has been told of something; null: nothing need be known of it any more. */
  async settle(steps: readonly AlertStep[], told: (step: AlertStep) => Told | null): Promise<void> {
    for (const step of steps) {
      const { key, subject } = step
      const now = told(step)
      this.#owed.set(key, { subject, told: now })
      if (now === null) this.#told.delete(key)
      else this.#told.set(key, now)
    }
    await this.#pay().catch(() => undefined)
  }

  /** It could not be sent. What was claimed is tried again when the claim has run out. */
  async failed(steps: readonly AlertStep[], error: Explanation): Promise<void> {
    if (this.#silent) return
    await this.database.within(WITHIN, async (db) => {
      for (const { subject } of steps)
        await db
          .updateTable('alert')
          .set({
            last_error: jsonOf(error),
            failing_since: sql<Date>`coalesce(failing_since, now())`,
          })
          .where(this.#rowOf(subject))
          .execute()
    })
  }

  /** Nobody is to be told through this channel any more. */
  async clear(): Promise<void> {
    this.#told.clear()
    this.#owed.clear()
    await this.database.within(WITHIN, (db) =>
      db.deleteFrom('alert').where('channel', '=', this.channel).execute(),
    )
  }

  #rowOf({ finding: { reason, subject } }: AlertSubject) {
    return (eb: ExpressionBuilder<DB, 'alert'>) =>
      eb.and({ channel: this.channel, reason, subject })
  }

  async #pay(): Promise<void> {
    for (const [key, owed] of this.#owed) {
      await this.database.within(WITHIN, (db) => this.#write(db, owed.subject, owed.told))
      if (this.#owed.get(key) === owed) this.#owed.delete(key)
    }
  }

  async #write(db: Database, subject: AlertSubject, told: Told | null): Promise<void> {
    const { reason, subject: name } = subject.finding
    if (told === null)
      return void (await db.deleteFrom('alert').where(this.#rowOf(subject)).execute())
    const columns = {
      finding: jsonOf(subject),
      told_at: dateOf(told.toldAt),
      well_since: dateOf(told.wellSince),
      claimed_until: null,
      last_error: null,
      failing_since: null,
    }
    await db
      .insertInto('alert')
      .values({ channel: this.channel, reason, subject: name, ...columns })
      .onConflict((conflict) =>
        conflict.columns(['channel', 'reason', 'subject']).doUpdateSet(columns),
      )
      .execute()
  }
}

const leased = sql<Date>`now() + make_interval(secs => ${LEASE})`

const dateOf = (time: number | null | undefined): Date | null =>
  time == null ? null : new Date(time)

const toldOf = (row: {
  finding: AlertSubject
  told_at: Date | null
  well_since: Date | null
}): Told => ({
  subject: row.finding,
  toldAt: row.told_at?.getTime() ?? null,
  wellSince: row.well_since?.getTime() ?? null,
})
