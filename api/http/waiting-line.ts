/** So many are carried out at once: more does not make it quicker. */
const AT_ONCE = 32
/** Whoever comes is done within this time, or refused. Milliseconds. */
const IN_TIME = 8_000
/**
 * When nothing has ended for this long, what is under way waits for workers that do not answer: its
 * command is kept, and it needs its place no more. Milliseconds.
 */
const STANDS_STILL = 2_500
/** So many may wait so. */
const ASIDE = 256
/** How fast it goes is told by the latest ends, so many. */
const LATEST = 32
/** How long each takes, before anything is known. Milliseconds. */
const AT_FIRST = 40
/** Whoever is refused is asked to come again within these seconds. */
const COME_AGAIN = { first: 1, last: 30 }

/** Gives the place back. */
type Leave = () => void

/**
 * Who is carried out now, who waits for it, and whether there is a point in waiting. Those who wait
 * cost nothing and have had nothing done for them: however slow everything becomes while they do, they
 * can be sent away.
 */
export class WaitingLine {
  #coming = 0
  #underway = 0
  /** Those that gave their places away, and wait. */
  #aside = 0
  /** How often places were given away: who began before has none. */
  #shift = 0
  #still: NodeJS.Timeout | undefined
  readonly #line = new Set<() => void>()
  /** How long anything was under way, all in all, until the latest change of this. Milliseconds. */
  #worked = 0
  #since = 0
  /** When the latest ended, oldest first, by the time worked. */
  readonly #ends = Array.from({ length: LATEST }, (_, i) => (i - LATEST) * AT_FIRST)

  get underway(): number {
    return this.#underway + this.#aside
  }

  get waiting(): number {
    return this.#line.size
  }

  /** Whether one who came now would not be done in time. */
  get isFull(): boolean {
    return this.#all >= AT_ONCE && this.#expected > IN_TIME
  }

  /**
   * One is on his way to the line: whoever comes after him is told that he is before them.
   * @returns what is to be called when he is there, or goes away.
   */
  come(): Leave {
    this.#coming++
    let ended = false
    return () => {
      if (!ended) this.#coming--
      ended = true
    }
  }

  /** When there will be room again. Seconds. */
  get comeAgain(): number {
    const seconds = Math.ceil(Math.max(this.#expected - IN_TIME / 2, 0) / 1000)
    return Math.min(Math.max(seconds, COME_AGAIN.first), COME_AGAIN.last)
  }

  /**
   * Waits for its turn.
   * @param hungUp nobody waits any more.
   * @returns what is to be called at its end; null when its turn has not come in time.
   */
  enter(hungUp?: AbortSignal): Promise<Leave | null> {
    if (this.#underway < AT_ONCE) return Promise.resolve(this.#begin())
    if (this.isFull) return Promise.resolve(null)
    return new Promise((resolve) => {
      const called = (): void => {
        end(this.#begin())
      }
      const sentAway = (): void => {
        end(null)
      }
      const end = (leave: Leave | null): void => {
        clearTimeout(timer)
        hungUp?.removeEventListener('abort', sentAway)
        this.#line.delete(called)
        resolve(leave)
      }
      const timer = setTimeout(sentAway, IN_TIME)
      hungUp?.addEventListener('abort', sentAway)
      this.#line.add(called)
    })
  }

  #begin(): Leave {
    this.#note()
    this.#underway++
    if (this.#still === undefined) this.#watch()
    const shift = this.#shift
    let ended = false
    return () => {
      if (ended) return
      ended = true
      this.#end(shift)
    }
  }

  #end(shift: number): void {
    this.#note()
    if (shift === this.#shift) {
      this.#underway--
      this.#ends.shift()
      this.#ends.push(this.#worked)
    } else this.#aside--
    this.#watch()
    const [next] = this.#line
    if (this.#underway < AT_ONCE) next?.()
  }

  /** From now on, how many are under way is another number. */
  #note(): void {
    this.#worked = this.#workedUntilNow
    this.#since = Date.now()
  }

  /** Sees when nothing ends from now on. */
  #watch(): void {
    clearTimeout(this.#still)
    this.#still =
      this.#underway === 0 ? undefined : setTimeout(() => this.#giveAway(), STANDS_STILL)
  }

  #giveAway(): void {
    this.#still = undefined
    if (this.#aside + this.#underway > ASIDE) return
    // Says nothing about how long the others will take.
    this.#worked = this.#ends.at(-1) ?? 0
    this.#since = Date.now()
    this.#aside += this.#underway
    this.#underway = 0
    this.#shift++
    for (const next of [...this.#line].slice(0, AT_ONCE)) next()
  }

  get #workedUntilNow(): number {
    return this.#worked + (this.#underway > 0 ? Date.now() - this.#since : 0)
  }

  /** How long all who are there take, by the latest ends; what has stopped takes longer and longer. */
  get #expected(): number {
    const each = (this.#workedUntilNow - (this.#ends[0] ?? 0)) / LATEST
    return this.#all * each
  }

  get #all(): number {
    return this.#coming + this.#underway + this.#line.size
  }
}
