import type { Client } from '@temporalio/client'
import { sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import { secondsAgo } from '../../platform/postgres/seconds-ago.ts'
import { compareTicketWithLog } from '../../application/tickets/ticket-workflow.ts'
import { ticketByTicket } from './ticket-by-ticket.ts'

/**
 * One that goes on owing (a setting is to be mended first) has heard of it, and is told again after
 * this time. Seconds.
 */
const AGAIN = 3600
/** Tickets read at once. */
const MOST = 200

/**
 * Tickets with something owed for longer than carrying it out takes. Their workflows may be at it
 * all the same: trying again, or waiting for somebody to mend a setting.
 * @param seconds since it is owed.
 * @param after number of the ticket before the first one.
 */
export async function owingTickets(
  db: Database,
  seconds: number,
  after: number,
  most = MOST,
): Promise<number[]> {
  const tickets = await db
    .selectFrom('ticket_job')
    .distinct()
    .select('ticket_number as number')
    .where('created_at', '<', secondsAgo(seconds))
    .where((eb) => eb.or([eb('woken_at', 'is', null), eb('woken_at', '<', secondsAgo(AGAIN))]))
    .where('ticket_number', '>', after)
    .orderBy('ticket_number')
    .limit(most)
    .execute()
  return tickets.map(({ number }) => number)
}

/**
 * Has each of them compare itself with the log, started where it does not run.
 * @param onProgress called after each ticket.
 * @returns how many.
 */
export async function wakeOwingTickets(
  { db, client }: { db: Database; client: Client },
  seconds: number,
  onProgress: () => void = () => undefined,
): Promise<number> {
  let woken = 0
  for (let after = 0; ;) {
    const numbers = await owingTickets(db, seconds, after)
    const last = numbers.at(-1)
    if (last === undefined) return woken
    const tickets = numbers.map((number) => ({ number }))
    await ticketByTicket(db, tickets, onProgress, async ({ number }) => {
      await compareTicketWithLog(client, { number })
      await db
        .updateTable('ticket_job')
        .set({ woken_at: sql<Date>`now()` })
        .where('ticket_number', '=', number)
        .execute()
      woken++
    })
    after = last
  }
}
