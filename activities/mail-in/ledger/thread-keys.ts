import { createHash } from 'node:crypto'
import { cut } from '../../../domain/cut.ts'
import { answeredIds, messageIds } from '../../../domain/mail-in/message-ids.ts'
import { splitHead } from '../mime/header.ts'

/** Characters of a key, 6 bits each: two of a desk's mails never have one by chance. */
const LENGTH = 16

/**
 * What tells, before a mail is parsed, that another belongs to its thread: the hash of its
 * Message-ID, then of each that it answers. Hashes, because an id may be long.
 * @param raw the mail as stored.
 * @param contentKey stands for the Message-ID of a mail that has none.
 */
export function threadKeys(raw: Uint8Array, contentKey: string): string[] {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const { fields } = splitHead(bytes, 0, bytes.length, true)
  const valuesOf = (name: string): string[] =>
    fields.filter((field) => field.name === name).map((field) => field.value)
  const own = valuesOf('message-id').flatMap(messageIds)[0]
  const answered = answeredIds({
    inReplyTo: messageIds(valuesOf('in-reply-to')[0] ?? ''),
    references: messageIds(valuesOf('references').join(' ')),
  })
  return [hash(own ?? contentKey), ...answered.map(hash)]
}

const hash = (id: string): string =>
  cut(createHash('sha256').update(id).digest('base64url'), LENGTH)
