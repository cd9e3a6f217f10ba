import { cut } from '../../../domain/cut.ts'
import { anyOf } from '../../../domain/mail-in/words/any-of.ts'
import { isAscii } from 'node:buffer'
import type { HeaderField } from '../../../domain/mail-in/parsed-mail.ts'
import { decodeText } from './charset.ts'

/** A header field as it stands in the mail: unfolded, one character for each byte. */
export interface RawField {
  /** Lower case. */
  name: string
  value: string
}

export interface Head {
  fields: RawField[]
  /** Where the body begins. */
  bodyStart: number
}

const mostFields = 4000
const longestHead = 4 * 1024 * 1024
const longestValue = 256 * 1024
const fieldStart = /^([!-9;-~]{1,200})[ \t]*:/
/** Names whose appearance shows that the header goes on after a line which is none. */
const NAMES = [
  'received',
  'from',
  'to',
  'cc',
  'bcc',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'reply-to',
  'sender',
  'in-reply-to',
  'references',
  'return-path',
  'delivered-to',
  'dkim-signature',
  'authentication-results',
  'user-agent',
  'importance',
  'precedence',
]
/** The same with whatever follows. */
const FAMILIES = ['content-', 'x-', 'list-', 'arc-', 'thread-']
const common = new RegExp(`^(?:${anyOf(NAMES)}|${anyOf(FAMILIES)}[a-z0-9-]+)[ \\t]*:`, 'i')

/**
 * Splits header and body of a mail or a part (RFC 5322 section 2.2), leniently: any line end, an
 * mbox "From " line and blank lines on top, lines that lost their folding. A line that can be no
 * header line ends the header and begins the body, so that text after a missing blank line is not
 * lost.
 * @param bytes the whole mail.
 * @param start, end the entity in it.
 * @param whole it is the mail itself, not a part.
 */
export function splitHead(bytes: Buffer, start: number, end: number, whole: boolean): Head {
  const lines = new HeadLines(bytes, start, Math.min(end, start + longestHead))
  const fields: RawField[] = []
  let current: string[] | null = null
  let open = ''
  const close = (): void => {
    if (current && fields.length < mostFields)
      fields.push({ name: open, value: cut(current.join(''), longestValue).trim() })
    current = null
  }
  for (let line = whole ? lines.first() : lines.next(); line !== null; line = lines.next()) {
    if (line === '') {
      close()
      return { fields, bodyStart: lines.after }
    }
    const folded = line.startsWith(' ') || line.startsWith('\t')
    const match = folded ? null : fieldStart.exec(line)
    if (match?.[1]) {
      close()
      open = match[1].toLowerCase()
      current = [line.slice(match[0].length)]
    } else if (
      current &&
      (folded ? line.trim() !== '' || lines.headerFollows() : lines.headerFollows())
    ) {
      current.push(folded ? line.replace(/^[ \t]+/, ' ') : ` ${line}`)
    } else {
      close()
      return { fields, bodyStart: line.trim() === '' ? lines.after : lines.at }
    }
  }
  close()
  return { fields, bodyStart: end > start + longestHead ? lines.after : end }
}

