import { log } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import type { LeftBehind } from '../../workflows/reconcile/activities.ts'
import { mailLeftBehind } from '../mail-in/ledger/resend-unsettled.ts'
import { forgottenRecipients } from '../notifications/due-notifications.ts'
import { hasOutdatedPlans } from '../sla/replan.ts'
import { hasBehindTickets } from '../tickets/behind-tickets.ts'
import { hasKeptCommands } from '../tickets/kept-commands.ts'
import { hasLostTickets } from '../tickets/lost-tickets.ts'
import { restoredStore } from './restored-store.ts'
import { owingTickets } from '../tickets/owing-tickets.ts'
import { hasStuckTickets } from '../tickets/stuck-tickets.ts'
import { lacksLongLived } from './long-lived.ts'

/**
 * What should be done by itself within this time and is not: somebody died between writing it down
 * and telling. Seconds.
 */
export const OVERDUE = 20

/**
 * One cheap look at everything that may be left behind.
 * @param atStart a worker has just started: nobody else has anything in hand.
 */
export async function leftBehind(
  db: OpenDatabase,
  client: Client,
  atStart: boolean,
): Promise<LeftBehind> {
  const look = new Looks()
  const older = await look.at('the store', () => restoredStore(db, client), null)
  // An older store has forgotten what was sent last, however lately that was.
  const atOnce = atStart || older !== null
  const mail = await look.at('mail', () => mailLeftBehind(db, atOnce), {
    stored: true,
    unsettled: true,
  })
  const found = {
    storedMail: mail.stored,
    unsettledMail: mail.unsettled,
    keptCommands: await look.at('kept commands', () => hasKeptCommands(db, atOnce), true),
    owingTickets: await look.at(
      'owing tickets',
      async () => (await owingTickets(db, OVERDUE, 0, 1)).length > 0,
      true,
    ),
    forgottenNotifications: await look.at(
      'forgotten notifications',
      async () => (await forgottenRecipients(db, OVERDUE, 1)).length > 0,
      true,
    ),
    outdatedPlans: await look.at('outdated plans', () => hasOutdatedPlans(db, OVERDUE), true),
    lostTickets: await look.at('lost tickets', () => hasLostTickets({ db, client }, atStart), true),
    stuckTickets: await look.at('stuck tickets', () => hasStuckTickets({ db, client }), true),
    behindTickets: await look.at('behind tickets', () => hasBehindTickets(db), true),
    longLived: await look.at('long-lived workflows', () => lacksLongLived(db, client), true),
    restoredStore: older,
  }
  look.end()
  return found
}

/** One look that fails does not keep the others from theirs. */
class Looks {
  #asked = 0
  readonly #failures: unknown[] = []

  /** @param unknown what is taken for found then: whoever has to do with it sees for themselves. */
  async at<Found>(what: string, look: () => Promise<Found>, unknown: Found): Promise<Found> {
    this.#asked++
    try {
      return await look()
    } catch (error) {
      this.#failures.push(error)
      log.warn('It cannot be seen what is left behind.', { what, error: String(error) })
      return unknown
    }
  }

  /** @throws when nothing at all could be seen: the database or the server is away. */
  end(): void {
    if (this.#asked === this.#failures.length) throw this.#failures[0]
  }
}
