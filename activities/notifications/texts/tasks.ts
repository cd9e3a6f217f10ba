import type { Language } from '../../../languages/language.ts'
import { say, weekdayIn } from '../../../languages/mail-words.ts'
import {
  aboutTicket,
  byOf,
  factOf,
  type NotificationFacts,
  type NotificationLinks,
  type NotificationText,
  type NotificationTexts,
} from '../notification-text.ts'

/** What those who are to do a task are told. */
export const taskTexts: NotificationTexts<'taskAssigned' | 'taskDue'> = {
  taskAssigned: (notification, language, links) =>
    aboutTask(
      notification,
      language,
      links,
      say(language, 'notification.taskAssigned', {
        by: byOf(notification, language),
        title: factOf(notification, 'title'),
      }),
      due(notification, language),
    ),
  taskDue: (notification, language, links) =>
    aboutTask(
      notification,
      language,
      links,
      say(language, 'notification.taskDue', { title: factOf(notification, 'title') }),
    ),
}

const aboutTask = (
  notification: NotificationFacts,
  language: Language,
  links: NotificationLinks,
  ...lines: string[]
): NotificationText => ({
  ...aboutTicket(notification, language, links, ...lines),
  action: { label: say(language, 'notification.open.task'), url: `${links.ticket}?tab=tasks` },
})

/** The day alone: which clock the reader lives by is not known here. */
function due(notification: NotificationFacts, language: Language): string {
  const at = factOf(notification, 'dueAt')
  return at && say(language, 'notification.due', { day: weekdayIn(language, new Date(at)) })
}
