import type { NotificationMailActivities } from '../../workflows/notifications/activities.ts'
import { defaultTimeouts } from '../../platform/smtp/account.ts'
import { senderContact } from '../mail-out/sender-contact.ts'
import { SmtpSessions } from '../mail-out/smtp-pool.ts'
import { mailRecipient, type NotificationDependencies } from './recipient-mail.ts'

export interface NotificationMail {
  activities: NotificationMailActivities
  /** Closes the connections to mail servers. */
  close: () => void
}

/** @param deps the process's database and mail settings. */
export function notificationMail(deps: NotificationDependencies): NotificationMail {
  const sessions = new SmtpSessions(defaultTimeouts, senderContact(deps.db))
  return {
    activities: {
      mailNotifications: async ({ recipient }) => ({
        next: (await mailRecipient(deps, sessions, recipient))?.toISOString() ?? null,
      }),
    },
    close: () => {
      sessions.close()
    },
  }
}
