import { cut } from '../cut.ts'
import { addressesIn } from './addresses.ts'
import {
  isBounceOfDaemon,
  nonStandardReport,
  noted,
  speaksOfDelay,
  statusIn,
} from './delivery-report-nonstandard.ts'
import { valueOf } from './header-fields.ts'
import { messageIds } from './message-ids.ts'
import { anyOf } from './words/any-of.ts'
import { wordsOfAll } from './words/languages.ts'
import type { DeliveryReport, HeaderField } from './parsed-mail.ts'
import type { Recipient, ReportInput } from './returned-mail.ts'

/**
 * What a mail system says of a mail of ours: RFC 3464, or a bounce in the older forms of qmail,
 * Exim, Exchange and others. A read receipt (RFC 8098) is no delivery report.
 * @returns null for all other mail.
 */
export function deliveryReport(mail: ReportInput): DeliveryReport | null {
  if (mail.reportType === 'disposition-notification') return null
  const recipients = statusesOf(mail)
    .flatMap(statusRecipients)
    .slice(0, 1000)
    .map((recipient) => explained(recipient, mail.text))
  const standard =
    recipients.length > 0 ||
    (mail.contentType === 'multipart/report' &&
      (mail.reportType === 'delivery-status' || (mail.reportType === '' && isBounceOfDaemon(mail))))
  const older = recipients.length > 0 ? [] : nonStandardReport(mail)
  if (!standard && older.length === 0 && !isBounceOfDaemon(mail)) return null
  const header = headerOfReturned(mail)
  const found =
    recipients.length > 0 ? recipients : older.length > 0 ? older : guessed(mail, header)
  if (found.length === 0 && !standard) return null
  const field = (name: string): string => header.find((line) => line.name === name)?.value ?? ''
  const report: DeliveryReport = {
    originalInternetId: messageIds(field('message-id'))[0] ?? threadedId(mail.headers),
    recipients: found,
  }
  if (header.length > 0) {
    report.original = {
      from: addressesIn(field('from'))[0] ?? '',
      to: addressesIn(`${field('to')} ${field('cc')}`),
      replyTo: addressesIn(field('reply-to'))[0] ?? '',
      returnPath: addressesIn(field('return-path'))[0] ?? '',
      subject: field('subject'),
    }
  }
  return report
}

/** The recipient groups of a message/delivery-status body (RFC 3464 section 2.3). */
export function statusRecipients(status: string): Recipient[] {
  return groupsOf(status).flatMap((group): Recipient[] => {
    const field = (name: string): string =>
      new RegExp(`^${name}[ \\t]*:(.*)$`, 'im').exec(group)?.[1]?.trim() ?? ''
    const typed = (name: string): string => field(name).replace(/^[a-z0-9-]+[ \t]*;[ \t]*/i, '')
    // The original recipient is whom we wrote to; the final one may be where it was forwarded.
    const address =
      addressesIn(typed('original-recipient'))[0] ?? addressesIn(typed('final-recipient'))[0] ?? ''
    const status = moreSpecific(statusIn(field('status')), statusIn(field('diagnostic-code')))
    const action = actionOf(field('action'), status)
    return action === null || (address === '' && field('final-recipient') === '')
      ? []
      : [{ address, action, status, diagnostic: cut(typed('diagnostic-code'), 1000) }]
  })
}

/**
 * `5.0.0` says no more than failed (RFC 3463 section 3.1); the server that refused often said why.
 */
const moreSpecific = (status: string, said: string): string =>
  said !== '' && (status === '' || (status.endsWith('.0.0') && said.charAt(0) === status.charAt(0)))
    ? said
    : status

/**
 * Without a diagnostic code the reason stands, if anywhere, by the address in what the system wrote
 * for people.
 */
function explained(recipient: Recipient, text: string): Recipient {
  if (recipient.diagnostic !== '' || recipient.address === '') return recipient
  const { status, diagnostic } = noted(cut(text, 65_536), recipient.address, recipient.action)
  return { ...recipient, status: moreSpecific(recipient.status, status), diagnostic }
}

/**
 * The groups of a status body: parted by blank lines, or, where these were lost, by a field that
 * begins anew.
 */
