import type {
  NoticeFacts,
  NoticeLanguage,
  NoticeLinks,
  NoticeText,
  NoticeWords,
} from './notice-words.ts'

const open = { en: 'Open the task', fr: 'Ouvrir la tâche' }

/** What those who are to do a task are told. */
export const taskWords: NoticeWords<'taskAssigned' | 'taskDue'> = {
  taskAssigned: (notice, language, links) =>
    about(
      notice,
      language,
      links,
      ...(language === 'fr'
        ? [
            `${word(notice, 'by') || 'Guichet'} vous a confié une tâche : « ${word(notice, 'title')} »`,
            due(notice, language),
          ]
        : [
            `${word(notice, 'by') || 'Guichet'} has given you a task: “${word(notice, 'title')}”`,
            due(notice, language),
          ]),
    ),
  taskDue: (notice, language, links) =>
    about(
      notice,
      language,
      links,
      language === 'fr'
        ? `Cette tâche est arrivée à échéance : « ${word(notice, 'title')} »`
        : `This task is due: “${word(notice, 'title')}”`,
    ),
}

const about = (
  { ticketNumber, ticketSubject }: NoticeFacts,
  language: NoticeLanguage,
  links: NoticeLinks,
  ...lines: string[]
): NoticeText => ({
  subject: `#${ticketNumber} ${ticketSubject}`,
  lines: lines.filter(Boolean),
  action: { label: open[language], url: `${links.ticket}?tab=tasks` },
})

/** The day alone: which clock the reader lives by is not known here. */
function due(notice: NoticeFacts, language: NoticeLanguage): string {
  const at = word(notice, 'dueAt')
  if (at === '') return ''
  const day = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    dateStyle: 'full',
    timeZone: 'UTC',
  }).format(new Date(at))
  return language === 'fr' ? `Échéance : ${day}` : `Due: ${day}`
}

const word = (notice: NoticeFacts, name: string): string => {
  const value = notice.data[name]
  return typeof value === 'string' ? value : ''
}
