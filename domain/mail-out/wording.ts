/** The sentences that Guichet itself writes into mail, in the languages it answers in. */
export type MailLanguage = 'en' | 'fr' | 'de'

/** @param tag a language tag such as `fr-CH`, or what a mail said of itself. @returns English for every language without sentences of its own. */
export function mailLanguage(tag: string | null | undefined): MailLanguage {
  const primary = tag?.trim().slice(0, 2).toLowerCase()
  return primary === 'fr' || primary === 'de' ? primary : 'en'
}

/** What an acknowledgement names. Nothing of the request's content is repeated: its sender may have been forged. */
export interface AcknowledgementFacts {
  ticketNumber: number
  subject: string
  department: string
  oneWay: boolean
}

interface Sentences {
  attribution: (who: string, when: string) => string
  cannotBeAnswered: string
  acknowledgement: (facts: AcknowledgementFacts) => string[]
}

const sentences: Record<MailLanguage, Sentences> = {
  en: {
    attribution: (who, when) => `On ${when}, ${who} wrote:`,
    cannotBeAnswered: 'This message was sent from an address that receives no answers.',
    acknowledgement: ({ ticketNumber, subject, department, oneWay }) => [
      'Hello,',
      `we have received your request. It has the number #${ticketNumber}:`,
      `    ${subject}`,
      oneWay
        ? `This message cannot be answered. To add something, write again to the address you wrote to, with [#${ticketNumber}] in the subject.`
        : 'To add something, answer this message.',
      department,
    ],
  },
  fr: {
    attribution: (who, when) => `Le ${when}, ${who} a écrit :`,
    cannotBeAnswered: 'Ce message a été envoyé depuis une adresse qui ne reçoit pas de réponses.',
    acknowledgement: ({ ticketNumber, subject, department, oneWay }) => [
      'Bonjour,',
      `nous avons bien reçu votre demande. Elle porte le numéro #${ticketNumber} :`,
      `    ${subject}`,
      oneWay
        ? `Il n’est pas possible de répondre à ce message. Pour ajouter quelque chose, écrivez de nouveau à l’adresse que vous avez utilisée, avec [#${ticketNumber}] dans l’objet.`
        : 'Pour ajouter quelque chose, répondez à ce message.',
      department,
    ],
  },
  de: {
    attribution: (who, when) => `Am ${when} schrieb ${who}:`,
    cannotBeAnswered: 'Diese Nachricht kommt von einer Adresse, die keine Antworten empfängt.',
    acknowledgement: ({ ticketNumber, subject, department, oneWay }) => [
      'Guten Tag,',
      `wir haben Ihre Anfrage erhalten. Sie hat die Nummer #${ticketNumber}:`,
      `    ${subject}`,
      oneWay
        ? `Auf diese Nachricht kann nicht geantwortet werden. Um etwas zu ergänzen, schreiben Sie noch einmal an dieselbe Adresse, mit [#${ticketNumber}] im Betreff.`
        : 'Um etwas zu ergänzen, antworten Sie auf diese Nachricht.',
      department,
    ],
  },
}

/** @returns the whole plain text of "we have received your request". */
export const acknowledgementText = (language: MailLanguage, facts: AcknowledgementFacts): string =>
  sentences[language].acknowledgement(facts).join('\n\n')

/** @returns the line above quoted text. @param when the quoted message's date. */
export const attribution = (language: MailLanguage, who: string, when: Date): string =>
  sentences[language].attribution(who, new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(when) + ' UTC')

/** @returns the line under a message that leaves from DoNotReply. */
export const cannotBeAnswered = (language: MailLanguage): string => sentences[language].cannotBeAnswered

const locales: Record<MailLanguage, string> = { en: 'en-GB', fr: 'fr-FR', de: 'de-DE' }
