import type { NotificationMailActivities } from '../../workflows/notifications/activities.ts'
import { SmtpSessions } from '../mail-out/smtp-pool.ts'
import { mailRecipient, type NotificationDependencies } from './recipient-mail.ts'

export interface NotificationMail {
  activities: NotificationMailActivities
  /** Closes the connections to mail servers. */
  close: () => void
}

/** @param deps the process's database and mail settings. */
export function notificationMail(deps: NotificationDependencies): NotificationMail {
  const sessions = new SmtpSessions()
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
