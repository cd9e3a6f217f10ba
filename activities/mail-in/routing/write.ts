import type pg from 'pg'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import type { AddressBook } from '../../../domain/mail-in/routing/address-book.ts'
import type { RoutedCommand, RoutedMail } from './routed-mail.ts'
import { storable } from '../../../domain/mail-in/storable-text.ts'
import { storableJson } from '../ledger/storable.ts'

/** An attachment whose bytes are in the blob store. */
export interface KeptAttachment {
  blobSha256: string
  filename: string
  contentType: string
  size: number
  contentId: string | null
  inline: boolean
}

type Writer = Pick<pg.ClientBase, 'query'>

/**
 * Writes the messages of a batch with their attachments, ids and people: four statements, however
 * many mails it has. To be called inside the routing transaction.
 * @param attachments by ledger id.
 */
export async function writeMessages(
  db: Writer,
  routed: readonly RoutedMail[],
  attachments: ReadonlyMap<string, readonly KeptAttachment[]>,
): Promise<void> {
  const messages = routed.filter((r) => r.message !== null)
  if (messages.length === 0) return
  await db.query({
    name: 'mail-write-messages',
    values: [storableJson(messages.map((r) => r.message))],
    text: `INSERT INTO message (id, ticket_number, direction, state, automatic, internet_id, in_reply_to, "references", from_address, from_name, "to", cc, reply_to,
        subject, text, text_visible, html, html_folded, flags, mail_id, source_sha256, date, created_at)
      SELECT id, ticket_number, 'inbound', 'received', automatic, internet_id, in_reply_to, "references", from_address, from_name, "to", cc, reply_to,
        subject, text, text_visible, html, html_folded, flags, mail_id, source_sha256, date, created_at
      FROM json_to_recordset($1::json) AS m(id uuid, ticket_number int, automatic boolean, internet_id text, in_reply_to text, "references" text[], from_address text,
        from_name text, "to" jsonb, cc jsonb, reply_to jsonb, subject text, text text, text_visible text, html text, html_folded boolean, flags text[], mail_id uuid,
        source_sha256 text, date timestamptz, created_at timestamptz)`,
  })
  await writeAttachments(db, messages, attachments)
  await writeCorrespondence(db, messages)
}

async function writeAttachments(
  db: Writer,
  messages: readonly RoutedMail[],
  attachments: ReadonlyMap<string, readonly KeptAttachment[]>,
): Promise<void> {
  const rows = messages.flatMap((r) =>
    (attachments.get(r.candidate.row.id) ?? []).map((a, position) => ({
      id: timeOrderedId(),
      message_id: r.messageId,
      position,
      blob_sha256: a.blobSha256,
      filename: a.filename.slice(0, 1000),
      content_type: a.contentType.slice(0, 255),
      size: a.size,
      content_id: a.contentId,
      inline: a.inline,
    })),
  )
  if (rows.length === 0) return
  await db.query({
    name: 'mail-write-attachments',
    values: [storableJson(rows)],
    text: `INSERT INTO attachment (id, message_id, position, blob_sha256, filename, content_type, size, content_id, inline)
      SELECT id, message_id, position, blob_sha256, filename, content_type, size, content_id, inline
      FROM json_to_recordset($1::json) AS a(id uuid, message_id uuid, position int, blob_sha256 text, filename text, content_type text, size int, content_id text, inline boolean)`,
  })
}

/** Ids and people first seen here. A known id that turns out to be this very message gets it. */
async function writeCorrespondence(db: Writer, messages: readonly RoutedMail[]): Promise<void> {
  const references = new Map<string, RoutedMail['references'][number]>()
  for (const r of messages.flatMap((m) => m.references)) {
    const key = `${r.ticketNumber} ${r.internetId}`
    if (!references.get(key)?.messageId) references.set(key, r)
  }
  const ids = [...references.values()]
  const people = messages.flatMap((m) => m.participants)
  await db.query({
    name: 'mail-write-references',
    values: [
      ids.map((r) => storable(r.internetId)),
      ids.map((r) => r.ticketNumber),
      ids.map((r) => r.messageId),
    ],
    text: `INSERT INTO message_reference (internet_id, ticket_number, message_id) SELECT * FROM unnest($1::text[], $2::int[], $3::uuid[])
      ON CONFLICT (internet_id, ticket_number) DO UPDATE SET message_id = EXCLUDED.message_id
      WHERE message_reference.message_id IS NULL AND EXCLUDED.message_id IS NOT NULL`,
  })
  await db.query({
    name: 'mail-write-participants',
    values: [people.map((p) => p.ticketNumber), people.map((p) => storable(p.address))],
    text: 'INSERT INTO participant (ticket_number, address) SELECT DISTINCT * FROM unnest($1::int[], $2::text[]) ON CONFLICT DO NOTHING',
  })
}

/**
 * Writes the end of each mail of a batch, and the command that is still to be sent. `sent_at`
 * counts from here, because the same process sends at once: whoever looks for forgotten mails
 * leaves it time for that.
 */
export async function endMails(
  db: Writer,
  routed: readonly (RoutedMail & { command: RoutedCommand | null })[],
  book: AddressBook,
): Promise<void> {
  const rows = routed.map((r) => ({
    id: r.candidate.row.id,
    outcome: r.outcome,
    reason: r.outcomeReason,
    ticket_number: r.ticketNumber,
    message_id: r.messageId,
    command: r.command,
    action:
      r.candidate.row.source === 'imap' &&
      (book.mailboxes.get(r.candidate.row.mailboxId)?.afterImport ?? 'keep') !== 'keep'
        ? 'pending'
        : null,
  }))
  await db.query({
    name: 'mail-write-ends',
    values: [storableJson(rows)],
    text: `UPDATE mail SET state = CASE WHEN r.command IS NULL THEN 'settled' ELSE 'routed' END::"MailState", outcome = r.outcome::"MailOutcome", outcome_reason = r.reason,
        ticket_number = r.ticket_number, message_id = r.message_id, command = r.command, server_action = r.action,
        sent_at = CASE WHEN r.command IS NULL THEN NULL ELSE now() END, settled_at = CASE WHEN r.command IS NULL THEN now() ELSE NULL END
      FROM json_to_recordset($1::json) AS r(id uuid, outcome text, reason text, ticket_number int, message_id uuid, command jsonb, action text)
      WHERE mail.id = r.id`,
  })
}
