import { sql } from 'kysely'
import type { Answered } from '../../domain/mail-out/thread-headers.ts'
import type { Database } from '../../platform/postgres/database.ts'

/**
 * The requester's last message; where a person has not written yet, ours, so that the conversation
 * still hangs together in their client.
 */
export async function answeredMessage(
  db: Database,
  ticketNumber: number,
): Promise<(Answered & { language: string | null }) | null> {
  const shown = sql<{ id: string }>`shown_messages(${ticketNumber})`.as<'shown'>(sql`shown(id)`)
  const message = await db
    .selectFrom('message')
    .select(['internet_id as internetId', 'references', 'language'])
    .where('id', 'in', (eb) => eb.selectFrom(shown).select('shown.id'))
    .where('internet_id', '<>', '')
    .orderBy(
      (eb) =>
        eb.and([
          eb('direction', '=', 'inbound'),
          eb('automatic', '=', false),
          eb.not(eb(eb.val('stranger'), '=', eb.fn.any('flags'))),
        ]),
      'desc',
    )
    .orderBy('created_at', 'desc')
    .limit(1)
    .$narrowType<{ internetId: string }>()
    .executeTakeFirst()
  return message ?? null
}
