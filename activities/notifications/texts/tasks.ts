import type {
  NotificationFacts,
  NotificationLanguage,
  NotificationLinks,
  NotificationText,
  NotificationTexts,
} from '../notification-text.ts'

const open = { en: 'Open the task', fr: 'Ouvrir la tâche' }

/** What those who are to do a task are told. */
export const taskTexts: NotificationTexts<'taskAssigned' | 'taskDue'> = {
  taskAssigned: (notification, language, links) =>
    about(
      notification,
      language,
      links,
      ...(language === 'fr'
        ? [
            `${word(notification, 'by') || 'Guichet'} vous a confié une tâche : « ${word(notification, 'title')} »`,
            due(notification, language),
          ]
        : [
            `${word(notification, 'by') || 'Guichet'} has given you a task: “${word(notification, 'title')}”`,
            due(notification, language),
          ]),
    ),
  taskDue: (notification, language, links) =>
    about(
      notification,
      language,
      links,
      language === 'fr'
        ? `Cette tâche est arrivée à échéance : « ${word(notification, 'title')} »`
        : `This task is due: “${word(notification, 'title')}”`,
    ),
}

const about = (
  { ticketNumber, ticketSubject }: NotificationFacts,
  language: NotificationLanguage,
  links: NotificationLinks,
  ...lines: string[]
): NotificationText => ({
  subject: `#${ticketNumber} ${ticketSubject}`,
  lines: lines.filter(Boolean),
  action: { label: open[language], url: `${links.ticket}?tab=tasks` },
})

/** The day alone: which clock the reader lives by is not known here. */
function due(notification: NotificationFacts, language: NotificationLanguage): string {
  const at = word(notification, 'dueAt')
  if (at === '') return ''
  const day = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    dateStyle: 'full',
    timeZone: 'UTC',
  }).format(new Date(at))
  return language === 'fr' ? `Échéance : ${day}` : `Due: ${day}`
}

const word = (notification: NotificationFacts, name: string): string => {
  const value = notification.data[name]
  return typeof value === 'string' ? value : ''
}
