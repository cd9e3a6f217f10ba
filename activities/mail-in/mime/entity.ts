import { cut } from '../../../domain/cut.ts'
import libmime from 'libmime'
import { decodeWords, eightBit, type RawField, splitHead } from './header.ts'
import { wellFormedText } from '../../../domain/well-formed-text.ts'
import { decodeTransfer } from './transfer-encoding.ts'

/**
 * One MIME entity (RFC 2045 section 2.4): the mail itself, or a part of it. Bodies are views of the
 * mail's bytes, nothing is copied.
 */
export interface Entity {
  fields: RawField[]
  /** Lower case, always of the form `type/subtype`. */
  contentType: string
  /** Parameters of Content-Type, names lower case. */
  params: Record<string, string>
  /** `inline`, `attachment` or another; '' when not said. */
  disposition: string
  /** '' when it has none. */
  filename: string
  encoding: string
  /** The body as it stands in the mail. */
  body: Buffer
  /** Parts of a multipart, empty for all else. */
  children: Entity[]
}

/** What reading a mail's structure brought to light besides the parts. */
export interface Structure {
  root: Entity
  /** A multipart without its closing delimiter: the end of the mail is missing. */
  truncated: boolean
  /** More parts or deeper nesting than any honest mail has; the rest is one part. */
  bounded: boolean
}

const mostParts = 1000
const deepest = 40

/**
 * The MIME structure of a mail (RFC 2045, 2046), leniently: wrong or missing boundaries,
 * unterminated parts, absent headers. An outer delimiter always ends what is inside it.
 */
export function readStructure(bytes: Buffer): Structure {
  const reading: Reading = { bytes, parts: 0, truncated: false, bounded: false }
  const root = entity(reading, 0, bytes.length, 'text/plain', 0)
  return { root, truncated: reading.truncated, bounded: reading.bounded }
}

interface Reading {
  bytes: Buffer
  parts: number
  truncated: boolean
  bounded: boolean
}

function entity(
  reading: Reading,
  start: number,
  end: number,
  otherwise: string,
  depth: number,
): Entity {
  reading.parts++
  const { fields, bodyStart } = splitHead(reading.bytes, start, end, depth === 0)
  const type = structured(first(fields, 'content-type'))
  const disposition = structured(first(fields, 'content-disposition'))
  const filename = nameOf(disposition, 'filename') || nameOf(type, 'name')
  const self: Entity = {
    fields,
    contentType: contentTypeOf(type.value, filename, disposition.value.toLowerCase(), otherwise),
    params: type.params,
    disposition: disposition.value.toLowerCase().trim(),
    filename,
    encoding: encodingOf(first(fields, 'content-transfer-encoding')),
    body: reading.bytes.subarray(Math.min(bodyStart, end), end),
    children: [],
  }
  if (self.contentType.startsWith('multipart/'))
    addParts(reading, self, Math.min(bodyStart, end), end, depth)
  return self
}

function addParts(reading: Reading, self: Entity, start: number, end: number, depth: number): void {
  if (depth >= deepest) {
    reading.bounded = true
    self.contentType = 'application/octet-stream'
    return
  }
  const parts = ranges(reading, self.params['boundary']?.trimEnd() ?? '', start, end)
  const otherwise = self.contentType === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
  if (parts.length === 0) {
    // A multipart without a single delimiter: what it holds is read as text rather than lost.
    self.contentType = 'text/plain'
    return
  }
  for (const [index, part] of parts.entries()) {
    const last = reading.parts >= mostParts && index < parts.length - 1
    const stop = last ? end : part.end
    if (last) reading.bounded = true
    const child = entity(reading, part.start, stop, otherwise, last ? deepest : depth + 1)
    self.children.push(child)
    if (last) return
  }
}

/** Where the parts between a multipart's delimiter lines begin and end (RFC 2046 section 5.1.1). */
function ranges(
  reading: Reading,
  boundary: string,
  start: number,
  end: number,
): { start: number; end: number }[] {
  const found = boundary === '' ? null : delimited(reading.bytes, boundary, start, end)
  const read = found && found.parts.length > 0 ? found : guessedBoundary(reading.bytes, start, end)
  if (!read) return []
  if (!read.closed) reading.truncated = true
  return read.parts
}

