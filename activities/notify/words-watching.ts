import type {
  NoticeFacts,
  NoticeLanguage,
  NoticeLinks,
  NoticeText,
  NoticeWords,
} from './notice-words.ts'

const open = { en: 'Open the ticket', fr: 'Ouvrir le ticket' }
const statuses: Record<NoticeLanguage, Record<string, string>> = {
  en: { new: 'new', open: 'open', waiting: 'waiting', solved: 'solved', closed: 'closed' },
  fr: { new: 'nouveau', open: 'ouvert', waiting: 'en attente', solved: 'résolu', closed: 'fermé' },
}

/** What owners and watchers are told. */
export const watchingWords: NoticeWords<'ticketAssigned' | 'replyArrived' | 'ticketChanged'> = {
  ticketAssigned: (notice, language, links) =>
    about(
      notice,
      language,
      links,
      language === 'fr'
        ? `${word(notice, 'by')} vous a confié ce ticket.`
        : `${word(notice, 'by')} has given you this ticket.`,
    ),
  replyArrived: (notice, language, links) =>
    about(
      notice,
      language,
      links,
      language === 'fr'
        ? `${word(notice, 'by')} a répondu :`
        : `${word(notice, 'by')} has answered:`,
      word(notice, 'preview'),
    ),
  ticketChanged: (notice, language, links) =>
    about(notice, language, links, ...changed(notice, language)),
}

function changed(notice: NoticeFacts, language: NoticeLanguage): string[] {
  const by = word(notice, 'by')
  const french = language === 'fr'
  switch (notice.data['what']) {
    case 'undelivered':
      return [
        french ? 'Un message n’a pas pu être remis :' : 'A message could not be delivered:',
        word(notice, 'detail'),
      ]
    case 'replied':
      return [
        french ? `${by} a écrit au demandeur :` : `${by} has written to the requester:`,
        word(notice, 'preview'),
      ]
    case 'note':
      return [
        french ? `${by} a ajouté une note interne :` : `${by} has added an internal note:`,
        word(notice, 'preview'),
      ]
    default: {
      const status =
        notice.statusName || (statuses[language][word(notice, 'status')] ?? word(notice, 'status'))
      return [
        french
          ? `Le ticket est maintenant ${status} (${by}).`
          : `The ticket is now ${status} (${by}).`,
      ]
    }
  }
}

const about = (
  { ticketNumber, ticketSubject }: NoticeFacts,
  language: NoticeLanguage,
  links: NoticeLinks,
  ...lines: string[]
): NoticeText => ({
  subject: `#${ticketNumber} ${ticketSubject}`,
  lines: lines.filter(Boolean),
  action: { label: open[language], url: links.ticket },
})

const word = (notice: NoticeFacts, name: string): string => {
  const value = notice.data[name]
  return typeof value === 'string' ? value : ''
}
