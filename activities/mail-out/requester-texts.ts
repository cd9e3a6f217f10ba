import type { MailKey } from '../../languages/keys.ts'
import type { Language } from '../../languages/language.ts'
import { dayIn, momentIn, say } from '../../languages/mail-words.ts'

/**
 * What an automatic mail to a requester names. Nothing of the request's content is repeated: its
 * sender may have been forged.
 */
export interface RequestFacts {
  ticketNumber: number
  subject: string
  department: string
  oneWay: boolean
}

/** @returns the whole plain text of "we have received your request". */
export const acknowledgementText = (language: Language, facts: RequestFacts): string =>
  requesterText(language, 'acknowledgement', facts)

/**
 * @returns the whole plain text of "we wait for your answer".
 * @param closesAt when the ticket is closed without one.
 */
export const reminderText = (
  language: Language,
  facts: RequestFacts,
  closesAt: Date | null,
): string =>
  requesterText(
    language,
    'reminder',
    facts,
    ...(closesAt
      ? [say(language, 'requester.reminder.closesOn', { day: dayIn(language, closesAt) })]
      : []),
  )

/** @returns the whole plain text of "we have closed your request". */
export const closingText = (language: Language, facts: RequestFacts): string =>
  requesterText(language, 'closing', facts)

function requesterText(
  language: Language,
  kind: 'acknowledgement' | 'reminder' | 'closing',
  { ticketNumber: number, subject, department, oneWay }: RequestFacts,
  ...further: string[]
): string {
  const answer: MailKey = `requester.${kind}.${oneWay ? 'oneWay' : 'answer'}`
  return [
    say(language, 'requester.greeting'),
    say(language, `requester.${kind}.opening`, { number }),
    `    ${subject}`,
    say(language, answer, { number }),
    ...further,
    department,
  ].join('\n\n')
}

/**
 * @returns the line above quoted text.
 * @param when the quoted message's date.
 */
export const attribution = (language: Language, who: string, when: Date): string =>
  say(language, 'reply.attribution', { who, when: momentIn(language, when) })

/** @returns the line under a message that leaves from DoNotReply. */
export const cannotBeAnswered = (language: Language): string =>
  say(language, 'reply.cannotBeAnswered')
