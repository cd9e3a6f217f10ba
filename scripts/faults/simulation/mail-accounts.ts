// Mailboxes at servers outside, as activities/mail-in reads them: a watch that misses some, an hourly
// comparison that finds those, a ledger that takes each mail once, and quarantine.
import type { ReconciliationOutcome, WatchOutcome } from '../../../workflows/mailbox/activities.ts'
import type { Random } from '../random.ts'
import type { VirtualClock } from './clock.ts'

export interface ArrivedMail {
  id: string
  /** What is done with it once it is taken in: it becomes a command. */
  takeIn: () => void
}

interface Account {
  watched: boolean
  onServer: ArrivedMail[]
  /** Read up to here by a watch. */
  cursor: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Between two looks of a watch here; IDLE tells sooner, and of the same. */
const LOOK = 20 * MINUTE
/** A connection lasts so long at the most. */
const CONNECTED = 12 * HOUR
/** Parts of the mails: a watch does not hear of it, and it cannot be taken in at once. */
const UNHEARD = 0.03
const QUARANTINED = 0.02

export class MailAccounts {
  readonly #accounts = new Map<string, Account>()
  readonly #ledger = new Set<string>()
  readonly quarantine = new Map<string, ArrivedMail>()
  /** Until when the servers are away. */
  away = 0
  /** Times that something was read which a watch had missed. */
  found = 0

  constructor(
    private readonly clock: VirtualClock,
    private readonly random: Random,
    private readonly isDatabaseAway: () => boolean,
    private readonly compares: boolean,
  ) {}

  get ids(): string[] {
    return [...this.#accounts.keys()]
  }

  open(id: string): void {
    this.#accounts.set(id, { watched: true, onServer: [], cursor: 0 })
  }

  isWatched(id: string): boolean {
    return this.#of(id).watched
  }

  setWatched(id: string, watched: boolean): void {
    this.#of(id).watched = watched
  }

  deliver(id: string, mail: ArrivedMail): void {
    this.#of(id).onServer.push(mail)
  }

  /** @returns mails that are on a server and nowhere else. */
  left(): string[] {
    return [...this.#accounts.values()].flatMap(({ onServer }) =>
      onServer.flatMap(({ id }) => (this.#ledger.has(id) ? [] : [id])),
    )
  }

  /** @returns undefined where it cannot be opened. */
  async watch(
    { mailboxId }: { mailboxId: string },
    unwanted: () => boolean,
  ): Promise<WatchOutcome | undefined> {
    const account = this.#of(mailboxId)
    if (!account.watched) return { end: 'not-watched' }
    const began = this.clock.now
    const until = began + this.random.next() * CONNECTED
    for (let looks = 0; ; looks++) {
      if (unwanted()) return { end: 'stopped' }
      if (!this.#isThere() || this.clock.now > until) {
        if (looks === 0) return undefined
        const seconds = (this.clock.now - began) / SECOND
        return { end: 'lost', reason: 'the connection was lost', seconds }
      }
      for (; account.cursor < account.onServer.length; account.cursor++) {
        const mail = account.onServer[account.cursor]
        if (mail && !this.random.chance(UNHEARD)) this.#take(mail)
      }
      await new Promise<void>((resolve) => {
        this.clock.after(Math.min(LOOK, Math.max(SECOND, until - this.clock.now + 1)), resolve)
      })
    }
  }

  /** @returns undefined where it cannot be opened. */
  compare({ mailboxId }: { mailboxId: string }): ReconciliationOutcome | undefined {
    if (!this.#isThere()) return undefined
    const { onServer } = this.#of(mailboxId)
    const missing = this.compares ? onServer.filter(({ id }) => !this.#ledger.has(id)) : []
    for (const mail of missing) this.#take(mail)
    this.found += missing.length
    return { onServer: onServer.length, fetched: missing.length, withoutEnd: 0 }
  }

  /** @returns whether it was in quarantine; undefined where it cannot be said. */
  retry({ mailId }: { mailId: string }): boolean | undefined {
    if (this.isDatabaseAway()) return undefined
    const mail = this.quarantine.get(mailId)
    this.quarantine.delete(mailId)
    mail?.takeIn()
    return mail !== undefined
  }

  #isThere(): boolean {
    return this.clock.now >= this.away && !this.isDatabaseAway()
  }

  /** However often it is read, it is taken in once. */
  #take(mail: ArrivedMail): void {
    if (this.#ledger.has(mail.id)) return
    this.#ledger.add(mail.id)
    if (this.random.chance(QUARANTINED)) this.quarantine.set(mail.id, mail)
    else mail.takeIn()
  }

  #of(id: string): Account {
    const account = this.#accounts.get(id)
    if (!account) throw new Error(`${id}: there is no such mailbox.`)
    return account
  }
}
