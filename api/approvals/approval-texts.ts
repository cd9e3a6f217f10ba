import { isRefusedForGood } from '../../application/tickets/command-answers.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { AskedLine } from '../../domain/approvals/vocabulary.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { unprocessable } from '../http/problem.ts'

/**
 * Keeps what is asked outside of the workflow (claim check) while `send` asks it. When the ticket
 * refuses, it is forgotten again.
 * @throws what `send` throws.
 */
export async function keepingText<T>(
  db: Database,
  ticketNumber: number,
  asked: { text: string; lines?: readonly AskedLine[] },
  send: (textId: string) => Promise<T>,
): Promise<T> {
  const id = newId()
  await db
    .insertInto('approval_text')
    .values({
      id,
      ticket_number: ticketNumber,
      text: asked.text,
      lines: jsonb(asked.lines ?? []),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  try {
    return await send(id)
  } catch (error) {
    if (isRefusedForGood(error)) await db.deleteFrom('approval_text').where('id', '=', id).execute()
    throw error
  }
}

/**
 * Only a task that is there can wait.
 * @throws ProblemError 422
 */
export async function requireTicketTasks(
  db: Database,
  ticketNumber: number,
  ids: readonly string[],
  pointer: string,
): Promise<void> {
  const known = await db
    .selectFrom('task')
    .select('id')
    .where('ticket_number', '=', ticketNumber)
    .where('id', '=', anyOf(ids, 'uuid'))
    .execute()
  if (known.length !== new Set(ids.map((id) => id.toLowerCase())).size)
    throw unprocessable(
      'approval-task-unknown',
      'One of the tasks that are to wait is not on this ticket. Choose again.',
      pointer,
    )
}

/**
 * Files may only be those of the ticket itself: an id is not a permission.
 * @throws ProblemError 422
 */
export async function requireTicketFiles(
  db: Database,
  ticketNumber: number,
  ids: readonly string[],
  pointer: string,
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('attachment as a')
    .leftJoin('message as m', 'm.id', 'a.message_id')
    .leftJoin('note as n', 'n.id', 'a.note_id')
    .select(['a.id', 'a.filename'])
    .where('a.id', '=', anyOf(ids, 'uuid'))
    .where((eb) =>
      eb.or([eb('m.ticket_number', '=', ticketNumber), eb('n.ticket_number', '=', ticketNumber)]),
    )
    .execute()
  const names = new Map(rows.map(({ id, filename }) => [id, filename]))
  if (ids.some((id) => !names.has(id.toLowerCase())))
    throw unprocessable(
      'attachment-not-available',
      'One of the files does not belong to this ticket. Attach it to a note or a message of the ticket first.',
      pointer,
    )
  return names
}
