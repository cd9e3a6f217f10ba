import type {
  NoticeFacts,
  NoticeLanguage,
  NoticeLinks,
  NoticeText,
  NoticeWords,
} from './notice-words.ts'

const open = { en: 'Open the ticket', fr: 'Ouvrir le ticket' }
const targets: Record<NoticeLanguage, Record<string, string>> = {
  en: { firstResponse: 'The first response', resolution: 'The solution' },
  fr: { firstResponse: 'La première réponse', resolution: 'La résolution' },
}
const locales: Record<NoticeLanguage, string> = { en: 'en-GB', fr: 'fr-FR' }

/**
 * What is said of service levels and snoozed tickets. Times in UTC: a mail does not know where it
 * is read; the page does.
 */
export const serviceWords: NoticeWords<'slaWarning' | 'slaBreached' | 'snoozeEnded'> = {
  slaWarning: (notice, language, links) =>
    about(
      notice,
      language,
      links,
      language === 'fr'
        ? `${target(notice, language)} est bientôt due : le ${due(notice, language)}.`
        : `${target(notice, language)} is due soon: on ${due(notice, language)}.`,
    ),
  slaBreached: (notice, language, links) =>
    about(
      notice,
      language,
      links,
      language === 'fr'
        ? `${target(notice, language)} est en retard. Elle était due le ${due(notice, language)}.`
        : `${target(notice, language)} is overdue. It was due on ${due(notice, language)}.`,
    ),
  snoozeEnded: (notice, language, links) =>
    about(
      notice,
      language,
      links,
      notice.data['reason'] === 'reply'
        ? language === 'fr'
          ? 'Le ticket mis en veille est de retour : quelqu’un a répondu.'
          : 'The ticket that you snoozed is back: somebody has answered.'
        : language === 'fr'
          ? 'Le ticket mis en veille est de retour.'
          : 'The ticket that you snoozed is back.',
    ),
}

const about = (
  { ticketNumber, ticketSubject }: NoticeFacts,
  language: NoticeLanguage,
  links: NoticeLinks,
  line: string,
): NoticeText => ({
  subject: `#${ticketNumber} ${ticketSubject}`,
  lines: [line],
  action: { label: open[language], url: links.ticket },
})

const target = (notice: NoticeFacts, language: NoticeLanguage): string =>
  targets[language][String(notice.data['target'])] ?? ''

const due = (notice: NoticeFacts, language: NoticeLanguage): string =>
  `${new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(String(notice.data['dueAt'])))} UTC`
