import type { Logger } from 'pino'
import { noticeTraits } from '../../domain/notices.ts'
import { writtenAddress } from '../../platform/correspondence.ts'
import type { Database } from '../../platform/database.ts'
import { instanceId } from '../../platform/instance-id.ts'
import { type SignedPagePurpose, signPage } from '../../platform/signed-page.ts'
import { accountOfUrl, type SmtpAccount } from '../../platform/smtp-transport.ts'
import { startSweep } from '../../platform/sweep.ts'
import { SmtpSessions } from '../mail-out/smtp-sessions.ts'
import { senderAccount, type SenderRow } from '../mail-out/transport-choice.ts'
import { claimDueNotices, dropMail, type DueNotice, markFailed, markMailed } from './due-notices.ts'
import { composeNoticeMail } from './notice-mail.ts'
import type { NoticeLinks, NoticeText } from './notice-words.ts'
import { noticeWords } from './words.ts'

export interface NoticeDependencies {
  db: Database
  secretKey: Buffer
  defaultSmtpUrl?: string | undefined
  defaultFrom: string
  /** Of the web app, without a trailing slash. */
  publicUrl: string
  log: Pick<Logger, 'warn'>
}

const EVERY_MS = 2_000
const MOST_RECIPIENTS = 50

/**
 * Mails what people are to be told, one mail for each person and time. Several workers share the
 * work.
 * @returns how to end it.
 */
export function startNotices(deps: NoticeDependencies): { stop: () => Promise<void> } {
  const sessions = new SmtpSessions()
  const sweep = startSweep(
    EVERY_MS,
    async () => {
      for (const group of await claimDueNotices(deps.db.pool, MOST_RECIPIENTS))
        await mailGroup(deps, sessions, group)
    },
    (error) => {
      deps.log.warn({ error }, 'notices could not be mailed; trying again')
    },
  )
  return {
    async stop() {
      await sweep.stop()
      sessions.close()
    },
  }
}

/**
 * A mail that leaves twice, because the process died in between, has the same Message-ID: most mail
 * clients show it once.
 */
async function mailGroup(
  deps: NoticeDependencies,
  sessions: SmtpSessions,
  group: readonly DueNotice[],
): Promise<void> {
  const { pool } = deps.db
  const unseen = group.filter((notice) => noticeTraits[notice.kind].sight && !notice.sees)
  if (unseen.length > 0)
    await dropMail(
      pool,
      unseen.map(({ id }) => id),
      'may not see the ticket any more',
    )
  const told = group
    .filter((notice) => !unseen.includes(notice))
    .flatMap((notice) => {
      const text = textOf(deps, notice)
      return text ? [{ notice, text }] : []
    })
  const wordless = group.filter(
    (notice) => !unseen.includes(notice) && !told.some((one) => one.notice === notice),
  )
  if (wordless.length > 0)
    await dropMail(
      pool,
      wordless.map(({ id }) => id),
      'has no words',
    )
  const first = told[0]?.notice
  if (!first) return
  const ids = told.map(({ notice }) => notice.id)
  try {
    const way = await wayOut(deps, first.departmentId)
    if (!way)
      return await markFailed(
        pool,
        ids,
        'No mail server is set up: neither DEFAULT_SMTP_URL nor a sender of a department.',
      )
    const mail = await composeNoticeMail({
      id: first.id,
      from: way.from,
      to: { address: first.email, name: first.name },
      language: first.language,
      texts: told.map(({ text }) => text),
      choicesUrl: first.userId ? `${deps.publicUrl}/settings/notices` : null,
      origin: `${instanceId(deps.secretKey)}/${first.ticketNumber}`,
    })
    await sessions.use(way.account, (session) =>
      session.send({ from: way.from.address, to: [first.email] }, mail),
    )
    await markMailed(pool, ids)
  } catch (error) {
    await markFailed(pool, ids, error instanceof Error ? error.message : String(error))
  }
}

function textOf(deps: NoticeDependencies, notice: DueNotice): NoticeText | null {
  const { ticketNumber, ticketSubject, kind, data, statusName, userId, email, name, language } =
    notice
  return (
    noticeWords[kind]?.(
      { ticketNumber, ticketSubject, kind, data, statusName, to: { userId, email, name } },
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
  { publicUrl, secretKey }: NoticeDependencies,
  ticketNumber: number,
): NoticeLinks => ({
  ticket: `${publicUrl}/tickets/${ticketNumber}`,
  page: (path) => `${publicUrl}${path}`,
  signed: (purpose, subject, expires) =>
    `${publicUrl}/${signedPages[purpose]}/${signPage(secretKey, purpose, subject, expires)}`,
})

/**
 * Notices leave as DoNotReply through the default relay; without one, as the department of the
 * ticket, else as any that has a sender.
 */
async function wayOut(
  { db, secretKey, defaultSmtpUrl, defaultFrom }: NoticeDependencies,
  departmentId: string,
): Promise<{ account: SmtpAccount; from: { address: string; name: string } } | null> {
  if (defaultSmtpUrl)
    return { account: accountOfUrl(defaultSmtpUrl), from: writtenAddress(defaultFrom) }
  const {
    rows: [sender],
  } = await db.pool.query<SenderRow>(
    `SELECT department_id, "from", host, port, secure, "user", password_sealed, allow_invalid_certificate, dkim FROM sender ORDER BY department_id = $1 DESC LIMIT 1`,
    [departmentId],
  )
  return sender
    ? { account: senderAccount(sender, secretKey), from: writtenAddress(sender.from) }
    : null
}
