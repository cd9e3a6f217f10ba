import { z } from 'zod'
import { asked } from '../../domain/asked.ts'
import { cut } from '../../domain/cut.ts'
import { askedIn } from './asked.ts'
import type { ApprovalRequest } from './approval-requests.ts'
import type { Language } from '../../languages/language.ts'
import { type CustomLabels, NO_CUSTOM_LABELS } from '../../languages/custom-labels.ts'
import { refusalIn } from '../../application/tickets/refusal-sentence.ts'
import { say } from '../../languages/mail-words.ts'
import type { NotificationKind } from '../../domain/notifications.ts'
import { valuesOfRefusal } from '../../domain/problem-codes.ts'

/** Pages that somebody without an account opens by a signed address. */
export type SignedPagePurpose = 'approval' | 'confirmation'

/** A notification as its texts need it. */
export interface NotificationFacts {
  ticketNumber: number
  ticketSubject: string
  kind: NotificationKind
  data: Record<string, unknown>
  /** What admins call statuses and resolutions. */
  labels?: CustomLabels
  /** What the person wrote with what could not be done. */
  written?: readonly string[]
  to: { userId: string | null; email: string; name: string }
  /** What an approver is asked, in full, where it is still asked. */
  request?: ApprovalRequest | undefined
}

/** Addresses of the web app. */
export interface NotificationLinks {
  /** The ticket's page. */
  ticket: string
  /** @param path beginning with a slash. */
  page: (path: string) => string
  /**
   * A page that needs no account, for this person and this purpose alone: platform/secrets/signed-page.ts.
   */
  signed: (purpose: SignedPagePurpose, subject: Record<string, string>, expires: Date) => string
}

/**
 * What a person reads: a subject, some lines, and one thing to do. Plain text; the mail's HTML is
 * made of the same.
 */
export interface NotificationText {
  subject: string
  lines: string[]
  /** Below the lines: each row as a line, and its cells where a mail can show a table. */
  table?: NotificationTable
  action?: { label: string; url: string }
}

/** Rows of figures; all cells but the first of a row are set to the right. */
export interface NotificationTable {
  head: string[]
  rows: { line: string; cells: string[] }[]
  /** One for each currency. */
  totals: string[]
}

/** The texts of some kinds of notification. */
export type NotificationTexts<K extends NotificationKind> = {
  [T in K]: (
    notification: NotificationFacts,
    language: Language,
    links: NotificationLinks,
  ) => NotificationText
}

/** @returns a text among a notification's facts; empty when there is none of that name. */
export const factOf = ({ data }: NotificationFacts, name: string): string => {
  const value = data[name]
  return typeof value === 'string' ? value : ''
}

/** @returns who did it; Guichet, when it was nobody with a name. */
export const byOf = (notification: NotificationFacts, language: Language): string =>
  factOf(notification, 'by') || say(language, 'notification.somebody')

/** A refusal in the reader's language; one that was written before it had a code, as it was. */
export const reasonOf = (notification: NotificationFacts, language: Language): string =>
  refusalIn(
    language,
    {
      code: factOf(notification, 'code'),
      message: factOf(notification, 'message'),
      values: valuesOfRefusal.safeParse(notification.data['values']).data,
    },
    notification.labels,
  )

/** Characters of each text that is given back by mail; all of it can be had by the API. */
const MOST_WRITTEN = 20_000

/** What was asked and could not be done, why, and what the person wrote with it, theirs again. */
export const refusedLines = (notification: NotificationFacts, language: Language): string[] => [
  askedLines(notification, language),
  ...reasonAndWritten(notification, language),
]

export function reasonAndWritten(notification: NotificationFacts, language: Language): string[] {
  const { written = [] } = notification
  return [
    reasonOf(notification, language),
    ...(written.length > 0 ? [say(language, 'notification.refused.written')] : []),
    ...written.map((text) => {
      const lines = text.replaceAll('\r\n', '\n')
      return lines.length > MOST_WRITTEN ? `${cut(lines, MOST_WRITTEN)}…` : lines
    }),
  ]
}

/** What was asked, a line each. */
function askedLines(notification: NotificationFacts, language: Language): string {
  const { data, labels = NO_CUSTOM_LABELS } = notification
  const { data: all = [] } = z.array(asked).safeParse(data['asked'])
  return all.map((one) => `– ${askedIn(language, one, labels)}`).join('\n')
}

/** What is told of a ticket to those who may read it: under its subject, with a link to it. */
export const aboutTicket = (
  { ticketNumber, ticketSubject }: NotificationFacts,
  language: Language,
  links: NotificationLinks,
  ...lines: string[]
): NotificationText => ({
  subject: `#${ticketNumber} ${ticketSubject}`,
  lines: lines.filter(Boolean),
  action: openTicket(language, links),
})

export const openTicket = (language: Language, links: NotificationLinks) => ({
  label: say(language, 'notification.open.ticket'),
  url: links.ticket,
})
