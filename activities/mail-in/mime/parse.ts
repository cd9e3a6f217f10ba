import { type Sentence, sentenceOf, technically } from '../../../domain/explanation.ts'
import { inEnglish } from '../../../languages/explanation.ts'
import { senderAuthentication } from '../../../domain/mail-in/authentication-results.ts'
import { automaticVerdict } from '../../../domain/mail-in/auto-submitted.ts'
import { deliveryReport, returnedFields } from '../../../domain/mail-in/delivery-report.ts'
import { forwardedOriginal } from '../../../domain/mail-in/forwarded.ts'
import { valueOf, valuesOf } from '../../../domain/mail-in/header-fields.ts'
import { messageIds } from '../../../domain/mail-in/message-ids.ts'
import type { HeaderField, ParsedMail } from '../../../domain/mail-in/parsed-mail.ts'
import { visibleText } from '../../../domain/mail-in/quotation.ts'
import { longestAddressField, readAddresses } from './addresses.ts'
import { type Body, joinedHtml, readBody } from './body.ts'
import { wellFormedText } from '../../../domain/well-formed-text.ts'
import { mailDate } from './date.ts'
import { type Entity, readStructure } from './entity.ts'
import { decodedFields } from './header.ts'
import { htmlToText } from './html-text.ts'
import { sanitiseHtml } from '../html/sanitise.ts'

/** Nothing can be made of the mail: it goes to quarantine with its raw source. */
export class MailUnreadableError extends Error {
  readonly code = 'mail-unreadable'

  constructor(
    readonly explanation: Sentence[],
    options?: ErrorOptions,
  ) {
    super(inEnglish(explanation), options)
    this.name = 'MailUnreadableError'
  }
}

export interface ParseOptions {
  /** Our mailboxes, aliases and senders: mail from them is our own coming back. */
  ownAddresses?: readonly string[]
  /** MAIL FROM, when our own receiver took the mail; '' is the null return path. */
  envelopeFrom?: string
  /** Larger mails are not taken apart. */
  maxBytes?: number
}

const largestMail = 150 * 1024 * 1024

/**
 * Reads a mail: RFC 5322 and MIME (RFC 2045–2049), leniently, since half of all mail breaks a rule
 * and every word of it counts. Damage is read around and shown as a flag (`truncated`, `bounded`).
 * @param raw the mail as it was stored. Contents of attachments are views of it or of a decoded
 *   copy.
 * @throws MailUnreadableError when it is empty, larger than `maxBytes`, or breaks the parser.
 */
export async function parseMail(raw: Uint8Array, options: ParseOptions = {}): Promise<ParsedMail> {
  if (raw.byteLength > (options.maxBytes ?? largestMail))
    throw new MailUnreadableError([
      sentenceOf('mail-too-large', {
        megabytes: Math.ceil(raw.byteLength / 1048576),
        limit: Math.ceil((options.maxBytes ?? largestMail) / 1048576),
      }),
    ])
  if (raw.byteLength === 0) throw new MailUnreadableError([sentenceOf('mail-empty')])
  try {
    return read(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), options)
  } catch (error) {
    throw new MailUnreadableError(
      [
        sentenceOf('mail-unreadable'),
        ...technically(error instanceof Error ? error.message : String(error)),
      ],
      { cause: error },
    )
  }
}

function read(bytes: Buffer, options: ParseOptions): ParsedMail {
  const { root, truncated, bounded } = readStructure(bytes)
  const hint = declaredCharset(root)
  const headers = decodedFields(root.fields, hint)
  const body = readBody(root, hint)
  if (truncated) body.flags.add('truncated')
  if (bounded) body.flags.add('bounded')
  const people = correspondents(root, hint)
  if (hasMoreAddressees(root)) body.flags.add('addressesCut')
  const from = people.from?.address ?? null
  const subject = valuesOf(headers, 'subject').find((value) => value !== '') ?? ''
  const attached = body.attachedMail ? attachedHeader(body.attachedMail) : null
  const text = plainText(body, attached)
  const forwarded = forwardedOriginal({ subject, text, attached: attached?.headers ?? null })
  const authentication = senderAuthentication(headers, from)
  const report = deliveryReport({
    headers,
    contentType: root.contentType,
    reportType: (root.params['report-type'] ?? '').toLowerCase(),
    from,
    subject,
    text,
    statuses: body.statuses,
    returned: body.returned ?? body.attachedMail?.toString('utf8', 0, 65_536) ?? null,
  })
  const verdict = automaticVerdict({
    headers,
    from,
    envelopeFrom: options.envelopeFrom,
    subject,
    contentType: root.contentType,
    ownAddresses: options.ownAddresses ?? [],
  })
  if (authentication === 'fail') body.flags.add('unauthenticated')
  body.flags.delete('body')

  return {
    ...identity(headers),
    ...people,
    subject,
    date: dateOf(headers),
    headers,
    text,
    textVisible: forwarded || report ? text.trim() : visibleText(text).visible,
    ...shownHtml(body, forwarded === null),
    attachments: body.attachments,
    report,
    automatic:
      verdict.automatic || !report
        ? verdict
        : { automatic: true, mayAnswer: false, reason: 'delivery report' },
    forwarded,
    flags: [...body.flags],
    senderAuthentication: authentication,
  }
}

