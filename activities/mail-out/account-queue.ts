import type { Hanging } from '../../domain/health/work-in-hand.ts'

/** Connections to one account at a time, in this process. Microsoft 365 refuses a fourth. */
const MOST_SESSIONS = 3
/** A server that says nothing for this long may have forgotten the connection. Milliseconds. */
const SILENT_AFTER = 10_000
/** So many of an account may be open beside each other without asking whether it takes mail. */
const UNASKED = 2 * MOST_SESSIONS
/** Silent connections of one account: what begins every `PROBE_EVERY` and hangs for five minutes. */
const MOST_SILENT = 18
/** While an account takes nothing, one message more is tried so often. Milliseconds. */
const PROBE_EVERY = 25_000
/**
 * Silent connections of all accounts together: from the first on an account gets no second three, from
 * the second on it probes less often, and at the last it gets nothing beside what hangs.
 */
const SILENT_OF_ALL = { few: 60, many: 50, most: 120 }
/** A server that took a message so long after the last word on another one works. Milliseconds. */
const PASSED_AFTER = 2_000
/** Messages that wait here for a connection; the others wait at Temporal, where they hold no slot. */
const MOST_WAITING = 20
/** How long they wait here. Milliseconds. */
const WAIT = 5_000
/** When somebody who was turned away comes again: never sooner, nor later. Milliseconds. */
const COME_AGAIN = { first: 1_000, last: 60_000 }
/** Between two who come again. Milliseconds. */
const APART = { least: 20, most: 2_000 }

/** The account has as much in hand as it may: come again. */
export class AccountBusyError extends Error {
  readonly code = 'account-busy'
  /** @param comeAgain in so many milliseconds. */
  constructor(readonly comeAgain: number) {
    super('As many messages as may be are on their way through this account.')
  }
}

/** One message on its way through an account. */
export interface Place {
  readonly began: number
  /** When its server was last heard of, in milliseconds since 1970. */
  heardAt: () => number
}

/**
 * Who may speak to a mail account now. However many messages an account has, and however long its
 * server hangs, it keeps a few slots of the process and no more. What hangs has its five minutes; beside
 * it one message after another tries whether the server takes mail again, and as soon as it does the
 * account has all its connections, whatever still hangs.
 */
export class AccountQueue {
  private readonly places = new Set<Place>()
  private readonly waiting: (() => void)[] = []
  /** How long one message takes, of late. Milliseconds. */
  private usual = 100
  /** When the last one that was turned away comes again. */
  private last = 0
  /** When the latest message began, and when the server answered one last. */
  private beganAt = 0
  private answeredAt = 0

  /** @param silentOfAll how many connections are silent in this process, of all accounts. */
  constructor(private readonly silentOfAll: () => number = () => this.silent.length) {}

  /** On their way, or waiting here. */
  get size(): number {
    return this.places.size + this.waiting.length
  }

  /** What its server says nothing about; null: nothing. */
  get hanging(): Hanging | null {
    const heard = this.silent.map(({ heardAt }) => heardAt())
    return heard.length === 0 ? null : { count: heard.length, since: Math.min(...heard) }
  }

  /** Whether nothing would be lost with it. */
  get isForgotten(): boolean {
    return this.size === 0 && this.last < Date.now()
  }

  /**
   * Waits for its turn.
   * @throws AccountBusyError when it does not come soon.
   */
  async enter(): Promise<Place> {
    this.refuseIfFull()
    return this.hasRoom ? this.taken() : this.turn()
  }

  /**
   * Lets the next ones in.
   * @param answered the server took the message, or said why not.
   */
  leave(place: Place, answered: boolean): void {
    this.places.delete(place)
    if (answered) {
      this.answeredAt = Date.now()
      this.usual = 0.8 * this.usual + 0.2 * (this.answeredAt - place.began)
    }
    while (this.waiting.length > 0 && this.hasRoom) this.waiting.shift()?.()
  }

  /** @throws AccountBusyError when one who came now would be turned away. */
  refuseIfFull(): void {
    if (this.hasRoom) return
    const hangs = this.places.size >= UNASKED && !this.works
    if (hangs || this.waiting.length >= MOST_WAITING) throw this.busy()
  }

  private get silent(): Place[] {
    const heard = Date.now() - SILENT_AFTER
    return [...this.places].filter(({ heardAt }) => heardAt() <= heard)
  }

  private get hasRoom(): boolean {
    const silent = this.silent.length
    if (this.places.size - silent >= MOST_SESSIONS || silent >= MOST_SILENT) return false
    if (this.places.size < MOST_SESSIONS) return true
    const ofAll = this.silentOfAll()
    if (ofAll >= SILENT_OF_ALL.most) return false
    if (this.works || (this.places.size < UNASKED && ofAll < SILENT_OF_ALL.few)) return true
    const pause = PROBE_EVERY * Math.max(1, ofAll / SILENT_OF_ALL.many)
    return Date.now() - this.beganAt >= pause
  }

  /** Whether the server has answered since it fell silent on another message. */
  private get works(): boolean {
    const heard = Math.max(...this.silent.map(({ heardAt }) => heardAt()))
    return this.answeredAt >= heard + PASSED_AFTER
  }

  private taken(): Place {
    const began = Date.now()
    const place: Place = { began, heardAt: () => began }
    this.beganAt = began
    this.places.add(place)
    return place
  }

  private turn(): Promise<Place> {
    return new Promise((resolve, reject) => {
      const called = (): void => {
        clearTimeout(timer)
        resolve(this.taken())
      }
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(called), 1)
        reject(this.busy())
      }, WAIT)
      this.waiting.push(called)
    })
  }

  /** They come again one after the other, as fast as the account takes messages. */
  private busy(): AccountBusyError {
    const now = Date.now()
    const apart = Math.min(Math.max(this.usual / MOST_SESSIONS, APART.least), APART.most)
    this.last = Math.max(this.last, now + COME_AGAIN.first) + apart
    const latest = now + COME_AGAIN.last
    // Not all of them at the same moment.
    if (this.last > latest) this.last = latest - (Math.random() * COME_AGAIN.last) / 2
    return new AccountBusyError(Math.round(this.last - now))
  }
}
