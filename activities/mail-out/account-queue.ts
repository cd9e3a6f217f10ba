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
 * Silent connections of all accounts together: from the first on an account gets no second three; at
 * the second, which all that hang share, it gets nothing beside what hangs.
 */
const SILENT_OF_ALL = { few: 60, most: 600 }
/** A server that took a message so long after the last word on another one works. Milliseconds. */
const PASSED_AFTER = 2_000
/** Messages that wait here for a connection; the others wait at Temporal, where they hold no slot. */
const MOST_WAITING = 20
/** Of these, while the account takes nothing and one message tries whether it does again. */
const MOST_WAITING_FOR_A_PROBE = 3
/** Of all accounts together: who waits here holds a slot. */
const MOST_WAITING_OF_ALL = 60
/** How long they wait here. Milliseconds. */
const WAIT = 5_000
/** When somebody who was turned away comes again: never sooner, nor later. Milliseconds. */
const COME_AGAIN = { first: 1_000, last: 60_000, lastWhileItHangs: 25_000 }
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

/** What all accounts of a process have in hand together. */
export interface OfAllAccounts {
  /** Connections whose servers say nothing. */
  silent: number
  /** Accounts that have such ones. */
  hanging: number
  /** Messages that wait for a connection. */
  waiting: number
}

/** @param accounts all of a process. */
export function ofAllAccounts(accounts: Iterable<AccountQueue>): OfAllAccounts {
  const sum = { silent: 0, hanging: 0, waiting: 0 }
  for (const { hanging, waitingCount } of accounts) {
    sum.silent += hanging?.count ?? 0
    sum.hanging += hanging ? 1 : 0
    sum.waiting += waitingCount
  }
  return sum
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

  /** @param ofAll what the accounts of this process have in hand. */
  constructor(private readonly ofAll: () => OfAllAccounts = () => ofAllAccounts([this])) {}

  /** On their way, or waiting here. */
  get size(): number {
    return this.places.size + this.waiting.length
  }

  /** Messages that wait here for a connection. */
  get waitingCount(): number {
    return this.waiting.length
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
    if (!this.hasRoom && this.waiting.length >= this.mostWaiting) throw this.busy()
  }

  private get mostWaiting(): number {
    if (this.ofAll().waiting >= MOST_WAITING_OF_ALL) return 0
    if (!this.hangs) return MOST_WAITING
    return this.silent.length < this.places.size ? MOST_WAITING_FOR_A_PROBE : 0
  }

  private get silent(): Place[] {
    const heard = Date.now() - SILENT_AFTER
    return [...this.places].filter(({ heardAt }) => heardAt() <= heard)
  }

  private get hasRoom(): boolean {
    const silent = this.silent.length
    if (this.places.size - silent >= MOST_SESSIONS || silent >= MOST_SILENT) return false
    if (this.places.size < MOST_SESSIONS) return true
    const ofAll = this.ofAll()
    if (ofAll.silent >= SILENT_OF_ALL.most) return false
    if (this.works || (this.places.size < UNASKED && ofAll.silent < SILENT_OF_ALL.few)) return true
    return silent < this.share && Date.now() >= this.probeAt
  }

  /** How many of its connections may hang. */
  private get share(): number {
    const share = Math.floor(SILENT_OF_ALL.most / Math.max(1, this.ofAll().hanging))
    return Math.min(Math.max(share, MOST_SESSIONS + 1), MOST_SILENT)
  }

  /** When it may be tried next whether an account that hangs takes mail: the less may hang the later. */
  private get probeAt(): number {
    return this.beganAt + (PROBE_EVERY * MOST_SILENT) / this.share
  }

  /** Whether its server says nothing on so many connections, and has not answered since. */
  private get hangs(): boolean {
    return this.silent.length >= MOST_SESSIONS && !this.works
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

  /**
   * They come again one after the other, as fast as the account takes messages; while it hangs, the
   * first of them when it may be tried next.
   */
  private busy(): AccountBusyError {
    const now = Date.now()
    const { hangs } = this
    const apart = Math.min(Math.max(this.usual / MOST_SESSIONS, APART.least), APART.most)
    const first = Math.max(now + COME_AGAIN.first, hangs ? this.probeAt : 0)
    const longest = hangs ? COME_AGAIN.lastWhileItHangs : COME_AGAIN.last
    this.last = Math.max(this.last, first) + apart
    // Not all of them at the same moment.
    if (this.last > now + longest) this.last = now + longest - (Math.random() * longest) / 2
    return new AccountBusyError(Math.round(this.last - now))
  }
}
