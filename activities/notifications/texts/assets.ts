import type {
  NotificationFacts,
  NotificationLanguage,
  NotificationTexts,
} from '../notification-text.ts'

/**
 * What people are told about the hand-over and return of equipment. The page's address is made when
 * the mail is: it is never stored.
 */
export const assetTexts: NotificationTexts<'confirmationAsked' | 'confirmationGiven'> = {
  confirmationAsked: (notification, language, links) => {
    const [id, by, expires] = [
      word(notification, 'id'),
      word(notification, 'by'),
      new Date(word(notification, 'expires')),
    ]
    const handOver = notification.data['handOver'] === true
    const day = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
      dateStyle: 'long',
      timeZone: 'UTC',
    }).format(expires)
    const url = links.signed('confirmation', { id }, expires)
    return language === 'fr'
      ? {
          subject: handOver ? 'Confirmez la remise de matériel' : 'Confirmez le retour de matériel',
          lines: [
            handOver
              ? `${by} vous demande de confirmer que vous avez reçu :`
              : `${by} vous demande de confirmer que vous avez rendu :`,
            ...assets(notification),
            `Vous pouvez répondre jusqu’au ${day}, sans mot de passe.`,
          ],
          action: { label: 'Voir et répondre', url },
        }
      : {
          subject: handOver
            ? 'Please confirm that you have received equipment'
            : 'Please confirm that you have returned equipment',
          lines: [
            handOver
              ? `${by} asks you to confirm that you have received:`
              : `${by} asks you to confirm that you have returned:`,
            ...assets(notification),
            `You can answer until ${day}, without a password.`,
          ],
          action: { label: 'Look and answer', url },
        }
  },
  confirmationGiven: (notification, language, links) => ({
    subject: `#${notification.ticketNumber} ${notification.ticketSubject}`,
    lines: [
      answers[language][word(notification, 'answer')]?.(word(notification, 'person')) ?? '',
      ...assets(notification),
      word(notification, 'reason'),
    ].filter(Boolean),
    action: {
      label: language === 'fr' ? 'Ouvrir le ticket' : 'Open the ticket',
      url: links.ticket,
    },
  }),
}

const answers: Record<NotificationLanguage, Record<string, (person: string) => string>> = {
  en: {
    given: (person) => `${person} has confirmed:`,
    refused: (person) => `${person} has refused to confirm:`,
    expired: (person) => `${person} has not answered in time:`,
  },
  fr: {
    given: (person) => `${person} a confirmé :`,
    refused: (person) => `${person} a refusé de confirmer :`,
    expired: (person) => `${person} n’a pas répondu à temps :`,
  },
}

const assets = ({ data }: NotificationFacts): string[] =>
  Array.isArray(data['assets'])
    ? data['assets'].filter((name) => typeof name === 'string').map((name) => `– ${name}`)
    : []

const word = (notification: NotificationFacts, name: string): string => {
  const value = notification.data[name]
  return typeof value === 'string' ? value : ''
}
