import libmime from 'libmime'
import type { ParsedAttachment } from '../../../domain/mail-in/parsed-mail.ts'
import { calendarLine } from './calendar.ts'
import { decodeText } from './charset.ts'
import { contentOf, type Entity, rawField, readStructure } from './entity.ts'
import { attachmentOf, filenameOf } from './attachment.ts'
import { armourFlags, securityFlags, signedContent, withoutArmour } from './security.ts'
import { uuencodedFiles } from './transfer-encoding.ts'
import { isTnef, readTnef } from './tnef.ts'

/** A run of the mail's body: the same words as text and as HTML, or only one of them. */
export interface Piece {
  plain: string | null
  html: string | null
}

export interface Body {
  pieces: Piece[]
  attachments: ParsedAttachment[]
  flags: Set<string>
  /**
   * Bodies of message/delivery-status and message/disposition-notification parts, and the headers
   * that came back with them.
   */
  statuses: string[]
  returned: string | null
  /** The first mail attached to this one, whole. */
  attachedMail: Buffer | null
}

/** Alternatives made for other devices than a mail client: the same words once more. */
const otherRenderings = new Set(['text/x-amp-html', 'text/watch-html'])

/**
 * What of a mail's parts is its text and what is attached (RFC 2046, RFC 2387, RFC 1847, RFC 3462).
 * @param hint a charset for text that declares none.
 */
export function readBody(root: Entity, hint: string | null): Body {
  const body: Body = {
    pieces: [],
    attachments: [],
    flags: new Set(),
    statuses: [],
    returned: null,
    attachedMail: null,
  }
  body.pieces = piecesOf({ body, hint, opened: 0 }, root, null)
  return body
}

interface Reading {
  body: Body
  hint: string | null
  opened: number
}

function piecesOf(reading: Reading, part: Entity, parent: Entity | null): Piece[] {
  for (const flag of securityFlags(part)) reading.body.flags.add(flag)
  if (part.contentType === 'multipart/alternative') return alternative(reading, part)
  if (part.contentType.startsWith('multipart/')) {
    const pieces: Piece[] = []
    for (const child of part.children) {
      const own = piecesOf(reading, child, part)
      pieces.push(...own)
    }
    return pieces
  }
  return leaf(reading, part, parent)
}

/**
 * One piece from several renderings: the first with plain text only, the last with HTML (RFC 2046
 * section 5.1.4: the last is the richest).
 */
function alternative(reading: Reading, part: Entity): Piece[] {
  const invitations = part.children
    .filter(isCalendar)
    .flatMap((child) => piecesOf(reading, child, part))
  const renderings = part.children
    .filter((child) => !otherRenderings.has(child.contentType) && !isCalendar(child))
    .map((child) => piecesOf(reading, child, part))
    .filter((pieces) => pieces.some((piece) => (piece.plain ?? piece.html ?? '').trim() !== ''))
  const rich = renderings.findLast((pieces) => pieces.some((piece) => piece.html !== null))
  const plain = renderings.find(
    (pieces) => pieces !== rich && pieces.some((piece) => piece.plain !== null),
  )
  if (!rich || !plain) return [...(rich ?? plain ?? []), ...invitations]
  return [
    { plain: plain.map((piece) => piece.plain ?? '').join('\n'), html: joinedHtml(rich) },
    ...invitations,
  ]
}

const isCalendar = (part: Entity): boolean =>
  part.contentType === 'text/calendar' || part.contentType === 'application/ics'

function leaf(reading: Reading, part: Entity, parent: Entity | null): Piece[] {
  const { body } = reading
  const type = part.contentType
  if (
    type === 'message/delivery-status' ||
    type === 'message/disposition-notification' ||
    type === 'message/global-delivery-status'
  ) {
    body.statuses.push(decodeText(contentOf(part), null, reading.hint))
  }
  if (type === 'text/rfc822-headers' || type === 'message/global-headers')
    body.returned ??= decodeText(contentOf(part), null, reading.hint)
  if (type === 'message/rfc822' || type === 'message/global' || type === 'message/news') {
    const inner = contentOf(part)
    body.attachedMail ??= inner
    if (parent?.contentType === 'multipart/report')
      body.returned ??= inner.toString('utf8', 0, 65_536)
  }
  if (type === 'message/partial') body.flags.add('partial')
  if (isCalendar(part)) return calendar(reading, part)
  if (isBodyText(reading, part)) return written(reading, part)
  return attached(reading, part, parent)
}

/**
 * A text part is the body unless it is said or looks to be a file: attached, or named and not the
 * first.
 */
