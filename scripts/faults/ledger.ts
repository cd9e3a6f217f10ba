// Everything that was given to Guichet, and what came of it so far.
import { randomUUID } from 'node:crypto'

/** By which way a thread's mails come in. */
export type MailWay = 'imap' | 'smtp'

interface Given {
  /** Times in milliseconds since 1970, by the clock of whoever gives. */
  began: number
  /** Since when it may be relied on; null: not answered yet. */
  accepted: number | null
  /** Since when its effect was seen; null: not yet. */
  done: number | null
  /** Why it was refused; null: it was not. */
  refused: string | null
}

export interface GivenMail extends Given {
  kind: 'mail'
  way: MailWay
  /** Message-ID without angle brackets. */
  id: string
  thread: number
  /** Its place in the thread, from 0. */
  place: number
}

export interface GivenAction extends Given {
  kind: 'note' | 'reply' | 'ticket' | 'priority'
  /** A word that no other action has in its text. */
  token: string
  /** Null for a new one. */
  ticket: number | null
  /** What was asked of a property. */
  value: string | null
  /** Milliseconds that it is held back. */
  held: number
}

export class Ledger {
  /** A word that is in everything that this run gives. */
  readonly run = randomUUID().slice(0, 8)
  readonly mails: GivenMail[] = []
  readonly actions: GivenAction[] = []

  /** What was accepted and has had no effect yet. */
  outstanding(): (GivenMail | GivenAction)[] {
    return this.all().filter(
      (one) => one.accepted !== null && one.done === null && one.refused === null,
    )
  }

  /** What nobody has answered yet: given again and again. */
  unanswered(): (GivenMail | GivenAction)[] {
    return this.all().filter((one) => one.accepted === null && one.refused === null)
  }

  /** @returns whether everything that was accepted until then has had its effect. */
  isDoneUntil(time: number): boolean {
    return this.outstanding().every((one) => heldUntil(one) > time)
  }

  all(): (GivenMail | GivenAction)[] {
    return [...this.mails, ...this.actions]
  }
}

const heldUntil = (one: GivenMail | GivenAction): number =>
  (one.accepted ?? 0) + (one.kind === 'mail' ? 0 : one.held)
