import { sql } from 'kysely'
import type { z } from 'zod'
import type { splitRequest } from '../../domain/merging/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { LARGEST_SPLIT } from '../../domain/merging/state.ts'
import { notHere, takesAll } from '../../domain/merging/split-commands.ts'
import { refusedBy, unprocessable } from '../http/problem.ts'

interface ChosenMessages {
  messageIds: string[]
  /** Without what Guichet has sent by itself. */
  messageCount: number
}

/**
 * The messages that a split takes out of a ticket's conversation: those that are named, or all from
 * one on.
 * @throws ProblemError 422
 */
export async function chosenMessages(
  db: Database,
  number: number,
  { messageIds, fromMessageId }: z.infer<typeof splitRequest>,
): Promise<ChosenMessages> {
  const shown = sql<{ id: string }>`shown_messages(${number})`.as<'shown'>(sql`shown(id)`)
  const rows = await db
    .selectFrom(shown)
    .innerJoin('message as m', 'm.id', 'shown.id')
    .innerJoin('ticket_event as e', (join) =>
      join.onRef('e.ticket_number', '=', 'm.ticket_number').onRef('e.no', '=', 'm.event_no'),
    )
    .select(['m.id', sql<boolean>`NOT (m.direction = 'outbound' AND m.automatic)`.as('counts')])
    .orderBy('e.at')
    .orderBy('m.ticket_number')
    .orderBy('m.event_no')
    .execute()
  const all = rows.map((row) => row.id)
  const pointer = fromMessageId === undefined ? '/messageIds' : '/fromMessageId'
  const chosen =
    fromMessageId === undefined
      ? [...new Set(messageIds)]
      : all.includes(fromMessageId)
        ? all.slice(all.indexOf(fromMessageId))
        : [fromMessageId]
  if (chosen.some((id) => !all.includes(id))) throw refusedBy(notHere, 422, pointer)
  if (chosen.length === all.length) throw refusedBy(takesAll, 422, pointer)
  if (chosen.length > LARGEST_SPLIT)
    throw unprocessable(
      'split-too-large',
      'One split takes 500 messages at most. Choose fewer.',
      pointer,
    )
  const counting = new Set(rows.flatMap(({ id, counts }) => (counts ? [id] : [])))
  return { messageIds: chosen, messageCount: chosen.filter((id) => counting.has(id)).length }
}
