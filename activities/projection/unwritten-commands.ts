import { sql } from 'kysely'
import { wellFormedText, wellFormedTexts } from '../../domain/well-formed-text.ts'
import { retriedRow } from '../../domain/tickets/unwritten-command.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import type { UnwrittenCommand } from '../../workflows/ticket/activities.ts'
import { quarantineUnwritten } from '../mail-in/ledger/unwritten-mail.ts'
import { mailOf } from './persist.ts'

/**
 * Keeps a command that the database cannot take, whole, until an admin has looked at it: one that a
 * mail came to is the mail's, which ends in quarantine; an attempt of an admin's is its first row's.
 * Safe to run twice.
 */
export async function keepUnwritten(
  db: Database,
  { ticketNumber, name, command, reason }: UnwrittenCommand,
): Promise<void> {
  const mail = mailOf(command.id)
  if (mail !== null) return quarantineUnwritten(db, mail, wellFormedText(reason))
  const kept = {
    // Not jsonb, which does not take what may be at fault here.
    payload: JSON.stringify(command.payload),
    reason: wellFormedText(reason),
  }
  const earlier = retriedRow(command.id)
  if (earlier) {
    await db
      .updateTable('unwritten_command')
      .set({ ...kept, attempts: earlier.attempt + 1, ended: null, ended_by: null, ended_at: null })
      .where('id', '=', earlier.id)
      .where('attempts', '=', earlier.attempt)
      .execute()
    return
  }
  await db
    .insertInto('unwritten_command')
    .values({
      id: timeOrderedId(),
      ticket_number: ticketNumber,
      command_id: wellFormedText(command.id),
      name,
      actor: wellFormedTexts(command.actor),
      at: sql<Date>`now()`,
      ...kept,
    })
    .onConflict((conflict) => conflict.columns(['ticket_number', 'command_id']).doNothing())
    .execute()
}
