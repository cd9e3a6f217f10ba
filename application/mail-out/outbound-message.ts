import { sql } from 'kysely'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb, recordset } from '../../platform/postgres/json.ts'

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

/**
 * Writes the row, its Message-ID as a reference of the ticket, and its recipients as participants,
 * in one statement. Not visible before its event.
 */
export async function insertOutbound(db: Database, row: OutboundRow): Promise<void> {
  const { id, ticketNumber, internetId } = row
  const recipients = recordset(
    'r',
    [...row.to, ...row.cc].map(({ address }) => ({ ticket_number: ticketNumber, address })),
    { ticket_number: 'integer', address: 'text' },
  )
  await db
    .with('written', (cte) =>
      cte.insertInto('message').values({
        id,
        ticket_number: ticketNumber,
        direction: 'outbound',
        state: row.held ? 'held' : 'queued',
        automatic: row.automatic,
        one_way: row.oneWay,
        internet_id: internetId,
        in_reply_to: row.inReplyTo,
        references: row.references,
        from_address: row.from.address,
        from_name: row.from.name,
        to: jsonb(row.to),
        cc: jsonb(row.cc),
        reply_to: jsonb(
          row.replyTo === null ? [] : [{ address: row.replyTo, name: row.from.name }],
        ),
        subject: row.subject,
        text: row.text,
        text_visible: row.textVisible,
        html: row.html,
        language: row.language,
        author_id: row.authorId,
        flags: row.flags ?? [],
        date: sql<Date>`now()`,
      }),
    )
    .with('referred', (cte) =>
      cte
        .insertInto('message_reference')
        .values({ internet_id: internetId, ticket_number: ticketNumber, message_id: id })
        .onConflict((conflict) => conflict.doNothing()),
    )
    .insertInto('participant')
    .columns(['ticket_number', 'address'])
    .expression((eb) =>
      eb.selectFrom(recipients).distinct().select(['r.ticket_number', 'r.address']),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
