import type { HealthReport } from '../../domain/health/contract.ts'
import { judge, observe, type Observed, reportOf, shifted } from '../../domain/health/judgement.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { ClockJumps } from '../../platform/process/clock-jumps.ts'
import type { Check, Watched } from './check.ts'
import { checks } from './checks.ts'

/** Between two rounds of looks. Milliseconds. */
const ROUND = 1_000
/** What was found is known for this long without another look, above the time between two. */
const STALE = 12_000

/** Counting a large desk takes a while. Milliseconds. */
const COUNTED_WITHIN = 5_000

/**
 * Looks at everything in the background, each thing in its own time, so that whoever asks is
 * answered at once from what is known, whatever hangs.
 */
export class HealthMonitor {
  readonly #seen = new Map<string, Observed>()
  readonly #looking = new Map<string, Promise<void>>()
  readonly #began = new Map<string, number>()
  readonly #jumps = new ClockJumps()
  #timer: NodeJS.Timeout | undefined

  constructor(private readonly watched: Watched) {}

  /** Looks from now on, until it is stopped. */
  start(): void {
    const round = (): void => {
      const now = this.#now()
      for (const check of checks)
        if (now - (this.#began.get(check.code) ?? 0) >= check.every * 1000) void this.#look(check)
    }
    this.#timer ??= setInterval(round, ROUND)
    round()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /**
   * What is known, looked at anew where it is older than a moment.
   * @param fresh milliseconds that a look may be old.
   * @param within milliseconds; what has not answered by then is told as it was known before.
   */
  async report(fresh: number, within: number): Promise<HealthReport> {
    const now = this.#now()
    const old = checks.filter(({ code }) => now - (this.#seen.get(code)?.lookedAt ?? 0) > fresh)
    if (old.length > 0) {
      let timer: NodeJS.Timeout | undefined
      await Promise.race([
        Promise.all(old.map((check) => this.#look(check))),
        new Promise((resolve) => {
          timer = setTimeout(resolve, within)
        }),
      ])
      clearTimeout(timer)
    }
    return this.known()
  }

  /**
   * Asks for what is counted for Prometheus, over the connections of the looks.
   * @throws when the database does not answer in time.
   */
  counted<T>(work: (db: Database) => Promise<T>): Promise<T> {
    return this.watched.figures.within(COUNTED_WITHIN, work)
  }

  /** @returns what is known now. */
  known(): HealthReport {
    const now = this.#now()
    return reportOf(
      checks.map(({ code, every }) =>
        judge(this.#seen.get(code) ?? unseen(code), now, STALE + every * 1000),
      ),
      now,
    )
  }

  /** Milliseconds since 1970. A clock that was put makes nothing older, or not yet begun. */
  #now(): number {
    const { now, jumped } = this.#jumps.look()
    if (jumped !== 0) {
      for (const [code, observed] of this.#seen) this.#seen.set(code, shifted(observed, jumped))
      for (const [code, began] of this.#began) this.#began.set(code, began + jumped)
    }
    return now
  }

  /** However many ask at once, it is looked once. */
  #look(check: Check): Promise<void> {
    const { code } = check
    const looking = this.#looking.get(code)
    if (looking) return looking
    const began = this.#now()
    this.#began.set(code, began)
    const look = check
      .look(this.watched)
      .then((found) => {
        const before = this.#seen.get(code) ?? null
        this.#seen.set(code, observe(before, code, found, began, this.#now()))
      })
      // Not known: what was known before grows old, and then is told as unknown.
      .catch(() => undefined)
      .finally(() => this.#looking.delete(code))
    this.#looking.set(code, look)
    return look
  }
}

const unseen = (code: Check['code']): Observed => ({
  code,
  lookedAt: null,
  look: { troubles: [] },
  wellUntil: new Map(),
  neverWell: new Set(),
})
