import type pg from 'pg'
import { CommandRejectedError } from '../../application/tickets/ticket-workflow.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { unprocessable } from '../http/problem.ts'

type Db = Pick<pg.Pool, 'query'>

/**
 * Keeps what is asked outside of the workflow (claim check) while `send` asks it. When the ticket
 * refuses, it is forgotten again.
 * @throws what `send` throws.
 */
export async function keepingText<T>(
  db: Db,
  ticketNumber: number,
  text: string,
  send: (textId: string) => Promise<T>,
): Promise<T> {
  const id = timeOrderedId()
  await db.query('INSERT INTO approval_text (id, ticket_number, text) VALUES ($1, $2, $3)', [
    id,
    ticketNumber,
    text,
  ])
  try {
    return await send(id)
  } catch (error) {
    if (error instanceof CommandRejectedError)
      await db.query('DELETE FROM approval_text WHERE id = $1', [id])
    throw error
  }
}

/**
 * Only a task that is there can wait.
 * @throws ProblemError 422
 */
export async function requireTicketTasks(
  db: Db,
  ticketNumber: number,
  ids: readonly string[],
  pointer: string,
): Promise<void> {
  const {
    rows: [known],
  } = await db.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM task WHERE ticket_number = $1 AND id = ANY($2::uuid[])',
    [ticketNumber, ids],
  )
  if (known?.count !== new Set(ids.map((id) => id.toLowerCase())).size)
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
  db: Db,
  ticketNumber: number,
  ids: readonly string[],
  pointer: string,
): Promise<Map<string, string>> {
  const { rows } = await db.query<{ id: string; filename: string }>(
    `SELECT a.id, a.filename FROM attachment a LEFT JOIN message m ON m.id = a.message_id LEFT JOIN note n ON n.id = a.note_id
     WHERE a.id = ANY($1::uuid[]) AND $2 IN (m.ticket_number, n.ticket_number)`,
    [ids, ticketNumber],
  )
  const names = new Map(rows.map(({ id, filename }) => [id, filename]))
  if (ids.some((id) => !names.has(id.toLowerCase())))
    throw unprocessable(
      'attachment-not-available',
      'One of the files does not belong to this ticket. Attach it to a note or a message of the ticket first.',
      pointer,
    )
  return names
}
