import { sql } from 'kysely'
import type { RoutedCommand } from '../../../domain/mail-in/routing/routed-command.ts'
import { anyOf } from '../../../platform/postgres/any-of.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { runPrepared } from '../../../platform/postgres/run-prepared.ts'

/** More than ever wait, unless nothing goes on at all: then the rest is found later. */
const MOST = 5_000

/**
 * The commands of these tickets whose events are not in the projection yet, in the order in which
 * they are to reach Temporal, whoever has them in hand: what opens a ticket first, then as the mails
 * were received. Sent twice they count once.
 */
export async function unsettledOf(
  db: Database,
  tickets: readonly number[],
): Promise<RoutedCommand[]> {
  if (tickets.length === 0) return []
  const rows = await runPrepared(
    db,
    db
      .selectFrom('mail')
      .select('command')
      .where('ticket_number', '=', anyOf([...new Set(tickets)], 'integer'))
      .where('state', '=', 'routed')
      .orderBy(sql`command #> '{command,payload,opening}' IS NULL`)
      .orderBy('id')
      .limit(MOST)
      // What is routed has one.
      .$narrowType<{ command: RoutedCommand }>(),
  )
  return rows.map(({ command }) => command)
}
