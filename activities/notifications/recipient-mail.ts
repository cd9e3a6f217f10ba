import { FALLBACK, type Language } from '../../languages/language.ts'
import { notificationTraits } from '../../domain/notifications.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { instanceId } from '../mail-out/instance-id.ts'
import { signPage } from '../../platform/secrets/signed-page.ts'
import { automaticSender, type AutomaticSending } from '../../application/mail-out/senders.ts'
import type { NotificationRecipient } from '../../application/notifications/notification-mail-workflow.ts'
import { AccountBusyError } from '../mail-out/account-queue.ts'
import type { SmtpSessions } from '../mail-out/smtp-pool.ts'
import {
  dropMail,
  dueNotifications,
  type DueNotification,
  markFailed,
  markMailed,
  nextDue,
} from './due-notifications.ts'
import { composeNotificationMail } from './notification-mail.ts'
import type { NotificationLinks, NotificationText, SignedPagePurpose } from './notification-text.ts'
import { notificationTexts } from './texts/index.ts'

export interface NotificationDependencies extends AutomaticSending {
  db: Database
  /** Of the web app, without a trailing slash. */
  publicUrl: string
}

/**
 * Mails what one person is to be told by now, all in one mail.
 * @returns when the next of their notifications is to be mailed, null when none waits.
 * @throws when the mail server does not take it: a later attempt takes up what has come by then.
 */
export async function mailRecipient(
  deps: NotificationDependencies,
  sessions: SmtpSessions,
  recipient: NotificationRecipient,
): Promise<Date | null> {
  const group = await dueNotifications(deps.db, recipient)
  if (group.length > 0) await mailGroup(deps, sessions, group)
  return nextDue(deps.db, recipient)
}

/**
 * A mail that leaves twice, because the process died in between, has the same Message-ID: most mail
 * clients show it once.
 */
async function mailGroup(
  deps: NotificationDependencies,
  sessions: SmtpSessions,
  group: readonly DueNotification[],
): Promise<void> {
  const { db } = deps
  const unauthorised = group.filter(
    (notification) =>
      notificationTraits[notification.kind].authorisedOnly && !notification.authorised,
  )
  if (unauthorised.length > 0)
    await dropMail(
      db,
      unauthorised.map(({ id }) => id),
      'may not see the ticket any more',
    )
  // One mail, one language: of what comes together, the latest says how the person is written to.
  const language = group.at(-1)?.language ?? FALLBACK
  const notified = group
    .filter((notification) => !unauthorised.includes(notification))
    .flatMap((notification) => {
      const text = textOf(deps, notification, language)
      return text ? [{ notification, text }] : []
    })
  const withoutText = group.filter(
    (notification) =>
      !unauthorised.includes(notification) &&
      !notified.some((one) => one.notification === notification),
  )
  if (withoutText.length > 0)
    await dropMail(
      db,
      withoutText.map(({ id }) => id),
      'has no text',
    )
  const first = notified[0]?.notification
  if (!first) return
  const ids = notified.map(({ notification }) => notification.id)
  try {
    const way = await automaticSender(deps.db, deps, first.departmentId)
    if (!way) throw new NoMailServerError()
    const mail = await composeNotificationMail({
      id: first.id,
      from: way.from,
      to: { address: first.email, name: first.name },
      language,
      texts: notified.map(({ text }) => text),
      choicesUrl: first.userId ? `${deps.publicUrl}/settings/notifications` : null,
      origin: `${instanceId(deps.secretKeys)}/${first.ticketNumber}`,
    })
    await sessions.use(way.account, (session) =>
      session.send({ from: way.from.address, to: [first.email] }, mail),
    )
    await markMailed(db, ids)
  } catch (error) {
    if (error instanceof AccountBusyError) throw error
    await markFailed(db, ids, error instanceof Error ? error.message : String(error))
    throw error
  }
}

class NoMailServerError extends Error {
  readonly code = 'mail-server-missing'
  constructor() {
    super('No mail server is set up: neither DEFAULT_SMTP_URL nor a sender of a department.')
  }
}

function textOf(
  deps: NotificationDependencies,
  notification: DueNotification,
  language: Language,
): NotificationText | null {
  const { ticketNumber, ticketSubject, kind, data, labels, written, request } = notification
  const { userId, email, name } = notification
  return (
    notificationTexts[kind]?.(
      {
        ticketNumber,
        ticketSubject,
        kind,
        data,
        labels,
        written,
        request,
        to: { userId, email, name },
      },
      language,
      linksOf(deps, ticketNumber),
    ) ?? null
  )
}

/** Where the web app shows each signed page. */
const signedPages: Record<SignedPagePurpose, string> = {
  approval: 'approve',
  confirmation: 'confirm',
}

const linksOf = (
  { publicUrl, secretKeys }: NotificationDependencies,
  ticketNumber: number,
): NotificationLinks => ({
  ticket: `${publicUrl}/tickets/${ticketNumber}`,
  page: (path) => `${publicUrl}${path}`,
  signed: (purpose, subject, expires) =>
    `${publicUrl}/${signedPages[purpose]}/${signPage(secretKeys, purpose, subject, expires)}`,
})
