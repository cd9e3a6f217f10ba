/** Connections to one account at a time, in this process. Microsoft 365 refuses a fourth. */
const MOST_SESSIONS = 3
/** A server that says nothing for this long may have forgotten the connection. Milliseconds. */
const SILENT_AFTER = 10_000
/** Silent connections that others need not wait for. */
const MOST_SILENT = 3
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
 * server hangs, it keeps a few slots of the process and no more.
 */
export class AccountQueue {
  private readonly places = new Set<Place>()
  private readonly waiting: (() => void)[] = []
  /** How long one message takes, of late. Milliseconds. */
  private usual = 100
  /** When the last one that was turned away comes again. */
  private last = 0

  /** On their way, or waiting here. */
  get size(): number {
    return this.places.size + this.waiting.length
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

  /** Lets the next one in. */
  leave(place: Place): void {
    this.places.delete(place)
    this.usual = 0.8 * this.usual + 0.2 * (Date.now() - place.began)
    if (this.hasRoom) this.waiting.shift()?.()
  }

  /** @throws AccountBusyError when one who came now would be turned away. */
  refuseIfFull(): void {
    if (this.hasRoom) return
    if (this.places.size >= MOST_SESSIONS + MOST_SILENT || this.waiting.length >= MOST_WAITING)
      throw this.busy()
  }

  private get hasRoom(): boolean {
    const heard = Date.now() - SILENT_AFTER
    const talking = [...this.places].filter(({ heardAt }) => heardAt() > heard).length
    return talking < MOST_SESSIONS && this.places.size < MOST_SESSIONS + MOST_SILENT
  }

  private taken(): Place {
    const began = Date.now()
    const place: Place = { began, heardAt: () => began }
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
