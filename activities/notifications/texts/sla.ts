import type {
  NotificationFacts,
  NotificationLanguage,
  NotificationLinks,
  NotificationText,
  NotificationTexts,
} from '../notification-text.ts'

const open = { en: 'Open the ticket', fr: 'Ouvrir le ticket' }
const targets: Record<NotificationLanguage, Record<string, string>> = {
  en: { firstResponse: 'The first response', resolution: 'The solution' },
  fr: { firstResponse: 'La première réponse', resolution: 'La résolution' },
}
const locales: Record<NotificationLanguage, string> = { en: 'en-GB', fr: 'fr-FR' }

/**
 * What is said of service levels and snoozed tickets. Times in UTC: a mail does not know where it
 * is read; the page does.
 */
export const slaTexts: NotificationTexts<'slaWarning' | 'slaBreached' | 'snoozeEnded'> = {
  slaWarning: (notification, language, links) =>
    about(
      notification,
      language,
      links,
      language === 'fr'
        ? `${target(notification, language)} est bientôt due : le ${due(notification, language)}.`
        : `${target(notification, language)} is due soon: on ${due(notification, language)}.`,
    ),
  slaBreached: (notification, language, links) =>
    about(
      notification,
      language,
      links,
      language === 'fr'
        ? `${target(notification, language)} est en retard. Elle était due le ${due(notification, language)}.`
        : `${target(notification, language)} is overdue. It was due on ${due(notification, language)}.`,
    ),
  snoozeEnded: (notification, language, links) =>
    about(
      notification,
      language,
      links,
      notification.data['reason'] === 'reply'
        ? language === 'fr'
          ? 'Le ticket mis en veille est de retour : quelqu’un a répondu.'
          : 'The ticket that you snoozed is back: somebody has answered.'
        : language === 'fr'
          ? 'Le ticket mis en veille est de retour.'
          : 'The ticket that you snoozed is back.',
    ),
}

const about = (
  { ticketNumber, ticketSubject }: NotificationFacts,
  language: NotificationLanguage,
  links: NotificationLinks,
  line: string,
): NotificationText => ({
  subject: `#${ticketNumber} ${ticketSubject}`,
  lines: [line],
  action: { label: open[language], url: links.ticket },
})

const target = (notification: NotificationFacts, language: NotificationLanguage): string =>
  targets[language][String(notification.data['target'])] ?? ''

const due = (notification: NotificationFacts, language: NotificationLanguage): string =>
  `${new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(String(notification.data['dueAt'])))} UTC`
