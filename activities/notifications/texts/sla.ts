import type { MailKey } from '../../../languages/keys.ts'
import type { Language } from '../../../languages/language.ts'
import { momentIn, say } from '../../../languages/mail-words.ts'
import {
  aboutTicket,
  factOf,
  type NotificationFacts,
  type NotificationTexts,
} from '../notification-text.ts'

/**
 * What is said of service levels and snoozed tickets. Times in UTC: a mail does not know where it
 * is read; the page does.
 */
export const slaTexts: NotificationTexts<'slaWarning' | 'slaBreached' | 'snoozeEnded'> = {
  slaWarning: (notification, language, links) =>
    aboutTicket(notification, language, links, target(notification, language, 'warning')),
  slaBreached: (notification, language, links) =>
    aboutTicket(notification, language, links, target(notification, language, 'breached')),
  snoozeEnded: (notification, language, links) =>
    aboutTicket(
      notification,
      language,
      links,
      say(
        language,
        notification.data['reason'] === 'reply'
          ? 'notification.snoozeEndedByReply'
          : 'notification.snoozeEnded',
      ),
    ),
}

const keys: Record<'warning' | 'breached', Record<string, MailKey>> = {
  warning: {
    firstResponse: 'notification.sla.warning.firstResponse',
    resolution: 'notification.sla.warning.resolution',
  },
  breached: {
    firstResponse: 'notification.sla.breached.firstResponse',
    resolution: 'notification.sla.breached.resolution',
  },
}

function target(
  notification: NotificationFacts,
  language: Language,
  state: 'warning' | 'breached',
): string {
  const key = keys[state][factOf(notification, 'target')]
  if (!key) return ''
  return say(language, key, {
    moment: momentIn(language, new Date(factOf(notification, 'dueAt'))),
  })
}
