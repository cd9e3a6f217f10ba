import { sql } from 'kysely'
import type { Written, WrittenText } from '../../domain/written-in.ts'
import type { ReturnedWriting } from '../../workflows/ticket/activities.ts'
import { wellFormedText } from '../../domain/well-formed-text.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { secondsAgo } from '../../platform/postgres/seconds-ago.ts'
import { discardMessage, discardNote } from '../conversation/unsent-texts.ts'

/** Seconds after which nobody takes up any more what they once wrote. */
const KEPT = 30 * 86_400
/** So many of those go at once. */
const MOST_FORGOTTEN = 20

/**
 * Gives back what was written with a command that its ticket refused when nobody waited any more:
 * whole, also what lies in rows of its own. Those rows end with it, so that nothing waits to be sent,
 * and their files can be used again. Run inside a transaction; twice is once.
 */
export async function giveBack(
  db: Database,
  ticketNumber: number,
  { commandId, writerId, written }: ReturnedWriting,
): Promise<void> {
  const own = await ownRows(db, ticketNumber, written)
  const texts = [...own.texts, ...written.texts].map(({ field, text }) => ({
    field,
    text: wellFormedText(text),
  }))
  if (texts.length > 0 || own.attachmentIds.length > 0)
    await db
      .insertInto('returned_text')
      .values({
        ticket_number: ticketNumber,
        command_id: commandId,
        writer_id: writerId,
        texts: jsonb(texts),
        attachment_ids: own.attachmentIds,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  if (written.messageId) await discardMessage(db, written.messageId)
  if (written.noteId) await discardNote(db, written.noteId)
  if (written.approvalTextId)
    await db
      .deleteFrom('approval_text')
      .where('id', '=', written.approvalTextId)
      .where('ticket_number', '=', ticketNumber)
      .execute()
  await forgetOld(db)
}

/** The texts and files of the rows that were written down before the command. */
async function ownRows(
  db: Database,
  ticketNumber: number,
  { messageId, noteId, approvalTextId }: Written,
): Promise<{ texts: WrittenText[]; attachmentIds: string[] }> {
  const none = '00000000-0000-0000-0000-000000000000'
  const rows = await db
    .selectFrom('message')
    .select('text_visible as text')
    .where('id', '=', messageId ?? none)
    .where('event_no', 'is', null)
    .unionAll(
      db
        .selectFrom('note')
        .select('text')
        .where('id', '=', noteId ?? none)
        .where('event_no', 'is', null),
    )
    .unionAll(
      db
        .selectFrom('approval_text')
        .select('text')
        .where('id', '=', approvalTextId ?? none)
        .where('ticket_number', '=', ticketNumber),
    )
    .execute()
  const files = await db
    .selectFrom('attachment')
    .select('id')
    .where((eb) =>
      eb.or([eb('message_id', '=', messageId ?? none), eb('note_id', '=', noteId ?? none)]),
    )
    .orderBy('position')
    .orderBy('id')
    .execute()
  return {
    texts: rows.flatMap(({ text }) => (text.trim() === '' ? [] : [{ field: 'text', text }])),
    attachmentIds: files.map(({ id }) => id),
  }
}

const forgetOld = (db: Database): Promise<unknown> =>
  db
    .deleteFrom('returned_text')
    .where((eb) =>
      eb(
        eb.refTuple('ticket_number', 'command_id'),
        'in',
        eb
          .selectFrom('returned_text')
          .select(['ticket_number', 'command_id'])
          .where('at', '<', secondsAgo(KEPT))
          .orderBy('at')
          .limit(MOST_FORGOTTEN)
          .modifyEnd(sql`FOR UPDATE SKIP LOCKED`)
          .$asTuple('ticket_number', 'command_id'),
      ),
    )
    .execute()

/** @returns what its writer may have back of a command; null, when it is nothing. */
export async function returnedText(
  db: Database,
  ticketNumber: number,
  commandId: string,
  writerId: string,
): Promise<{ texts: WrittenText[]; attachmentIds: string[] } | null> {
  const row = await db
    .selectFrom('returned_text')
    .select(['texts', 'attachment_ids as attachmentIds'])
    .where('ticket_number', '=', ticketNumber)
    .where('command_id', '=', commandId)
    .where('writer_id', '=', writerId)
    .executeTakeFirst()
  return row ?? null
}