/** The lines of a header, without their ends. */
class HeadLines {
  at: number
  after: number
  readonly #bytes: Buffer
  readonly #end: number
  readonly #loneReturns: boolean

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes
    this.#end = end
    this.at = start
    this.after = start
    const feed = bytes.indexOf(10, start)
    this.#loneReturns = feed < 0 || feed >= end
  }

  /**
   * The first line that counts: blank lines and a mailbox file's "From " line before the header are
   * none of it.
   */
  first(): string | null {
    const start = this.at
    let line = this.next()
    for (let blank = 0; line !== null && line.trim() === '' && blank < 20; blank++)
      line = this.next()
    const skipped = this.at > start
    if (line !== null && /^>?From \S/.test(line)) line = this.next()
    if (line !== null && (skipped ? common : fieldStart).test(line)) return line
    // Nothing stands above it that it could continue.
    const indented = line?.trimStart() ?? ''
    if (indented !== line && common.test(indented)) return indented
    this.after = start
    return this.next()
  }

  next(): string | null {
    this.at = this.after
    if (this.at >= this.#end) return null
    const found = this.#bytes.indexOf(this.#loneReturns ? 13 : 10, this.at)
    const stop = found < 0 || found >= this.#end ? this.#end : found
    this.after = Math.min(stop + 1, this.#end)
    const last = stop > this.at && this.#bytes[stop - 1] === 13 ? stop - 1 : stop
    return this.#bytes.toString('latin1', this.at, last)
  }

  /** Whether one of the next few lines before a blank one is certainly a header line. */
  headerFollows(): boolean {
    const { at, after } = this
    let follows = false
    for (let ahead = 0; ahead < 4 && !follows; ahead++) {
      const line = this.next()
      if (line === null || line === '') break
      follows = common.test(line)
    }
    this.at = at
    this.after = after
    return follows
  }
}

/**
 * A field's raw value as text: eight-bit bytes by their charset, then encoded words (RFC 2047),
 * also where they stand against the rules (inside quotes, with spaces, unfinished, one character
 * split over two words).
 * @param hint the charset of the mail's text, for bytes that declare none.
 */
export function decodeField(raw: string, hint: string | null = null): string {
  return decodeWords(eightBit(raw, hint), hint)
    .replace(/[\t\r\n ]+/g, ' ')
    .trim()
}

/** The raw value with its eight-bit bytes read, encoded words left alone. */
export function eightBit(raw: string, hint: string | null): string {
  const bytes = Buffer.from(raw, 'latin1')
  return isAscii(bytes) && !raw.includes('\u001b') && !raw.includes('\u0000')
    ? raw
    : decodeText(bytes, null, hint)
}

const word =
  /=\?([^?\s]{1,80})\?([bBqQ])\?([^\r\n]{0,4000}?)\?=(\s*(?==\?[^?\s]{1,80}\?[bBqQ]\?))?/g

/**
 * Decodes encoded words. Neighbours of one charset are joined as bytes first: some mailers cut
 * characters in two.
 */
export function decodeWords(text: string, hint: string | null = null): string {
  if (!text.includes('=?')) return text
  let out = ''
  let at = 0
  let pending: { charset: string; bytes: Buffer[] } | null = null
  const flush = (): void => {
    if (pending) out += decodeText(Buffer.concat(pending.bytes), pending.charset, hint)
    pending = null
  }
  for (const match of text.matchAll(word)) {
    const [whole, name = '', encoding = 'q', content = '', gap] = match
    const charset = name.replace(/\*.*$/, '').toLowerCase()
    if (match.index > at || (pending && (pending as { charset: string }).charset !== charset))
      flush()
    out += text.slice(at, match.index)
    pending ??= { charset, bytes: [] }
    pending.bytes.push(
      encoding.toLowerCase() === 'b' ? Buffer.from(content, 'base64') : wordBytes(content),
    )
    at = match.index + whole.length
    if (gap === undefined) flush()
  }
  flush()
  return out + text.slice(at)
}

function wordBytes(content: string): Buffer {
  const text = content
    .replace(/_/g, ' ')
    .replace(/=\s*([0-9a-f])\s*([0-9a-f])/gi, (_, high: string, low: string) =>
      String.fromCharCode(parseInt(high + low, 16)),
    )
  return /[^\u0000-\u00ff]/.test(text) ? Buffer.from(text, 'utf8') : Buffer.from(text, 'latin1')
}

/** @returns the fields for the domain: decoded, in order. */
export const decodedFields = (fields: readonly RawField[], hint: string | null): HeaderField[] =>
  fields.map(({ name, value }) => ({ name, value: decodeField(value, hint) }))
