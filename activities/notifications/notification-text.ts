import type { NotificationKind } from '../../domain/notifications.ts'

/** Pages that somebody without an account opens by a signed address. */
export type SignedPagePurpose = 'approval' | 'confirmation'

export type NotificationLanguage = 'en' | 'fr'

/** A notification as its texts need it. */
export interface NotificationFacts {
  ticketNumber: number
  ticketSubject: string
  kind: NotificationKind
  data: Record<string, unknown>
  /** What admins call the status that it tells of; empty: the usual word. */
  statusName?: string
  to: { userId: string | null; email: string; name: string }
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
  action?: { label: string; url: string }
}

/** The texts of some kinds of notification. */
export type NotificationTexts<K extends NotificationKind> = {
  [T in K]: (
    notification: NotificationFacts,
    language: NotificationLanguage,
    links: NotificationLinks,
  ) => NotificationText
}
