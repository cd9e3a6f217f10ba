import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import type { Query } from '../../platform/postgres/query.ts'

/**
 * A message about to be sent, as it is first written down: id, recipients and threading are settled
 * before any attempt.
 */
export interface OutboundRow {
  id: string
  ticketNumber: number
  held: boolean
  automatic: boolean
  oneWay: boolean
  internetId: string
  inReplyTo: string | null
  references: string[]
  from: MailAddress
  to: MailAddress[]
  cc: MailAddress[]
  /** The signed reply address; null: answers go to From. */
  replyTo: string | null
  subject: string
  /**
   * With the signature. The quoted original is added when the mail is rendered: it is a copy of
   * another message of the ticket.
   */
  text: string
  /** Without the signature. */
  textVisible: string
  html: string | null
  language: string
  authorId: string | null
  flags?: string[]
}

const INSERT = `
WITH
  written AS (
    INSERT INTO message (id, ticket_number, direction, state, automatic, one_way, internet_id, in_reply_to, "references", from_address, from_name,
      "to", cc, reply_to, subject, text, text_visible, html, language, author_id, flags, date)
    VALUES ($1::uuid, $2::int, 'outbound', $3::text::"DeliveryState", $4::boolean, $5::boolean, $6::text, $7::text, $8::text[], $9::text, $10::text,
      $11::jsonb, $12::jsonb, $13::jsonb, $14::text, $15::text, $16::text, $17::text, $18::text, $19::uuid, $21::text[], now())
    RETURNING id
  ),
  referred AS (
    INSERT INTO message_reference (internet_id, ticket_number, message_id) SELECT $6::text, $2::int, id FROM written ON CONFLICT DO NOTHING
  ),
  taking_part AS (
    INSERT INTO participant (ticket_number, address) SELECT DISTINCT $2::int, unnest($20::text[]) ON CONFLICT DO NOTHING
  )
SELECT id FROM written`

/**
 * Writes the row, its Message-ID as a reference of the ticket, and its recipients as participants,
 * in one statement. Not visible before its event.
 */
export async function insertOutbound(query: Query, row: OutboundRow): Promise<void> {
  await query(INSERT, [
    row.id,
    row.ticketNumber,
    row.held ? 'held' : 'queued',
    row.automatic,
    row.oneWay,
    row.internetId,
    row.inReplyTo,
    row.references,
    row.from.address,
    row.from.name,
    JSON.stringify(row.to),
    JSON.stringify(row.cc),
    JSON.stringify(row.replyTo === null ? [] : [{ address: row.replyTo, name: row.from.name }]),
    row.subject,
    row.text,
    row.textVisible,
    row.html,
    row.language,
    row.authorId,
    [...row.to, ...row.cc].map(({ address }) => address),
    row.flags ?? [],
  ])
}
