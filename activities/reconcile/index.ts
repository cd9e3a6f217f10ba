import { Context } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import { mailForgottenNotifications } from '../../application/notifications/notification-mail-workflow.ts'
import { replanByNewSettings } from '../../application/sla/replan-workflow.ts'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import type { ReconcileActivities } from '../../workflows/reconcile/activities.ts'
import { forgottenRecipients } from '../notifications/due-notifications.ts'
import { wakeBehindTickets } from '../tickets/behind-tickets.ts'
import { resendKeptCommands } from '../tickets/kept-commands.ts'
import { resumePage } from '../tickets/lost-tickets.ts'
import { wakeOwingTickets } from '../tickets/owing-tickets.ts'
import { renewStuckTickets } from '../tickets/stuck-tickets.ts'
import { ensureLongLived } from './long-lived.ts'
import { rememberRun, wakeForgetfulTickets } from './restored-store.ts'
import { leftBehind, OVERDUE } from './left-behind.ts'

/** People whose mail is started again in one run. */
const MOST_RECIPIENTS = 500

/** @param deps the process's database and Temporal client. */
export const reconcileActivities = ({
  db,
  client,
}: {
  db: OpenDatabase
  client: Client
}): Omit<ReconcileActivities, 'routeLeftBehindMail' | 'resendUnsettledMail'> => ({
  lookForLeftBehind: ({ atStart }) => leftBehind(db, client, atStart),
  resendKeptCommands: ({ atStart }) => resendKeptCommands({ db, client }, atStart, beat),
  wakeOwingTickets: () => wakeOwingTickets({ db, client }, OVERDUE, beat),
  async mailForgottenNotifications() {
    const recipients = await forgottenRecipients(db, OVERDUE, MOST_RECIPIENTS)
    for (const recipient of recipients) {
      await mailForgottenNotifications(client, recipient)
      beat()
    }
    return recipients.length
  },
  async wakeForgetfulTickets(restored) {
    const woken = await wakeForgetfulTickets({ db, client }, restored, beat)
    await rememberRun(db)
    return woken
  },
  renewStuckTickets: ({ owing }) => renewStuckTickets({ db, client }, owing, beat),
  wakeBehindTickets: () => wakeBehindTickets({ db, client }, beat),
  ensureLongLived: () => ensureLongLived(db, client),
  replanOutdatedTickets: () => replanByNewSettings(client),
  resumeLostTickets: (page) => resumePage({ db, client }, page, beat),
})

const beat = (): void => {
  Context.current().heartbeat()
}