function groupsOf(status: string): string[] {
  const groups: string[] = []
  let seen = new Set<string>()
  let lines: string[] = []
  const close = (): void => {
    if (lines.length > 0) groups.push(lines.join('\n'))
    lines = []
    seen = new Set()
  }
  for (const line of status
    .replace(/\r\n?/g, '\n')
    .replace(/\n[ \t]+(?=\S)/g, ' ')
    .split('\n')) {
    const name =
      /^(final-recipient|original-recipient|action|status)[ \t]*:/i
        .exec(line)?.[1]
        ?.toLowerCase() ?? ''
    if (line.trim() === '' || seen.has(name)) close()
    if (line.trim() !== '') lines.push(line)
    if (name !== '') seen.add(name)
  }
  close()
  return groups
}

/** A report whose status part bears no type has it in its text. */
const statusesOf = (mail: ReportInput): readonly string[] =>
  mail.statuses.length > 0 ||
  !(mail.contentType === 'multipart/report' || isBounceOfDaemon(mail)) ||
  !/^final-recipient[ \t]*:/im.test(mail.text)
    ? mail.statuses
    : [cut(mail.text, 262_144)]

function actionOf(action: string, status: string): Recipient['action'] | null {
  const word = /^[a-z]+/i.exec(action)?.[0]?.toLowerCase()
  if (
    word === 'failed' ||
    word === 'delayed' ||
    word === 'delivered' ||
    word === 'relayed' ||
    word === 'expanded'
  )
    return word
  if (status === '') return null
  return status.startsWith('5') ? 'failed' : status.startsWith('4') ? 'delayed' : 'delivered'
}

/** A report that names nobody: whom the returned mail was for. */
function guessed(mail: ReportInput, header: readonly HeaderField[]): Recipient[] {
  const to = header.find((line) => line.name === 'to')?.value ?? ''
  const status = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(mail.text)?.[1] ?? ''
  const delayed = speaksOfDelay(mail)
  return addressesIn(to).map((address) => ({
    address,
    action: delayed ? 'delayed' : 'failed',
    status,
    diagnostic: '',
  }))
}

/** Some systems return nothing, but thread their report to the mail. */
const threadedId = (headers: readonly HeaderField[]): string | null =>
  messageIds(valueOf(headers, 'in-reply-to'))[0] ??
  messageIds(valueOf(headers, 'references')).at(-1) ??
  messageIds(valueOf(headers, 'x-original-message-id'))[0] ??
  null

/** The header at the beginning of a text, unfolded, names lower case. */
export function returnedFields(text: string): HeaderField[] {
  const head =
    cut(text, 65_536)
      .replace(/\r\n?/g, '\n')
      .replace(/^\s+/, '')
      .split(/\n[ \t]*\n/)[0] ?? ''
  return head
    .replace(/\n[ \t]+/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const match = /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line)
      return match?.[1] ? [{ name: match[1].toLowerCase(), value: (match[2] ?? '').trim() }] : []
    })
}

/** The returned part, or what stands in the text when that part has no header to speak of. */
function headerOfReturned(mail: ReportInput): HeaderField[] {
  const part = returnedFields(mail.returned ?? '')
  return part.length > 1
    ? part
    : returnedFields(returnedInText([mail.text, ...mail.statuses].join('\n')))
}

const aboveReturned = new RegExp(
  `^(?:-{2,}.*${anyOf(wordsOfAll(({ bounce }) => bounce?.ruledAbove))}|.*${anyOf(wordsOfAll(({ bounce }) => bounce?.above))}).*$`,
  'im',
)

/** Fields that may begin the header of a returned mail: of transport, then of whoever wrote it. */
const beginnings = [
  ...['return-path', 'received', 'dkim-signature', 'x-[a-z-]+', 'mime-version', 'message-id'],
  ...['from', 'date', 'to', 'subject'],
]
/** Such a field, and at least two more lines of a header (RFC 5322 section 2.2). */
const headerBlock = new RegExp(
  `^(?:${beginnings.join('|')})[ \\t]*:.*\\n(?:[ \\t].*\\n|[!-9;-~]+[ \\t]*:.*\\n){2,}`,
  'gim',
)

/**
 * Older bounces put the mail into their text: the header begins where its first typical lines stand
 * together.
 */
function returnedInText(text: string): string {
  const bounded = cut(text, 262_144)
  const marked = aboveReturned.exec(bounded)
  const from = marked ? marked.index + marked[0].length : 0
  const blocks = [...bounded.slice(from).matchAll(headerBlock)]
  // A status block may look the same; only the mail's own header has its id.
  const first = blocks.find(([block]) => /^message-id[ \t]*:/im.test(block)) ?? blocks[0]
  return first ? bounded.slice(from + first.index) : ''
}
