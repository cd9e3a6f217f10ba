import { anyOf } from '../../platform/postgres/any-of.ts'
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

/**
 * Takes away what was written down for commands that were refused long ago, where nobody lived to take
 * it back then: with its files, which nobody can use any more. Twice is once.
 * @param ids of messages or notes.
 */
export async function forgetUnsent(db: Database, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const forget = async (within: Database): Promise<void> => {
    for (const table of ['message', 'note'] as const) {
      const unsent = await within
        .selectFrom(table)
        .select('id')
        .where('id', '=', anyOf(ids, 'uuid'))
        .where('event_no', 'is', null)
        .execute()
      for (const { id } of unsent) {
        await within.deleteFrom('attachment').where(`${table}_id`, '=', id).execute()
        await (table === 'message' ? discardMessage(within, id) : discardNote(within, id))
      }
    }
  }
  await (db.isTransaction ? forget(db) : db.transaction().execute(forget))
}
