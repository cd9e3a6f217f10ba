/** The sentences that Guichet itself writes into mail, in the languages it answers in. */
export type MailLanguage = 'en' | 'fr' | 'de'

/**
 * @param tag a language tag such as `fr-CH`, or what a mail said of itself.
 * @returns English for every language without sentences of its own.
 */
export function mailLanguage(tag: string | null | undefined): MailLanguage {
  const primary = tag?.trim().slice(0, 2).toLowerCase()
  return primary === 'fr' || primary === 'de' ? primary : 'en'
}

/**
 * What an acknowledgement names. Nothing of the request's content is repeated: its sender may have
 * been forged.
 */
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
  /** @param day on which the ticket is closed; null: it is not. */
  reminder: (facts: AcknowledgementFacts, day: string | null) => string[]
  closing: (facts: AcknowledgementFacts) => string[]
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
    reminder: ({ ticketNumber, subject, department, oneWay }, day) => [
      'Hello,',
      `we are waiting for your answer to our question about request #${ticketNumber}:`,
      `    ${subject}`,
      oneWay
        ? `This message cannot be answered. To answer, write again to the address you wrote to, with [#${ticketNumber}] in the subject.`
        : 'Please answer this message or our last one.',
      ...(day === null ? [] : [`Without an answer the request will be closed on ${day}.`]),
      department,
    ],
    closing: ({ ticketNumber, subject, department, oneWay }) => [
      'Hello,',
      `we have not heard from you about request #${ticketNumber} and have closed it:`,
      `    ${subject}`,
      oneWay
        ? `To open it again, write to the address you wrote to, with [#${ticketNumber}] in the subject.`
        : 'If it is not settled, answer this message and it is open again.',
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
    reminder: ({ ticketNumber, subject, department, oneWay }, day) => [
      'Bonjour,',
      `nous attendons votre réponse à notre question au sujet de la demande #${ticketNumber} :`,
      `    ${subject}`,
      oneWay
        ? `Il n’est pas possible de répondre à ce message. Pour répondre, écrivez de nouveau à l’adresse que vous avez utilisée, avec [#${ticketNumber}] dans l’objet.`
        : 'Merci de répondre à ce message ou au précédent.',
      ...(day === null ? [] : [`Sans réponse de votre part, la demande sera fermée le ${day}.`]),
      department,
    ],
    closing: ({ ticketNumber, subject, department, oneWay }) => [
      'Bonjour,',
      `sans nouvelles de votre part au sujet de la demande #${ticketNumber}, nous l’avons fermée :`,
      `    ${subject}`,
      oneWay
        ? `Pour la rouvrir, écrivez à l’adresse que vous avez utilisée, avec [#${ticketNumber}] dans l’objet.`
        : 'Si elle n’est pas réglée, répondez à ce message et elle sera rouverte.',
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
    reminder: ({ ticketNumber, subject, department, oneWay }, day) => [
      'Guten Tag,',
      `wir warten auf Ihre Antwort auf unsere Frage zur Anfrage #${ticketNumber}:`,
      `    ${subject}`,
      oneWay
        ? `Auf diese Nachricht kann nicht geantwortet werden. Um zu antworten, schreiben Sie noch einmal an dieselbe Adresse, mit [#${ticketNumber}] im Betreff.`
        : 'Bitte antworten Sie auf diese oder unsere letzte Nachricht.',
      ...(day === null ? [] : [`Ohne Antwort wird die Anfrage am ${day} geschlossen.`]),
      department,
    ],
    closing: ({ ticketNumber, subject, department, oneWay }) => [
      'Guten Tag,',
      `zur Anfrage #${ticketNumber} haben wir nichts mehr von Ihnen gehört und haben sie geschlossen:`,
      `    ${subject}`,
      oneWay
        ? `Um sie wieder zu öffnen, schreiben Sie an dieselbe Adresse, mit [#${ticketNumber}] im Betreff.`
        : 'Falls sie nicht erledigt ist, antworten Sie auf diese Nachricht, dann ist sie wieder offen.',
      department,
    ],
  },
}

/** @returns the whole plain text of "we have received your request". */
export const acknowledgementText = (language: MailLanguage, facts: AcknowledgementFacts): string =>
  sentences[language].acknowledgement(facts).join('\n\n')

/**
 * @returns the whole plain text of "we wait for your answer".
 * @param closesAt when the ticket is closed without one.
 */
export const reminderText = (
  language: MailLanguage,
  facts: AcknowledgementFacts,
  closesAt: Date | null,
): string =>
  sentences[language]
    .reminder(
      facts,
      closesAt &&
        new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeZone: 'UTC' }).format(
          closesAt,
        ),
    )
    .join('\n\n')

/** @returns the whole plain text of "we have closed your request". */
export const closingText = (language: MailLanguage, facts: AcknowledgementFacts): string =>
  sentences[language].closing(facts).join('\n\n')

/**
 * @returns the line above quoted text.
 * @param when the quoted message's date.
 */
export const attribution = (language: MailLanguage, who: string, when: Date): string =>
  sentences[language].attribution(
    who,
    new Intl.DateTimeFormat(locales[language], {
      dateStyle: 'long',
      timeStyle: 'short',
      timeZone: 'UTC',
    }).format(when) + ' UTC',
  )

/** @returns the line under a message that leaves from DoNotReply. */
export const cannotBeAnswered = (language: MailLanguage): string =>
  sentences[language].cannotBeAnswered

const locales: Record<MailLanguage, string> = { en: 'en-GB', fr: 'fr-FR', de: 'de-DE' }