/** From whom it is, and to whom. */
function correspondents(
  { fields }: ReturnType<typeof readStructure>['root'],
  hint: ReturnType<typeof declaredCharset>,
): Pick<ParsedMail, 'from' | 'replyTo' | 'to' | 'cc'> {
  const addresses = (name: string) =>
    fields
      .filter((field) => field.name === name)
      .flatMap((field) => readAddresses(field.value, hint))
  return {
    from: addresses('from')[0] ?? addresses('sender')[0] ?? null,
    replyTo: addresses('reply-to'),
    to: addresses('to'),
    cc: addresses('cc'),
  }
}

/** Longer fields are read no further. */
const hasMoreAddressees = ({ fields }: ReturnType<typeof readStructure>['root']): boolean =>
  fields.some(
    ({ name, value }) =>
      ['to', 'cc', 'reply-to'].includes(name) && value.length > longestAddressField,
  )

const dateOf = (headers: readonly HeaderField[]): string | null =>
  valuesOf(headers, 'date')
    .map(mailDate)
    .find((date) => date !== null) ?? null

/**
 * Its HTML, made harmless; none when it has none.
 * @param fold what is quoted.
 */
function shownHtml(
  { pieces }: ReturnType<typeof readBody>,
  fold: boolean,
): Pick<ParsedMail, 'html' | 'htmlFolded'> {
  const html = pieces.some((piece) => piece.html !== null)
    ? sanitiseHtml(joinedHtml(pieces), { fold })
    : null
  return {
    html: html === '' ? null : html,
    htmlFolded: html !== null && /<details data-(?:quote|signature)/.test(html),
  }
}

/**
 * Ids are read from the raw words of the field; an encoded word in an id is against the rules, and
 * then decoded like any other.
 */
function identity(
  headers: readonly HeaderField[],
): Pick<ParsedMail, 'internetId' | 'inReplyTo' | 'references'> {
  return {
    internetId: valuesOf(headers, 'message-id').flatMap(messageIds)[0] ?? null,
    inReplyTo: messageIds(valueOf(headers, 'in-reply-to')),
    references: messageIds(valuesOf(headers, 'references').join(' ')),
  }
}

/**
 * The text of all pieces; of a mail that only carries another one, that one's, so that a ticket is
 * never blank for it.
 */
function plainText(body: Body, attached: AttachedMail | null): string {
  const text = body.pieces
    .map((piece) => piece.plain ?? htmlToText(piece.html ?? ''))
    .map((part) => part.trimEnd())
    .filter((part) => part !== '')
    .join('\n\n')
  // Some reports say everything in their status part.
  if (text.trim() !== '' || !attached || body.statuses.length > 0)
    return wellFormedText(
      text.trim() === '' ? body.statuses.join('\n\n').replace(/\r\n?/g, '\n') : text,
    )
  const shown = ['from', 'date', 'to', 'subject']
    .map((name) => [name, valueOf(attached.headers, name)] as const)
    .filter(([, value]) => value !== '')
  const head = shown
    .map(([name, value]) => `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${value}`)
    .join('\n')
  const inner = readBody(attached.root, null)
  return wellFormedText(
    [head, ...inner.pieces.map((piece) => piece.plain ?? htmlToText(piece.html ?? ''))]
      .filter((part) => part.trim() !== '')
      .join('\n\n'),
  )
}

interface AttachedMail {
  root: Entity
  headers: HeaderField[]
}

function attachedHeader(mail: Buffer): AttachedMail {
  const { root } = readStructure(mail)
  const headers = decodedFields(root.fields, declaredCharset(root))
  return {
    root,
    headers: headers.length > 0 ? headers : returnedFields(mail.toString('utf8', 0, 4096)),
  }
}

/**
 * The first charset that a text part names: the best guess for what names none, such as eight-bit
 * headers.
 */
function declaredCharset(part: Entity): string | null {
  const own = part.contentType.startsWith('text/') ? part.params['charset'] : undefined
  if (own && !/^(?:us-ascii|utf-?8)$/i.test(own)) return own
  for (const child of part.children) {
    const found = declaredCharset(child)
    if (found) return found
  }
  return null
}
