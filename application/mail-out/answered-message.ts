import type { Query } from '../../platform/postgres/query.ts'
import type { Answered } from '../../domain/mail-out/thread-headers.ts'

/**
 * The requester's last message; where a person has not written yet, ours, so that the conversation
 * still hangs together in their client.
 */
export async function answeredMessage(
  query: Query,
  ticketNumber: number,
): Promise<(Answered & { language: string | null }) | null> {
  const [row] = (await query(
    `SELECT internet_id AS "internetId", "references", language FROM message
     WHERE id IN (SELECT shown_messages($1::int)) AND internet_id <> ''
     ORDER BY (direction = 'inbound' AND NOT automatic AND NOT 'stranger' = ANY(flags)) DESC, created_at DESC LIMIT 1`,
    [ticketNumber],
  )) as (Answered & { language: string | null })[]
  return row ?? null
}
