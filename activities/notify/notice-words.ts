import type { NoticeKind } from '../../domain/notices.ts'
import type { SignedPagePurpose } from '../../platform/signed-page.ts'

export type NoticeLanguage = 'en' | 'fr'

/** A notice as its words need it. */
export interface NoticeFacts {
  ticketNumber: number
  ticketSubject: string
  kind: NoticeKind
  data: Record<string, unknown>
  /** What admins call the status that it tells of; empty: the usual word. */
  statusName?: string
  to: { userId: string | null; email: string; name: string }
}

/** Addresses of the web app. */
export interface NoticeLinks {
  /** The ticket's page. */
  ticket: string
  /** @param path beginning with a slash. */
  page: (path: string) => string
  /**
   * A page that needs no account, for this person and this purpose alone: platform/signed-page.ts.
   */
  signed: (purpose: SignedPagePurpose, subject: Record<string, string>, expires: Date) => string
}

/**
 * What a person reads: a subject, some lines, and one thing to do. Plain text; the mail's HTML is
 * made of the same.
 */
export interface NoticeText {
  subject: string
  lines: string[]
  action?: { label: string; url: string }
}

/** The words of some kinds of notice. */
export type NoticeWords<K extends NoticeKind> = {
  [T in K]: (notice: NoticeFacts, language: NoticeLanguage, links: NoticeLinks) => NoticeText
}
