import { z } from 'zod'
import { asked } from '../../../domain/asked.ts'
import type { Language } from '../../../languages/language.ts'
import { explanation } from '../../../domain/explanation.ts'
import { explainedIn } from '../../../languages/explanation.ts'
import { say } from '../../../languages/mail-words.ts'
import { ticketStatus } from '../../../domain/vocabulary.ts'
import {
  aboutTicket,
  byOf,
  factOf,
  type NotificationFacts,
  type NotificationTexts,
  reasonOf,
} from '../notification-text.ts'
import { askedIn } from './asked.ts'

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
    return [
      say(language, 'notification.refused.command'),
      askedLines(notification, language),
      reasonOf(notification, language),
    ]
  const facts = { by: byOf(notification, language), subject: factOf(notification, 'subject') }
  return [
    notification.data['decision'] === 'approved'
      ? say(language, 'notification.refused.approval', facts)
      : say(language, 'notification.refused.refusal', facts),
  ]
}

/** What was asked, a line each. */
function askedLines({ data }: NotificationFacts, language: Language): string {
  const { data: all = [] } = z.array(asked).safeParse(data['asked'])
  return all.map((one) => `– ${askedIn(language, one)}`).join('\n')
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
