import type { Database } from '../../platform/postgres/database.ts'

/**
 * Takes back a message that was written down for a command that its ticket has refused: it is not
 * sent, and its files can be used in the next attempt. Run inside a transaction.
 */
export async function discardMessage(db: Database, messageId: string): Promise<void> {
  const { numDeletedRows } = await db
    .with('freed', (freed) =>
      freed
        .updateTable('attachment')
        .set({ message_id: null, inline: false, content_id: null })
        .where('message_id', '=', messageId)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('message')
              .select('message.id')
              .where('message.id', '=', messageId)
              .where('message.event_no', 'is', null),
          ),
        ),
    )
    .deleteFrom('message')
    .where('id', '=', messageId)
    .where('event_no', 'is', null)
    .executeTakeFirst()
  if (numDeletedRows > 0n)
    await db.deleteFrom('message_reference').where('message_id', '=', messageId).execute()
}

/** The same of a note. */
export const discardNote = async (db: Database, noteId: string): Promise<void> =>
  void (await db
    .with('freed', (freed) =>
      freed
        .updateTable('attachment')
        .set({ note_id: null })
        .where('note_id', '=', noteId)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('note')
              .select('note.id')
              .where('note.id', '=', noteId)
              .where('note.event_no', 'is', null),
          ),
        ),
    )
    .deleteFrom('note')
    .where('id', '=', noteId)
    .where('event_no', 'is', null)
    .execute())
