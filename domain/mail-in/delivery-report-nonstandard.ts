import { cut } from '../cut.ts'
import { addressesIn, localPartOf } from './addresses.ts'
import type { Recipient, ReportInput } from './returned-mail.ts'
import { valueOf, valuesOf } from './header-fields.ts'
import { anyOf, anyWordOf } from './words/any-of.ts'
import { wordsOfAll } from './words/languages.ts'
import type { BounceWords } from './words/mail-words.ts'

/**
 * Bounces from before, or beside, RFC 3464. Each form is known by a mark that a person's mail does
 * not have; a mail that merely speaks of an undelivered mail is none.
 * @returns the recipients they name; none when it is no such bounce.
 */
export function nonStandardReport(mail: ReportInput): Recipient[] {
  return (
    [exim, qmail, exchange, byDaemon]
      .map((form) => form(mail))
      .find((recipients) => recipients.length > 0) ?? []
  )
}

const longest = 65_536
/** @returns the first enhanced status code (RFC 3463) in a text, '' without one. */
export const statusIn = (text: string): string =>
  /(?:^|[\s#(:'"-])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(text)?.[1] ?? ''

/** Exim (and Gmail, beside its standard report) lists them in a header field. */
function exim({ headers, subject, text }: ReportInput): Recipient[] {
  const listed = valuesOf(headers, 'x-failed-recipients').flatMap(addressesIn)
  const warning =
    /^(?:warning:|delivery delayed)/i.test(subject) &&
    /^exim/i.test(valueOf(headers, 'x-mailer') || 'exim') &&
    /delayed/i.test(cut(text, 2000))
  const delayed =
    warning ||
    /has not (?:yet )?been delivered|delivery (?:attempts )?will continue/i.test(cut(text, 4000))
  return listed.map((address) => noted(cut(text, longest), address, delayed ? 'delayed' : 'failed'))
}

/**
 * "Hi. This is the qmail-send program at …": an address in brackets with a colon, the reason below
 * it.
 */
function qmail({ text }: ReportInput): Recipient[] {
  const head = cut(text, longest)
  if (
    !/^(?:Hi\. This is the [\w-]*qmail|This is the [\w-]*qmail|I'm afraid I wasn't able to deliver your message)/m.test(
      cut(head, 2000),
    )
  )
    return []
  const end = head.search(/^--- (?:Below this line|Enclosed|Undelivered)/m)
  const notes = end < 0 ? head : head.slice(0, end)
  return [...notes.matchAll(/^<([^<>\s]+@[^<>\s]+)>:\s*\n((?:.+\n?)*)/gm)].map(
    ([, address = '', why = '']) => ({
      address: addressesIn(address)[0] ?? '',
      action: 'failed',
      status: statusIn(why),
      diagnostic: oneLine(why),
    }),
  )
}

const bounces = (pick: (words: BounceWords) => readonly string[] | undefined): readonly string[] =>
  wordsOfAll(({ bounce }) => bounce && pick(bounce))

const exchangeOpening = new RegExp(
  `^\\s*${anyOf(bounces((words) => words.yourMessage))}\\b[\\s\\S]{0,400}?${anyOf(bounces((words) => words.didNotArrive))}`,
  'i',
)
const subjectLine = new RegExp(`^\\s*${anyOf(wordsOfAll(({ labels }) => labels?.subject))}:`, 'imu')
const exchangeRecipient = new RegExp(
  `^\\s*['"]?<?([^\\s<>'"]+@[^\\s<>'"]+)>?['"]?\\s+${anyOf(wordsOfAll((words) => words.on))}\\s+(?:\\p{L}{2,4}\\.?,?\\s+)?\\d[^\\n]*\\n((?:[ \\t]+\\S.*\\n?)*)`,
  'gimu',
)

/** Exchange 5.5 to 2003: "Your message … did not reach some or all of the intended recipients." */
function exchange({ text }: ReportInput): Recipient[] {
  const head = cut(text, longest)
  if (!exchangeOpening.test(head) || !subjectLine.test(head)) return []
  return [...head.matchAll(exchangeRecipient)].map(([, address = '', why = '']) => ({
    address: addressesIn(address)[0] ?? '',
    action: 'failed',
    status: statusIn(why),
    diagnostic: oneLine(why),
  }))
}

/**
 * Any other mailer daemon with a text of its own: the addresses it names above the returned mail.
 */
function byDaemon(mail: ReportInput): Recipient[] {
  if (!isBounceOfDaemon(mail)) return []
  const notes = aboveReturned(cut(mail.text, longest))
  const action = speaksOfDelay(mail) ? 'delayed' : 'failed'
  const writer = addressesIn(valuesOf(mail.headers, 'to').join(' '))
  const listed = notes
    .split('\n')
    .flatMap((line) =>
      addressesIn(/^\s*<?[^\s<>"':]+@[^\s<>"':]+>?(?=\s*(?:[:([]|$))/.exec(line)?.[0] ?? ''),
    )
  // Where they stand at the beginning of lines, those within sentences are others: whom to ask for
  // help, who wrote.
  return [...new Set(listed.length > 0 ? listed : addressesIn(notes.replace(returnedField, '')))]
    .filter(
      (address) =>
        address !== mail.from &&
        !writer.includes(address) &&
        !daemonName.test(localPartOf(address)),
    )
    .slice(0, 50)
    .map((address) => noted(notes, address, action))
}

const returnedField =
  /^[ \t]*(?:message-id|date|from|sender|reply-to|subject|mail from|original-envelope-id)[ \t]*:.*$/gim

/** What the daemon itself says, above the mail that it returns. */
function aboveReturned(text: string): string {
  const end = text.search(
    /^(?:[-|]{3,}.*(?:original|returned|copy|unsent|below|message text)|(?:return-path|received):|(?:the )?original message (?:follows|headers?)\b)/im,
  )
  return end > 0 ? text.slice(0, end) : text
}

/**
 * A recipient with the reason that stands by its address; a code that stands elsewhere is better
 * than none.
 */
export function noted(text: string, address: string, action: Recipient['action']): Recipient {
  const why = after(text, address)
  return { address, action, status: statusIn(why) || statusIn(text), diagnostic: why }
}

/**
 * Whether a mail is a bounce by who sent it and what it says: a mailer daemon with a subject or a
 * sentence that only bounces have, or an empty return path with such a subject. An absence notice
 * has the empty return path, too.
 */
export function isBounceOfDaemon({
  headers,
  contentType,
  from,
  subject,
  text,
  returned,
}: ReportInput): boolean {
  const subjectSays = bounceSubject.test(subject)
  if (
    from !== null &&
    returned !== null &&
    daemonName.test(localPartOf(from)) &&
    refusal.test(cut(text, 4000))
  )
    return true
  if (
    from !== null &&
    /^postmaster/.test(localPartOf(from)) &&
    !writtenByMachine(headers) &&
    contentType !== 'multipart/report' &&
    returned === null &&
    !returnedHeader.test(text)
  )
    return false
  if (from === null || daemonName.test(localPartOf(from)))
    return (
      subjectSays ||
      (from !== null && !/^postmaster/.test(from) && bounceText.test(cut(text, 4000)))
    )
  return (
    subjectSays &&
    valueOf(headers, 'return-path').replace(/\s/g, '') === '<>' &&
    !/^re\s?:/i.test(subject)
  )
}

/** A postmaster is a person, too, who may write to us about mail that does not arrive. */
const writtenByMachine = (headers: ReportInput['headers']): boolean =>
  /^<?(?:mailer-daemon(?:@.*)?)?>$/i.test(valueOf(headers, 'return-path').replace(/\s/g, '')) ||
  [
    'auto-submitted',
    'x-failed-recipients',
    'x-ms-exchange-generated-message-source',
    'x-auto-response-suppress',
  ].some((name) => valueOf(headers, name) !== '')
const returnedHeader = new RegExp(
  [
    /^(?:the )?original message (?:follows|headers?)/,
    /^[>\s]*(?:message-id|received|return-path)[ \t]*:/,
    /^[>\s]*(?:from|to|date)[ \t]*:.*\n[\s\S]{0,400}^[>\s]*subject[ \t]*:/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'im',
)

/** @returns whether the system still tries. */
export const speaksOfDelay = ({ subject, text }: ReportInput): boolean =>
  saysDelay.test(subject) ||
  /THIS IS A WARNING (?:MESSAGE )?ONLY|(?:will be|still being) retried until|has not (?:yet )?been delivered/i.test(
    cut(text, 4000),
  )

/** Local parts under which mail systems write. */
const daemonName = new RegExp(
  `^(?:${[
    'mailer-?daemon',
    'mail-?daemon',
    'mdaemon',
    'post_?master',
    'mail-?delivery(?:-?system)?',
    String.raw`mail\.delivery\.system`,
    String.raw`microsoftexchange\w*`,
  ].join('|')})$`,
)
/**
 * The answer of an SMTP server with both its codes (RFC 5321 section 4.2, RFC 3463), or what it was
 * answered to.
 */
const refusal =
  /\b[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b|(?:RCPT TO|MAIL FROM):\s?<[^>]*>[\s\S]{0,200}\b5\d\d\b/
const bounceText = new RegExp(anyOf(bounces((words) => words.text)), 'i')
const bounceSubject = new RegExp(anyOf(bounces((words) => words.subject)), 'i')
const saysDelay = new RegExp(anyWordOf(bounces((words) => words.delay)), 'i')

/** The lines that follow the address: there the reason stands. */
function after(text: string, address: string): string {
  const at = text.toLowerCase().indexOf(address)
  return at < 0
    ? ''
    : oneLine(text.slice(at + address.length, at + address.length + 600).split(/\n\s*\n/)[0] ?? '')
}

const oneLine = (text: string): string =>
  cut(
    text
      .replace(/^[\s>:]+/, '')
      .replace(/\s+/g, ' ')
      .trim(),
    1000,
  )
