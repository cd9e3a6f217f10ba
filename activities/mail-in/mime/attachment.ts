import { cut } from '../../../domain/cut.ts'
import libmime from 'libmime'
import type { ParsedAttachment } from '../../../domain/mail-in/parsed-mail.ts'
import { wellFormedText } from '../../../domain/well-formed-text.ts'
import { contentOf, type Entity, rawField, readStructure } from './entity.ts'
import { decodeField } from './header.ts'

const longestName = 200
/** Parts that never carry a name, named for what they are. */
const usualNames: Record<string, string> = {
  'text/calendar': 'invitation.ics',
  'message/delivery-status': 'delivery-status.txt',
  'message/global-delivery-status': 'delivery-status.txt',
  'message/disposition-notification': 'read-receipt.txt',
  'text/rfc822-headers': 'returned-header.txt',
  'application/pgp-encrypted': 'pgp-version.txt',
}
const mailTypes = new Set(['message/rfc822', 'message/global', 'message/news'])

/**
 * A part as a file. A mail in the mail stays one file, `.eml` under its subject, with whatever is
 * attached to it.
 * @param index how many came before it, for a name when it has none.
 * @param parent the multipart it stands in.
 */
export function attachmentOf(
  part: Entity,
  index: number,
  parent: Entity | null = null,
): ParsedAttachment {
  const content = contentOf(part, true)
  const contentId =
    wellFormedText(rawField(part, 'content-id').replace(/^[\s<]+|[\s>]+$/g, '')) || null
  const name =
    part.filename ||
    (mailTypes.has(part.contentType)
      ? `${subjectOf(content) || 'message'}.eml`
      : (usualNames[part.contentType] ?? ''))
  return {
    filename: filenameOf(name, part.contentType, index),
    contentType: cut(wellFormedText(part.contentType), 200),
    contentId,
    inline:
      part.disposition === 'inline' ||
      (part.disposition !== 'attachment' &&
        contentId !== null &&
        parent?.contentType === 'multipart/related'),
    content,
  }
}

/**
 * A file name that is safe to show and to save: no path, no control or direction-changing
 * characters, bounded.
 * @returns `attachment-<n>` with the extension of the type when nothing is left of it.
 */
export function filenameOf(name: string, contentType: string, index: number): string {
  const bare = wellFormedText(name)
    .replace(/^.*[\\/](?=[^\\/]*$)/, '')
    .replace(/ *[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069"<>|:*?]+ */g, ' ')
    .trim()
    .replace(/^\.+/, '')
  if (bare === '')
    return `attachment-${index + 1}.${contentType === 'application/octet-stream' ? 'bin' : libmime.detectExtension(contentType)}`
  if (bare.length <= longestName) return bare
  const extension = /\.[^.\s]{1,10}$/.exec(bare)?.[0] ?? ''
  return wellFormedText(bare.slice(0, longestName - extension.length)) + extension
}

function subjectOf(mail: Buffer): string {
  const fields = readStructure(mail.subarray(0, 32_768)).root.fields
  return cut(
    decodeField(fields.find((field) => field.name === 'subject')?.value ?? '').replace(
      /[\\/]/g,
      '-',
    ),
    80,
  )
}