function delimited(
  bytes: Buffer,
  boundary: string,
  start: number,
  end: number,
): { parts: { start: number; end: number }[]; closed: boolean } {
  const mark = Buffer.from(`--${boundary}`, /[^\u0000-\u00ff]/.test(boundary) ? 'utf8' : 'latin1')
  const parts: { start: number; end: number }[] = []
  let open = -1
  let closed = false
  for (
    let at = bytes.indexOf(mark, start);
    at >= 0 && at < end;
    at = bytes.indexOf(mark, at + mark.length)
  ) {
    if (at > start && bytes[at - 1] !== 10 && bytes[at - 1] !== 13) continue
    let next = at + mark.length
    const closing = bytes[next] === 45 && bytes[next + 1] === 45
    if (closing) next += 2
    while (next < end && (bytes[next] === 32 || bytes[next] === 9)) next++
    while (next < end && bytes[next] === 13 && bytes[next + 1] === 13) next++
    if (next < end && bytes[next] !== 10 && bytes[next] !== 13) continue
    if (open >= 0) parts.push({ start: open, end: Math.max(open, lineEndBefore(bytes, at)) })
    if (closing) {
      closed = true
      open = -1
      continue
    }
    // Behind the end only what is clearly a part: some put a multipart into another under the same
    // boundary.
    if (
      closed &&
      !/^\r?\n?content-[a-z-]+[ \t]*:/i.test(
        bytes.toString('latin1', next, Math.min(end, next + 60)),
      )
    )
      continue
    open = bytes[next] === 13 && bytes[next + 1] === 10 ? next + 2 : next + 1
    open = Math.min(open, end)
  }
  if (open >= 0 && open < end) parts.push({ start: open, end })
  return { parts, closed }
}

/** The line end before a delimiter belongs to it. */
function lineEndBefore(bytes: Buffer, at: number): number {
  if (bytes[at - 1] === 10) return bytes[at - 2] === 13 ? at - 2 : at - 1
  return bytes[at - 1] === 13 ? at - 1 : at
}

/**
 * A boundary parameter that is missing or fits nothing: a line `--…` directly before a Content-
 * field shows the true one.
 */
function guessedBoundary(
  bytes: Buffer,
  start: number,
  end: number,
): ReturnType<typeof delimited> | null {
  const text = bytes.toString('latin1', start, Math.min(end, start + 65_536))
  const boundary = /(?:^|\n)--([^\r\n]{1,200}?)[ \t]*\r?\n(?:content-[a-z-]+[ \t]*:)/i.exec(
    text,
  )?.[1]
  if (boundary === undefined) return null
  const read = delimited(bytes, boundary, start, end)
  return read.parts.length > 0 ? read : null
}

function contentTypeOf(
  value: string,
  filename: string,
  disposition: string,
  otherwise: string,
): string {
  const type = value.toLowerCase().trim().replace(/\s+/g, '')
  if (/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type)) {
    return type === 'application/octet-stream' && filename !== '' ? typeByName(filename) : type
  }
  if (type === 'html') return 'text/html'
  if (/^multipart(?:$|\/)/.test(type)) return 'multipart/mixed'
  if (type !== '' && type !== 'text')
    return /^(?:text\/|plain)/.test(type) ? 'text/plain' : 'application/octet-stream'
  if (filename !== '' && disposition !== '') return typeByName(filename)
  return disposition === 'attachment' ? 'application/octet-stream' : otherwise
}

/** Never to a type that would be taken apart or shown as text: a name is only a name. */
function typeByName(filename: string): string {
  const type = libmime.detectMimeType(filename) || 'application/octet-stream'
  return /^(?:multipart|message)\//.test(type) ? 'application/octet-stream' : type
}

const encodingOf = (value: string): string =>
  value
    .replace(/\([^)]*\)/g, '')
    .replace(/["';]/g, ' ')
    .trim()
    .toLowerCase()
    .split(/\s+/)[0] ?? ''

interface Structured {
  value: string
  params: Record<string, string>
  decoded: readonly string[]
}

/** A field with parameters (RFC 2045 section 5.1, RFC 2231). */
function structured(raw: string): Structured {
  if (raw === '') return { value: '', params: {}, decoded: [] }
  const parsed = libmime.parseHeaderValue(eightBit(cut(raw, 16_384), null), {
    stripComments: true,
  })
  return {
    value: decodeWords(parsed.value),
    params: parsed.params,
    decoded: parsed.decodedParams ?? [],
  }
}

/**
 * A parameter in RFC 2231 form is decoded already; encoded words in the others are against the
 * rules and usual.
 */
function nameOf(field: Structured, param: string): string {
  const value = field.params[param] ?? ''
  return wellFormedText(field.decoded.includes(param) ? value : decodeWords(value)).trim()
}

const first = (fields: readonly RawField[], name: string): string =>
  fields.find((field) => field.name === name)?.value ?? ''

/**
 * @returns the body without its transfer encoding. A multipart's body is never encoded, whatever it
 *   says.
 * @param file it is a file: see decodeTransfer.
 */
export const contentOf = (part: Entity, file = false): Buffer =>
  decodeTransfer(part.body, part.encoding, file)

/** @returns the first value of a part's field, raw; '' without one. */
export const rawField = (part: Entity, name: string): string => first(part.fields, name)
