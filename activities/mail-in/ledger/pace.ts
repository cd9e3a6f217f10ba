import { readAnswerNotification } from '../../../application/tickets/answer-notification.ts'
import { mailOf } from '../../projection/persist.ts'

/** Commands of mails on their way at the same time: more does not make it quicker. */
const AT_ONCE = 50
/** While people act: whoever does waits for no more than these. */
const BESIDE_PEOPLE = 4
/** People act for so long after the last that was heard of them. Milliseconds. */
const ACTING = 15_000
/**
 * How long a command is counted as on its way after Temporal has it, when nothing is heard of it: its
 * ticket may be unable to write it. Milliseconds.
 */
const UNHEARD = 10_000
/** What was written is counted over this time. Milliseconds. */
const COUNTED = 30_000

interface Underway {
  number: number
  end: () => void
}

/**
 * How many commands of mails this process has with the tickets' workflows at a time, until they are
 * written. Temporal's queue is one after the other: with a whole backlog in it, what people do would
 * wait behind thousands of mails; and these are as soon done from the ledger.
 */
export class Pace {
  private readonly underway = new Map<string, Underway>()
  private readonly waiting: (() => void)[] = []
  private lastPerson = -Infinity
  private isOpen = false
  private counting: { began: number; count: number; before: number }

  /**
   * @param hears whether what is written is heard now: if not, nobody waits for it.
   */
  constructor(
    private readonly hears: () => boolean = () => false,
    private readonly clock: () => number = Date.now,
  ) {
    this.counting = { began: clock(), count: 0, before: 0 }
  }

  /** Commands that are with their workflows, or on their way there. */
  get size(): number {
    return this.underway.size
  }

  /** Mails written in a second, by all workers, of late. */
  get rate(): number {
    this.roll()
    return (1000 * Math.max(this.counting.before, this.counting.count)) / COUNTED
  }

  /**
   * Waits for the turn of a command.
   * @returns to be told whether Temporal has taken it.
   */
  async enter(commandId: string, number: number): Promise<(accepted: boolean) => void> {
    if (this.hasRoom) return this.begin(commandId, number)
    return new Promise((resolve) =>
      this.waiting.push(() => {
        resolve(this.begin(commandId, number))
      }),
    )
  }

  private begin(commandId: string, number: number): (accepted: boolean) => void {
    let timer: NodeJS.Timeout | undefined
    const one: Underway = {
      number,
      end: () => {
        clearTimeout(timer)
        if (this.underway.get(commandId) !== one) return
        this.underway.delete(commandId)
        while (this.waiting.length > 0 && this.hasRoom) this.waiting.shift()?.()
      },
    }
    this.underway.set(commandId, one)
    return (accepted) => {
      if (!accepted || this.isOpen || !this.hears()) one.end()
      else if (this.underway.get(commandId) === one) timer = setTimeout(one.end, UNHEARD).unref()
    }
  }

  /** @param payload of a notification about a ticket. */
  heard(payload: string): void {
    const said = readAnswerNotification(payload)
    if (!said) return
    this.roll()
    if (said.byAgent) this.lastPerson = this.clock()
    for (const [id] of said.commands) {
      if (mailOf(id) !== null) this.counting.count++
      this.underway.get(id)?.end()
    }
    if (!said.more) return
    for (const one of [...this.underway.values()]) if (one.number === said.number) one.end()
  }

  /** Nothing is waited for any more: the process ends. */
  open(): void {
    this.isOpen = true
    for (const one of [...this.underway.values()]) one.end()
    for (const resume of this.waiting.splice(0)) resume()
  }

  private get hasRoom(): boolean {
    const acting = this.clock() - this.lastPerson < ACTING
    return this.isOpen || this.underway.size < (acting ? BESIDE_PEOPLE : AT_ONCE)
  }

  private roll(): void {
    const now = this.clock()
    const age = now - this.counting.began
    if (age < COUNTED) return
    this.counting = { began: now, count: 0, before: age < 2 * COUNTED ? this.counting.count : 0 }
  }
}
