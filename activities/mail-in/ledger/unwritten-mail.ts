import { sql } from 'kysely'
import { takeLock } from '../../../platform/postgres/advisory-locks.ts'
import { anyOf } from '../../../platform/postgres/any-of.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { type Explanation, sentenceOf, technically } from '../../../domain/explanation.ts'
import { jsonOf } from '../../../platform/postgres/json.ts'

/**
 * Ends a mail in quarantine whose command the database cannot take. What routing wrote of it is
 * taken back, so that another try begins anew. Were it to open its ticket, there is none now, and
 * whatever else was routed there is routed again.
 * @param reason what the database said.
 */
export async function quarantineUnwritten(
  db: Database,
  mailId: string,
  reason: string,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await takeLock(transaction, 'mailRouting')
    const mail = await transaction
      .selectFrom('mail as m')
      .leftJoin('ticket as t', 't.number', 'm.ticket_number')
      .select(['m.ticket_number', 't.number as opened'])
      .where('m.id', '=', mailId)
      .where('m.state', '=', 'routed')
      .executeTakeFirst()
    if (!mail) return
    const others =
      mail.ticket_number === null || mail.opened !== null
        ? []
        : await otherMails(transaction, mail.ticket_number, mailId)
    await unroute(transaction, [mailId, ...others])
    if (mail.ticket_number !== null && mail.opened === null)
      await forgetTicket(transaction, mail.ticket_number)
    await transaction
      .updateTable('mail')
      .set((eb) => ({
        state: 'settled',
        outcome: 'quarantine',
        outcome_reason: jsonOf<Explanation>([
          sentenceOf('mail-not-routed'),
          ...technically(reason),
        ]),
        settled_at: sql<Date>`now()`,
        attempts: eb('attempts', '+', 1),
      }))
      .where('id', '=', mailId)
      .execute()
  })
}

const otherMails = async (db: Database, ticket: number, mailId: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('mail')
    .select('id')
    .where('ticket_number', '=', ticket)
    .where('state', '=', 'routed')
    .where('id', '<>', mailId)
    .execute()
  return rows.map(({ id }) => id)
}

/** Back to how mails were when they had been stored, without their messages and acknowledgements. */
async function unroute(db: Database, mailIds: readonly string[]): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    SELECT m.id FROM message m JOIN mail l
      ON m.id = l.message_id OR m.id::text = l.command #>> '{command,payload,acknowledgement,messageId}'
    WHERE l.id = ${anyOf(mailIds, 'uuid')} AND m.event_no IS NULL`.execute(db)
  const messages = anyOf(
    rows.map(({ id }) => id),
    'uuid',
  )
  await db.deleteFrom('attachment').where('message_id', '=', messages).execute()
  await db.deleteFrom('message_reference').where('message_id', '=', messages).execute()
  await db.deleteFrom('message').where('id', '=', messages).execute()
  await db
    .updateTable('mail')
    .set({
      state: 'stored',
      outcome: null,
      outcome_reason: null,
      ticket_number: null,
      message_id: null,
      command: null,
      sent_at: null,
      server_action: null,
    })
    .where('id', '=', anyOf(mailIds, 'uuid'))
    .execute()
}

/** A ticket that never opened: nothing is to be routed to it. */
async function forgetTicket(db: Database, number: number): Promise<void> {
  await db.deleteFrom('message_reference').where('ticket_number', '=', number).execute()
  await db.deleteFrom('participant').where('ticket_number', '=', number).execute()
}
