import DKIM from 'nodemailer/lib/dkim'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { MailComposerAttachment, MailComposerOptions } from 'nodemailer/lib/mail-composer'
import { bracketed } from '../../domain/mail-in/message-ids.ts'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import { composeBody, type Quoted } from '../../domain/mail-out/body.ts'
import { languageOf } from '../../languages/language.ts'
import { attribution, cannotBeAnswered } from './requester-texts.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { BlobStore } from '../../platform/postgres/blobs.ts'
import { instanceId } from './instance-id.ts'
import type { OutboundRecord } from './outbound-record.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'

export interface DkimKey {
  domain: string
  selector: string
  /** PEM. */
  privateKey: string
}

/**
 * A header field line has 998 octets at most (RFC 5322 section 2.1.1); nodemailer folds, and
 * encodes what is not ASCII (RFC 2047, 2231).
 */
export interface Renderer {
  db: Database
  blobs: BlobStore
  secretKeys: SecretKeys
}

/**
 * The whole mail as it will leave, signed when there is a key. Done once for each message: the
 * bytes are stored and are the same at every attempt.
 */
export async function renderMail(
  { db, blobs, secretKeys }: Renderer,
  message: OutboundRecord,
  dkim: DkimKey | null,
): Promise<Buffer> {
  const [quoted, attachments] = await Promise.all([
    quotedOriginal(db, message),
    attachmentsOf(db, blobs, message.id),
  ])
  const body = composeBody(
    message,
    quoted,
    message.one_way && !message.automatic ? cannotBeAnswered(languageOf(message.language)) : null,
  )
  const options: MailComposerOptions = {
    messageId: bracketed(message.internet_id),
    date: message.date,
    from: named({ address: message.from_address, name: message.from_name }),
    to: message.to.map(named),
    subject: message.subject,
    text: body.text,
    html: body.html,
    attachments,
    headers: {
      'X-Guichet-Ticket': `${instanceId(secretKeys)}/${message.ticket_number}`,
      ...(message.automatic
        ? automaticHeaders(message.flags.includes(REMINDER) ? 'auto-generated' : 'auto-replied')
        : {}),
    },
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(message.cc.length > 0 ? { cc: message.cc.map(named) } : {}),
    ...(message.reply_to.length > 0 ? { replyTo: message.reply_to.map(named) } : {}),
    ...(message.in_reply_to === null ? {} : { inReplyTo: bracketed(message.in_reply_to) }),
    ...(message.references.length > 0 ? { references: message.references.map(bracketed) } : {}),
  }
  const mail = await new MailComposer(options).compile().build()
  return dkim ? signed(mail, dkim) : mail
}

/** Flag of a mail that answers nothing: a timer wrote it. */
export const REMINDER = 'reminder'

/**
 * What tells other machines not to answer. Auto-Submitted is the standard's (RFC 3834 section 5),
 * the other is Exchange's.
 * `Precedence: bulk` is not sent: RFC 3834 section 3.1.8 does not recommend it, and filters take it
 * for advertising.
 */
const automaticHeaders = (submitted: 'auto-generated' | 'auto-replied') => ({
  'Auto-Submitted': submitted,
  'X-Auto-Response-Suppress': 'All',
})

const named = ({ address, name }: MailAddress): { address: string; name: string } => ({
  address,
  name,
})

/**
 * What the requester wrote, under the answer to it. An acknowledgement repeats nothing: its
 * recipient may be a victim of a forged sender.
 */
async function quotedOriginal(db: Database, message: OutboundRecord): Promise<Quoted | null> {
  if (message.automatic || message.in_reply_to === null) return null
  const original = await db
    .selectFrom('message')
    .select(['from_address', 'from_name', 'text_visible', 'date'])
    .where('ticket_number', '=', message.ticket_number)
    .where('internet_id', '=', message.in_reply_to)
    .where('direction', '=', 'inbound')
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst()
  if (!original || original.text_visible.trim() === '') return null
  return {
    attribution: attribution(
      languageOf(message.language),
      original.from_name || original.from_address,
      original.date,
    ),
    text: original.text_visible,
  }
}

async function attachmentsOf(
  db: Database,
  blobs: BlobStore,
  messageId: string,
): Promise<MailComposerAttachment[]> {
  const attachments = await db
    .selectFrom('attachment')
    .select(['blob_sha256', 'filename', 'content_type', 'content_id', 'inline'])
    .where('message_id', '=', messageId)
    .orderBy('position')
    .orderBy('id')
    .execute()
  return Promise.all(
    attachments.map(async (row) => ({
      filename: row.filename,
      contentType: row.content_type,
      content: await blobs.get(row.blob_sha256),
      contentDisposition: row.inline ? 'inline' : 'attachment',
      ...(row.inline && row.content_id !== null ? { cid: row.content_id } : {}),
    })),
  )
}

/** RFC 6376. */
async function signed(mail: Buffer, { domain, selector, privateKey }: DkimKey): Promise<Buffer> {
  const stream = new DKIM({ domainName: domain, keySelector: selector, privateKey }).sign(mail)
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
