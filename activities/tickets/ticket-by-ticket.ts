import { log } from '@temporalio/activity'
import { sql } from 'kysely'
import { atOnce } from '../../application/at-once.ts'
import { cut } from '../../domain/cut.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { isServerAway } from '../../platform/temporal/server-away.ts'

/** Tickets at once. */
const AT_ONCE = 8
/** How often it is said that something is done, however long one ticket takes. Milliseconds. */
const BEAT = 5_000
/** After so many tickets of which the server said nothing the rest waits for the next attempt. */
const MOST_UNANSWERED = 2 * AT_ONCE

/**
 * Does something for each ticket. One that fails stops nobody but itself: it is noted as stuck, with
 * the reason, and Health shows it until it is well.
 * @param onProgress called after each ticket, and while one takes long.
 * @param most 1: one after the other.
 * @throws once all had their turn, where the server is away: then no ticket is to blame.
 */
export async function ticketByTicket<Ticket extends { number: number }>(
  db: Database,
  tickets: readonly Ticket[],
  onProgress: () => void,
  work: (ticket: Ticket) => Promise<void>,
  most = AT_ONCE,
): Promise<void> {
  const unanswered: unknown[] = []
  const beating = setInterval(onProgress, BEAT)
  try {
    await atOnce(tickets, most, async (ticket) => {
      if (unanswered.length >= MOST_UNANSWERED) return
      try {
        await work(ticket)
      } catch (error) {
        if (isServerAway(error)) unanswered.push(error)
        else await noteFailure(db, ticket.number, error)
      }
      onProgress()
    })
  } finally {
    clearInterval(beating)
  }
  if (unanswered.length > 0) throw unanswered[0]
}

async function noteFailure(db: Database, number: number, error: unknown): Promise<void> {
  const reason = cut(reasonOf(error), 500)
  log.warn('A ticket could not be seen to; the others are.', { number, reason })
  const now = sql<Date>`now()`
  await db
    .insertInto('stuck_ticket')
    .values({ ticket_number: number, run_id: '', since: now, reason })
    .onConflict((conflict) =>
      conflict.column('ticket_number').doUpdateSet((eb) => ({
        reason,
        since: eb
          .case()
          .when('stuck_ticket.well_at', 'is', null)
          .then(eb.ref('stuck_ticket.since'))
          .else(now)
          .end(),
        well_at: null,
      })),
    )
    .execute()
}

/** What the server said stands in the cause of what the client says. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
