import MailComposer from 'nodemailer/lib/mail-composer'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import { newInternetId } from '../../platform/smtp/message-id.ts'
import type { Language } from '../../languages/language.ts'
import { say } from '../../languages/mail-words.ts'
import type { NotificationTable, NotificationText } from './notification-text.ts'

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
      : say(language, choicesUrl ? 'notification.several' : 'notification.severalForYou', {
          count: texts.length,
        })
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
  const parts = texts.map(({ subject, lines, table, action }) =>
    [
      ...(texts.length > 1 ? [subject] : []),
      ...lines,
      ...(table ? [[...table.rows.map(({ line }) => line), ...table.totals].join('\n')] : []),
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
    ({ subject, lines, table, action }) =>
      `<div style="padding:0 0 28px">${
        texts.length > 1 ? `<p style="margin:0 0 8px;font-weight:600">${escaped(subject)}</p>` : ''
      }${lines
        .map((line) => `<p style="margin:0 0 12px">${paragraph(line)}</p>`)
        .join('')}${table ? htmlTable(table) : ''}${
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

/** Line breaks as tags: not every mail client knows `white-space`. */
const paragraph = (text: string): string => escaped(text).replaceAll('\n', '<br>\n')

function htmlTable({ head, rows, totals }: NotificationTable): string {
  const side = (index: number): string => (index === 0 ? 'left' : 'right')
  const cell = (text: string, index: number, tag: 'th' | 'td', style: string): string =>
    `<${tag} style="padding:6px 0 6px ${index === 0 ? 0 : 14}px;text-align:${side(index)};vertical-align:top;${style}">${paragraph(text)}</${tag}>`
  const line = 'border-bottom:1px solid #d0d5dd;'
  return `<table role="table" style="width:100%;margin:0 0 12px;border-collapse:collapse;font-size:14px"><thead><tr>${head
    .map((text, index) => cell(text, index, 'th', `${line}font-weight:600;color:#667085`))
    .join('')}</tr></thead><tbody>${rows
    .map(
      ({ cells }) =>
        `<tr>${cells.map((text, index) => cell(text, index, 'td', line)).join('')}</tr>`,
    )
    .join('')}</tbody></table>${totals
    .map(
      (total) =>
        `<p style="margin:0 0 12px;font-weight:600;text-align:right">${escaped(total)}</p>`,
    )
    .join('')}`
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
