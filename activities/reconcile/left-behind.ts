import type { Client } from '@temporalio/client'
import { countOpenTickets, runningTickets } from '../../application/tickets/running-tickets.ts'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import type { LeftBehind } from '../../workflows/reconcile/activities.ts'
import { mailLeftBehind } from '../mail-in/ledger/resend-unsettled.ts'
import { forgottenRecipients } from '../notifications/due-notifications.ts'
import { hasOutdatedPlans } from '../sla/replan.ts'
import { hasBehindTickets } from '../tickets/behind-tickets.ts'
import { hasKeptCommands } from '../tickets/kept-commands.ts'
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
  const mail = await mailLeftBehind(db)
  const tickets = await countOpenTickets(db, await runningTickets(client), atStart ? 0 : undefined)
  return {
    storedMail: mail.stored,
    unsettledMail: mail.unsettled,
    keptCommands: await hasKeptCommands(db, atStart),
    owingTickets: (await owingTickets(db, OVERDUE, 0, 1)).length > 0,
    forgottenNotifications: (await forgottenRecipients(db, OVERDUE, 1)).length > 0,
    outdatedPlans: await hasOutdatedPlans(db, OVERDUE),
    lostTickets: tickets.withoutWorkflow > 0,
    stuckTickets: await hasStuckTickets({ db, client }),
    behindTickets: await hasBehindTickets(db),
    longLived: await lacksLongLived(db, client),
    restoredStore: await restoredStore(db, client),
  }
}
