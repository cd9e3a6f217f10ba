import { ApplicationFailure } from '@temporalio/activity'
import type { NotificationMailActivities } from '../../workflows/notifications/activities.ts'
import { defaultTimeouts } from '../../platform/smtp/account.ts'
import { senderContact } from '../mail-out/sender-contact.ts'
import { AccountBusyError } from '../mail-out/account-queue.ts'
import { SmtpSessions } from '../mail-out/smtp-pool.ts'
import { mailRecipient, type NotificationDependencies } from './recipient-mail.ts'

export interface NotificationMail {
  activities: NotificationMailActivities
  /** Closes the connections to mail servers. */
  close: () => void
}

/**
 * @param deps the process's database and mail settings.
 * @param sessions those of the process, where others send too.
 */
export function notificationMail(
  deps: NotificationDependencies,
  sessions = new SmtpSessions(defaultTimeouts, senderContact(deps.db)),
): NotificationMail {
  return {
    activities: {
      mailNotifications: async ({ recipient }) => {
        try {
          const next = await mailRecipient(deps, sessions, recipient)
          return { next: next?.toISOString() ?? null }
        } catch (error) {
          throw error instanceof AccountBusyError ? whenItIsFree(error) : error
        }
      },
    },
    close: () => {
      sessions.close()
    },
  }
}

const whenItIsFree = (error: AccountBusyError): ApplicationFailure =>
  ApplicationFailure.create({
    message: error.message,
    type: 'AccountBusy',
    nextRetryDelay: error.comeAgain,
  })
