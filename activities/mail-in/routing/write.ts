import { cut } from '../../../domain/cut.ts'
import type { Explanation } from '../../../domain/explanation.ts'
import { sql } from 'kysely'
import type { DeliveryState, Direction } from '../../../prisma/generated/database.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { excluded } from '../../../platform/postgres/excluded.ts'
import { columnsOf, type JsonText, recordset } from '../../../platform/postgres/json.ts'
import { runPrepared } from '../../../platform/postgres/run-prepared.ts'
import { timeOrderedId } from '../../../platform/postgres/time-ordered-id.ts'
import type { AddressBook } from '../../../domain/mail-in/routing/address-book.ts'
import type { RoutedCommand } from '../../../domain/mail-in/routing/routed-command.ts'
import type { RoutedMail } from './routed-mail.ts'
import { wellFormedTexts } from '../../../domain/well-formed-text.ts'

/** An attachment whose bytes are in the blob store. */
export interface KeptAttachment {
  blobSha256: string
  filename: string
  contentType: string
  size: number
  contentId: string | null
  inline: boolean
}

const MESSAGE_COLUMNS = {
  id: 'uuid',
  ticket_number: 'integer',
  automatic: 'boolean',
  internet_id: 'text',
  in_reply_to: 'text',
  references: 'text[]',
  from_address: 'text',
  from_name: 'text',
  to: 'jsonb',
  cc: 'jsonb',
  reply_to: 'jsonb',
  subject: 'text',
  text: 'text',
  text_visible: 'text',
  html: 'text',
  html_folded: 'boolean',
  flags: 'text[]',
  mail_id: 'uuid',
  source_sha256: 'text',
  date: 'timestamptz',
  created_at: 'timestamptz',
} as const

const ATTACHMENT_COLUMNS = {
  id: 'uuid',
  message_id: 'uuid',
  position: 'integer',
  blob_sha256: 'text',
  filename: 'text',
  content_type: 'text',
  size: 'integer',
  content_id: 'text',
  inline: 'boolean',
} as const

/**
 * Writes the messages of a batch with their attachments, ids and people: four statements, however
 * many mails it has. To be called inside the routing transaction.
 * @param attachments by ledger id.
 */
export async function writeMessages(
  db: Database,
  routed: readonly RoutedMail[],
  attachments: ReadonlyMap<string, readonly KeptAttachment[]>,
): Promise<void> {
  const messages = routed.filter((r) => r.message !== null)
  if (messages.length === 0) return
  const columns = columnsOf(MESSAGE_COLUMNS)
  const written = wellFormedTexts(messages.flatMap(({ message }) => message ?? []))
  await runPrepared(
    db,
    db
      .insertInto('message')
      .columns([...columns, 'direction', 'state'])
      .expression((eb) =>
        eb
          .selectFrom(recordset('m', written, MESSAGE_COLUMNS))
          .select(columns)
          .select([
            sql<Direction>`'inbound'`.as('direction'),
            sql<DeliveryState>`'received'`.as('state'),
          ]),
      ),
  )
  await writeAttachments(db, messages, attachments)
  await writeCorrespondence(db, messages)
}

async function writeAttachments(
  db: Database,
  messages: readonly RoutedMail[],
  attachments: ReadonlyMap<string, readonly KeptAttachment[]>,
): Promise<void> {
  const rows = messages.flatMap((r) =>
    (attachments.get(r.candidate.row.id) ?? []).map((a, position) => ({
      id: timeOrderedId(),
      message_id: r.messageId,
      position,
      blob_sha256: a.blobSha256,
      filename: cut(a.filename, 1000),
      content_type: cut(a.contentType, 255),
      size: a.size,
      content_id: a.contentId,
      inline: a.inline,
    })),
  )
  if (rows.length === 0) return
  const columns = columnsOf(ATTACHMENT_COLUMNS)
  const kept = recordset('a', wellFormedTexts(rows), ATTACHMENT_COLUMNS)
  await runPrepared(
    db,
    db
      .insertInto('attachment')
      .columns(columns)
      .expression((eb) => eb.selectFrom(kept).select(columns)),
  )
}

/** Ids and people first seen here. A known id that turns out to be this very message gets it. */
async function writeCorrespondence(db: Database, messages: readonly RoutedMail[]): Promise<void> {
  const references = new Map<string, RoutedMail['references'][number]>()
  for (const r of messages.flatMap((m) => m.references)) {
    const key = `${r.ticketNumber} ${r.internetId}`
    if (!references.get(key)?.messageId) references.set(key, r)
  }
  const ids = recordset(
    'r',
    wellFormedTexts(
      [...references.values()].map(({ internetId, ticketNumber, messageId }) => ({
        internet_id: internetId,
        ticket_number: ticketNumber,
        message_id: messageId,
      })),
    ),
    { internet_id: 'text', ticket_number: 'integer', message_id: 'uuid' },
  )
  await runPrepared(
    db,
    db
      .insertInto('message_reference')
      .columns(['internet_id', 'ticket_number', 'message_id'])
      .expression((eb) =>
        eb.selectFrom(ids).select(['r.internet_id', 'r.ticket_number', 'r.message_id']),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['internet_id', 'ticket_number'])
          .doUpdateSet(excluded('message_reference', ['message_id']))
          .where('message_reference.message_id', 'is', null)
          .where('excluded.message_id', 'is not', null),
      ),
  )
  const people = recordset(
    'p',
    wellFormedTexts(
      messages
        .flatMap((m) => m.participants)
        .map(({ ticketNumber, address }) => ({ ticket_number: ticketNumber, address })),
    ),
    { ticket_number: 'integer', address: 'text' },
  )
  await runPrepared(
    db,
    db
      .insertInto('participant')
      .columns(['ticket_number', 'address'])
      .expression((eb) => eb.selectFrom(people).distinct().select(['p.ticket_number', 'p.address']))
      .onConflict((conflict) => conflict.doNothing()),
  )
}

/**
 * Writes the end of each mail of a batch, and the command that is still to be sent. `sent_at`
 * counts from here, because the same process sends at once: whoever looks for forgotten mails
 * leaves it time for that.
 */
export async function endMails(
  db: Database,
  routed: readonly (RoutedMail & { command: RoutedCommand | null })[],
  book: AddressBook,
): Promise<void> {
  const ends = routed.map((r) => ({
    id: r.candidate.row.id,
    state: r.command === null ? ('settled' as const) : ('routed' as const),
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
  const rows = recordset('r', wellFormedTexts(ends), {
    id: 'uuid',
    state: '"MailState"',
    outcome: '"MailOutcome"',
    reason: 'jsonb',
    ticket_number: 'integer',
    message_id: 'uuid',
    command: 'jsonb',
    action: 'text',
  })
  await runPrepared(
    db,
    db
      .updateTable('mail')
      .from(rows)
      .set((eb) => ({
        state: eb.ref('r.state'),
        outcome: eb.ref('r.outcome'),
        outcome_reason: eb.ref('r.reason').$castTo<JsonText<Explanation>>(),
        ticket_number: eb.ref('r.ticket_number'),
        message_id: eb.ref('r.message_id'),
        command: eb.ref('r.command'),
        server_action: eb.ref('r.action'),
        sent_at: sql<Date | null>`CASE WHEN r.state = 'routed' THEN now() END`,
        settled_at: sql<Date | null>`CASE WHEN r.state = 'settled' THEN now() END`,
      }))
      .whereRef('mail.id', '=', 'r.id'),
  )
}
