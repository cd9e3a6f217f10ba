import { randomBytes } from 'node:crypto'

/** A file that travels with a mail. */
export interface MailAttachment {
  filename: string
  contentType: string
  bytes: Buffer
}

/** What a mail says. What is left out is filled in; what is null is left out of the mail. */
export interface MailFields {
  from?: string | null
  to?: string
  cc?: string
  subject?: string
  text?: string
  html?: string
  /** Message-ID without angle brackets. */
  id?: string | null
  /** Message-IDs without angle brackets. */
  inReplyTo?: string
  references?: readonly string[]
  date?: Date
  /** Further header lines. */
  headers?: readonly string[]
  attachments?: readonly MailAttachment[]
}

/** @returns a Message-ID that no other mail has, without angle brackets. */
export const freshId = (domain = 'client.example'): string =>
  `${randomBytes(9).toString('hex')}@${domain}`

/** @returns the mail as it comes over the wire, with CRLF line ends. */
export function rawMail(l: MailFields): string {
  const lines = [
    l.from === null ? null : `From: ${l.from ?? 'Anna Weber <anna@client.example>'}`,
    `To: ${l.to ?? 'it@desk.test'}`,
    l.cc ? `Cc: ${l.cc}` : null,
    `Subject: ${headerText(l.subject ?? 'A question')}`,
    `Date: ${(l.date ?? new Date()).toUTCString().replace('GMT', '+0000')}`,
    l.id === null ? null : `Message-ID: <${l.id ?? freshId()}>`,
    l.inReplyTo ? `In-Reply-To: <${l.inReplyTo}>` : null,
    l.references?.length ? `References: ${l.references.map((id) => `<${id}>`).join('\n ')}` : null,
    ...(l.headers ?? []),
    'MIME-Version: 1.0',
    ...body(l),
  ]
  return lines
    .filter((line) => line !== null)
    .join('\n')
    .replace(/\r?\n/g, '\r\n')
}

function body({ text = 'Hello.\n', html, attachments = [] }: MailFields): string[] {
  const plain = [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    text,
  ]
  const words =
    html === undefined
      ? plain
      : multipart('alternative', [
          plain,
          ['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', html],
        ])
  return attachments.length === 0
    ? words
    : multipart('mixed', [words, ...attachments.map(attachmentPart)])
}

function multipart(kind: 'mixed' | 'alternative', parts: readonly string[][]): string[] {
  const boundary = `=_${randomBytes(9).toString('hex')}`
  return [
    `Content-Type: multipart/${kind}; boundary="${boundary}"`,
    '',
    ...parts.flatMap((part) => [`--${boundary}`, ...part]),
    `--${boundary}--`,
    '',
  ]
}

const attachmentPart = ({ filename, contentType, bytes }: MailAttachment): string[] => [
  `Content-Type: ${contentType}; name="${filename}"`,
  `Content-Disposition: attachment; filename="${filename}"`,
  'Content-Transfer-Encoding: base64',
  '',
  bytes.toString('base64').replace(/.{76}/g, '$&\n'),
]

/** @returns a header field's text, as an encoded word where it must be (RFC 2047). */
export const headerText = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`

/** @returns the mail without these header fields, as relays and old clients leave them out. */
export function without(raw: string, ...fields: string[]): string {
  const end = raw.indexOf('\r\n\r\n')
  const head = fields.reduce(
    (text, field) => text.replace(new RegExp(`^${field}:.*\\r\\n(?:[ \\t].*\\r\\n)*`, 'gim'), ''),
    `${raw.slice(0, end)}\r\n`,
  )
  return head + raw.slice(end + 2)
}

/** @returns the mail with one header field's value replaced. */
export function withHeader(raw: string, field: string, value: string): string {
  return `${field}: ${value}\r\n${without(raw, field)}`
}