function isBodyText(reading: Reading, part: Entity): boolean {
  if (!part.contentType.startsWith('text/')) return false
  if (
    /^text\/(?:rfc822-headers|csv|x?-?vcard|directory|xml|css|javascript|x-diff|x-patch)$/.test(
      part.contentType,
    )
  )
    return false
  const first = !reading.body.flags.has('body')
  if (part.disposition !== '' && part.disposition !== 'inline')
    return first && part.filename === '' && reading.body.attachments.length === 0
  return (
    part.filename === '' ||
    (first && (part.contentType === 'text/plain' || part.contentType === 'text/html'))
  )
}

function written(reading: Reading, part: Entity): Piece[] {
  const { body } = reading
  const content = contentOf(part)
  const looksHtml =
    part.contentType === 'text/plain' &&
    rawField(part, 'content-type') === '' &&
    /^\s*<(?:!doctype html|html)\b/i.test(content.toString('latin1', 0, 200))
  if (content.length > 0) body.flags.add('body')
  if (part.contentType === 'text/html' || looksHtml) {
    const charset = part.params['charset'] ?? metaCharset(content)
    return [{ plain: null, html: unixLines(decodeText(content, charset, reading.hint)) }]
  }
  let text = unixLines(
    decodeText(flowed(part, content), part.params['charset'] ?? null, reading.hint),
  )
  if (part.contentType === 'text/enriched' || part.contentType === 'text/richtext')
    text = text
      .replace(/<param>[^<]*<\/param>/gi, '')
      .replace(/<(?!<)[^<>\n]{1,60}>/g, '')
      .replaceAll('<<', '<')
  for (const flag of armourFlags(text)) body.flags.add(flag)
  const { text: rest, files } = uuencodedFiles(withoutArmour(text))
  for (const file of files)
    body.attachments.push({
      filename: filenameOf(file.filename, 'application/octet-stream', 0),
      contentType: libmime.detectMimeType(file.filename) || 'application/octet-stream',
      contentId: null,
      inline: false,
      content: file.content,
    })
  return [{ plain: rest, html: null }]
}

function calendar(reading: Reading, part: Entity): Piece[] {
  reading.body.flags.add('calendar')
  reading.body.attachments.push(attachmentOf(part, reading.body.attachments.length))
  const line = calendarLine(
    decodeText(contentOf(part), part.params['charset'] ?? 'utf-8', reading.hint),
  )
  return line === '' ? [] : [{ plain: line, html: null }]
}

function attached(reading: Reading, part: Entity, parent: Entity | null): Piece[] {
  const { body } = reading
  const attachment = attachmentOf(part, body.attachments.length, parent)
  const content = attachment.content as Buffer
  if (
    (part.contentType === 'application/ms-tnef' || /^winmail\.dat$/i.test(part.filename)) &&
    isTnef(content)
  )
    return unpacked(reading, content)
  body.attachments.push(attachment)
  if (reading.opened < 3) {
    const inside = signedContent(part)
    if (inside) {
      reading.opened++
      return piecesOf(reading, readStructure(inside).root, part)
    }
  }
  return []
}

/** winmail.dat: its files take its place; its body counts only when the mail has no other. */
function unpacked(reading: Reading, content: Buffer): Piece[] {
  const { body } = reading
  const tnef = readTnef(content)
  body.flags.add('tnef')
  for (const file of tnef?.files ?? []) {
    const contentType =
      file.contentType ?? (libmime.detectMimeType(file.filename) || 'application/octet-stream')
    body.attachments.push({
      filename: filenameOf(file.filename, contentType, body.attachments.length),
      contentType,
      contentId: file.contentId,
      inline: file.contentId !== null,
      content: file.content,
    })
  }
  if (!tnef || body.flags.has('body') || (!tnef.text && !tnef.html)) return []
  return [{ plain: tnef.text || null, html: tnef.html }]
}

/**
 * format=flowed (RFC 3676): soft line ends joined, before the charset is undone as the space is
 * ASCII in all of them.
 */
function flowed(part: Entity, content: Buffer): Buffer {
  if (part.contentType !== 'text/plain' || part.params['format']?.toLowerCase().trim() !== 'flowed')
    return content
  return Buffer.from(
    libmime.decodeFlowed(
      content.toString('latin1'),
      part.params['delsp']?.toLowerCase().trim() === 'yes',
    ),
    'latin1',
  )
}

const metaCharset = (html: Buffer): string | null =>
  /<meta[^>]{0,300}?charset\s*=\s*["']?([\w:.-]{2,40})/i.exec(
    html.toString('latin1', 0, 4096),
  )?.[1] ?? null

const unixLines = (text: string): string =>
  text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text

/** HTML of several pieces; text among them is written as HTML. */
export const joinedHtml = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => piece.html ?? textToHtml(piece.plain ?? '')).join('\n')

const textToHtml = (text: string): string =>
  text.trim() === ''
    ? ''
    : `<div style="white-space: pre-wrap">${text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')}</div>`
