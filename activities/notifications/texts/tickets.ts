import type { Language } from '../../../languages/language.ts'
import { explanation } from '../../../domain/explanation.ts'
import { explainedIn } from '../../../languages/explanation.ts'
import { say } from '../../../languages/mail-words.ts'
import { problemCode } from '../../../domain/problem-codes.ts'
import { ticketStatus } from '../../../domain/vocabulary.ts'
import {
  aboutTicket,
  byOf,
  factOf,
  type NotificationFacts,
  type NotificationTexts,
} from '../notification-text.ts'

/** What owners and watchers are told, and who sent what could not be done. */
export const watcherTexts: NotificationTexts<
  'ticketAssigned' | 'replyArrived' | 'ticketChanged' | 'commandRefused'
> = {
  ticketAssigned: (notification, language, links) =>
    aboutTicket(
      notification,
      language,
      links,
      say(language, 'notification.ticketAssigned', { by: byOf(notification, language) }),
    ),
  replyArrived: (notification, language, links) =>
    aboutTicket(
      notification,
      language,
      links,
      say(language, 'notification.replyArrived', { by: byOf(notification, language) }),
      factOf(notification, 'preview'),
    ),
  ticketChanged: (notification, language, links) =>
    aboutTicket(notification, language, links, ...changed(notification, language)),
  commandRefused: (notification, language, links) =>
    aboutTicket(notification, language, links, ...refused(notification, language)),
}

function refused(notification: NotificationFacts, language: Language): string[] {
  if (notification.data['what'] !== 'vote')
    return [say(language, 'notification.refused.command'), reasonOf(notification, language)]
  const facts = { by: byOf(notification, language), subject: factOf(notification, 'subject') }
  return [
    notification.data['decision'] === 'approved'
      ? say(language, 'notification.refused.approval', facts)
      : say(language, 'notification.refused.refusal', facts),
  ]
}

/** The refusal in the reader's language; one that was written before it had a code, as it was. */
function reasonOf(notification: NotificationFacts, language: Language): string {
  const { data: code } = problemCode.safeParse(notification.data['code'])
  return code ? say(language, `problem.${code}`) : factOf(notification, 'message')
}

function changed(notification: NotificationFacts, language: Language): string[] {
  const by = byOf(notification, language)
  switch (notification.data['what']) {
    case 'undelivered':
      return [say(language, 'notification.changed.undelivered'), detailOf(notification, language)]
    case 'replied':
      return [
        say(language, 'notification.changed.replied', { by }),
        factOf(notification, 'preview'),
      ]
    case 'note':
      return [say(language, 'notification.changed.note', { by }), factOf(notification, 'preview')]
    default: {
      const status = notification.statusName || usualStatus(notification, language)
      return [say(language, 'notification.changed.status', { by, status })]
    }
  }
}

/** What a mail server said, or what is known of it. */
function detailOf({ data }: NotificationFacts, language: Language): string {
  const told = explanation.safeParse(data['detail'])
  return told.success ? explainedIn(language, told.data) : ''
}

function usualStatus(notification: NotificationFacts, language: Language): string {
  const { data: status } = ticketStatus.safeParse(notification.data['status'])
  return status ? say(language, `notification.status.${status}`) : factOf(notification, 'status')
}
