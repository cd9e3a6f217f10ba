import { WRITTEN_WITHIN } from '../../../application/health/checks/mail.ts'
import type { Database } from '../../../platform/postgres/database.ts'

/** Mails that may always wait: their number says nothing as long as it is small. */
const ALWAYS = 2_000
/** How old a count may be. Milliseconds. */
const FRESH = 1_000

/** The mails of the ledger that are not in their tickets yet, against what is written in time. */
export class Backlog {
  private counted = -Infinity
  private isTooMuch = false
  private counting: Promise<void> | null = null

  /** @param rate of mails that are written, in a second. */
  constructor(
    private readonly db: Database,
    private readonly rate: () => number,
    private readonly always = ALWAYS,
  ) {}

  /**
   * Whether a mail that came now would wait for too long. Then it is better off where it is: its sender
   * keeps it, and comes again.
   * @throws what the database says when it is away.
   */
  async isFull(): Promise<boolean> {
    if (performance.now() - this.counted > FRESH)
      await (this.counting ??= this.count().finally(() => {
        this.counting = null
      }))
    return this.isTooMuch
  }

  private async count(): Promise<void> {
    const most = Math.max(this.always, Math.round(this.rate() * WRITTEN_WITHIN))
    const waiting = await this.db
      .selectFrom('mail')
      .select('id')
      .where('state', 'in', ['stored', 'routed'])
      .offset(most)
      .limit(1)
      .executeTakeFirst()
    this.counted = performance.now()
    this.isTooMuch = waiting !== undefined
  }
}
