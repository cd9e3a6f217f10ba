import type {
  NotificationFacts,
  NotificationLanguage,
  NotificationLinks,
  NotificationText,
  NotificationTexts,
} from '../notification-text.ts'

const open = { en: 'Open the ticket', fr: 'Ouvrir le ticket' }
const statuses: Record<NotificationLanguage, Record<string, string>> = {
  en: { new: 'new', open: 'open', waiting: 'waiting', solved: 'solved', closed: 'closed' },
  fr: { new: 'nouveau', open: 'ouvert', waiting: 'en attente', solved: 'résolu', closed: 'fermé' },
}

/** What owners and watchers are told. */
export const watcherTexts: NotificationTexts<'ticketAssigned' | 'replyArrived' | 'ticketChanged'> =
  {
    ticketAssigned: (notification, language, links) =>
      about(
        notification,
        language,
        links,
        language === 'fr'
          ? `${word(notification, 'by')} vous a confié ce ticket.`
          : `${word(notification, 'by')} has given you this ticket.`,
      ),
    replyArrived: (notification, language, links) =>
      about(
        notification,
        language,
        links,
        language === 'fr'
          ? `${word(notification, 'by')} a répondu :`
          : `${word(notification, 'by')} has answered:`,
        word(notification, 'preview'),
      ),
    ticketChanged: (notification, language, links) =>
      about(notification, language, links, ...changed(notification, language)),
  }

function changed(notification: NotificationFacts, language: NotificationLanguage): string[] {
  const by = word(notification, 'by')
  const french = language === 'fr'
  switch (notification.data['what']) {
    case 'undelivered':
      return [
        french ? 'Un message n’a pas pu être remis :' : 'A message could not be delivered:',
        word(notification, 'detail'),
      ]
    case 'replied':
      return [
        french ? `${by} a écrit au demandeur :` : `${by} has written to the requester:`,
        word(notification, 'preview'),
      ]
    case 'note':
      return [
        french ? `${by} a ajouté une note interne :` : `${by} has added an internal note:`,
        word(notification, 'preview'),
      ]
    default: {
      const status =
        notification.statusName ||
        (statuses[language][word(notification, 'status')] ?? word(notification, 'status'))
      return [
        french
          ? `Le ticket est maintenant ${status} (${by}).`
          : `The ticket is now ${status} (${by}).`,
      ]
    }
  }
}

const about = (
  { ticketNumber, ticketSubject }: NotificationFacts,
  language: NotificationLanguage,
  links: NotificationLinks,
  ...lines: string[]
): NotificationText => ({
  subject: `#${ticketNumber} ${ticketSubject}`,
  lines: lines.filter(Boolean),
  action: { label: open[language], url: links.ticket },
})

const word = (notification: NotificationFacts, name: string): string => {
  const value = notification.data[name]
  return typeof value === 'string' ? value : ''
}
