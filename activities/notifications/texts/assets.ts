import { dayIn, say } from '../../../languages/mail-words.ts'
import {
  aboutTicket,
  byOf,
  factOf,
  type NotificationFacts,
  type NotificationTexts,
} from '../notification-text.ts'

/**
 * What people are told about the hand-over and return of assets. The page's address is made when
 * the mail is: it is never stored.
 */
export const assetTexts: NotificationTexts<'confirmationAsked' | 'confirmationGiven'> = {
  confirmationAsked: (notification, language, links) => {
    const expires = new Date(factOf(notification, 'expires'))
    const what = notification.data['handOver'] === true ? 'handOver' : 'return'
    return {
      subject: say(language, `notification.confirmation.${what}.subject`),
      lines: [
        say(language, `notification.confirmation.${what}.text`, {
          by: byOf(notification, language),
        }),
        ...assets(notification),
        say(language, 'notification.confirmation.until', { day: dayIn(language, expires) }),
      ],
      action: {
        label: say(language, 'notification.confirmation.look'),
        url: links.signed('confirmation', { id: factOf(notification, 'id') }, expires),
      },
    }
  },
  confirmationGiven: (notification, language, links) => {
    const answer = answers.find((one) => one === notification.data['answer'])
    const person = factOf(notification, 'person')
    return aboutTicket(
      notification,
      language,
      links,
      answer ? say(language, `notification.confirmation.${answer}`, { person }) : '',
      ...assets(notification),
      factOf(notification, 'reason'),
    )
  },
}

const answers = ['given', 'refused', 'expired'] as const

const assets = ({ data }: NotificationFacts): string[] =>
  Array.isArray(data['assets'])
    ? data['assets'].filter((name) => typeof name === 'string').map((name) => `– ${name}`)
    : []
