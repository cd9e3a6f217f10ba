import MailComposer from 'nodemailer/lib/mail-composer'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import { newInternetId } from '../../platform/smtp/message-id.ts'
import type { Language } from '../../languages/language.ts'
import { say } from '../../languages/mail-words.ts'
import type { NotificationText } from './notification-text.ts'

export interface NotificationMail {
  /** Of the first notification in it: the Message-ID is the same when sending is tried again. */
  id: string
  from: MailAddress
  to: MailAddress
  language: Language
  texts: readonly NotificationText[]
  /** Where the person chooses what is mailed; null for somebody without an account. */
  choicesUrl: string | null
  /** Tells our own mail when it comes back: `X-Guichet-Ticket`. */
  origin: string
}

/**
 * One mail for everything that a person is told at once. Machine made (RFC 3834 section 5), and
 * says how to hear less (RFC 2369).
 */
export function composeNotificationMail({
  id,
  from,
  to,
  language,
  texts,
  choicesUrl,
  origin,
}: NotificationMail): Promise<Buffer> {
  const subject =
    texts.length === 1
      ? (texts[0]?.subject ?? '')
      : say(language, 'notification.several', { count: texts.length })
  return new MailComposer({
    messageId: `<${newInternetId(id, from)}>`,
    from: { address: from.address, name: from.name || 'Guichet' },
    to: { address: to.address, name: to.name },
    subject,
    text: plain(texts, language, choicesUrl),
    html: html(texts, language, choicesUrl),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Guichet-Ticket': origin,
      ...(choicesUrl ? { 'List-Unsubscribe': `<${choicesUrl}>` } : {}),
    },
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
}

function plain(
  texts: readonly NotificationText[],
  language: Language,
  choicesUrl: string | null,
): string {
  const parts = texts.map(({ subject, lines, action }) =>
    [
      ...(texts.length > 1 ? [subject] : []),
      ...lines,
      ...(action ? [say(language, 'notification.link', action)] : []),
    ].join('\n\n'),
  )
  return [
    ...parts,
    ...(choicesUrl
      ? [
          `-- \n${say(language, 'notification.link', { label: say(language, 'notification.choose'), url: choicesUrl })}`,
        ]
      : []),
  ].join('\n\n\n')
}

/** Mail clients know little CSS: inline, and nothing that breaks without it. */
function html(
  texts: readonly NotificationText[],
  language: Language,
  choicesUrl: string | null,
): string {
  const sections = texts.map(
    ({ subject, lines, action }) =>
      `<div style="padding:0 0 28px">${
        texts.length > 1 ? `<p style="margin:0 0 8px;font-weight:600">${escaped(subject)}</p>` : ''
      }${lines
        .map((line) => `<p style="margin:0 0 12px;white-space:pre-line">${escaped(line)}</p>`)
        .join('')}${
        action
          ? `<p style="margin:16px 0 0"><a href="${escaped(action.url)}" style="display:inline-block;padding:9px 16px;border-radius:8px;background:#3b5bdb;color:#ffffff;text-decoration:none;font-weight:600">${escaped(action.label)}</a></p>`
          : ''
      }</div>`,
  )
  const foot = choicesUrl
    ? `<p style="margin:0;font-size:12px;color:#667085"><a href="${escaped(choicesUrl)}" style="color:#667085">${escaped(say(language, 'notification.choose'))}</a></p>`
    : ''
  return `<!doctype html><html lang="${language}"><body style="margin:0;padding:28px;font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;color:#1d2433"><div style="max-width:560px">${sections.join('')}${foot}</div></body></html>`
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
