import type { Language } from '../../../languages/language.ts'
import { explanation } from '../../../domain/explanation.ts'
import { explainedIn } from '../../../languages/explanation.ts'
import { say } from '../../../languages/mail-words.ts'
import { NO_CUSTOM_LABELS, statusIn } from '../../../languages/custom-labels.ts'
import {
  aboutTicket,
  byOf,
  factOf,
  type NotificationFacts,
  type NotificationTexts,
  refusedLines,
} from '../notification-text.ts'

/** What owners and watchers are told, and who sent what could not be done. */
export const watcherTexts: NotificationTexts<
  'ticketAssigned' | 'replyArrived' | 'ticketChanged' | 'commandRefused' | 'answerRefused'
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
  // They may not see the ticket: it is about what they asked alone.
  answerRefused: (notification, language) => ({
    subject: say(language, 'notification.refused.subject'),
    lines: [
      say(language, 'notification.refused.answer'),
      ...refusedLines(notification, language),
    ].filter(Boolean),
  }),
}

function refused(notification: NotificationFacts, language: Language): string[] {
  if (notification.data['what'] !== 'vote')
    return [say(language, 'notification.refused.command'), ...refusedLines(notification, language)]
  const facts = { by: byOf(notification, language), subject: factOf(notification, 'subject') }
  return [
    notification.data['decision'] === 'approved'
      ? say(language, 'notification.refused.approval', facts)
      : say(language, 'notification.refused.refusal', facts),
  ]
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
      const { labels = NO_CUSTOM_LABELS } = notification
      const status = statusIn(language, factOf(notification, 'status'), labels)
      return [say(language, 'notification.changed.status', { by, status })]
    }
  }
}

/** What a mail server said, or what is known of it. */
function detailOf({ data }: NotificationFacts, language: Language): string {
  const told = explanation.safeParse(data['detail'])
  return told.success ? explainedIn(language, told.data) : ''
}
