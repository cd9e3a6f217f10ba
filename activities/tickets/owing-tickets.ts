import type { Client } from '@temporalio/client'
import type pg from 'pg'
import { compareTicketWithLog } from '../../application/tickets/ticket-workflow.ts'

/** One that goes on owing (a setting is to be mended first) has heard of it, and is told again after this time. */
const AGAIN = '1 hour'
/** Tickets read at once, and woken at once. */
const MOST = 200
const AT_ONCE = 8

/**
 * Tickets with something owed for longer than carrying it out takes. Their workflows may be at it
 * all the same: trying again, or waiting for somebody to mend a setting.
 * @param seconds since it is owed.
 * @param after number of the ticket before the first one.
 */
export async function owingTickets(
  db: Pick<pg.Pool, 'query'>,
  seconds: number,
  after: number,
  most = MOST,
): Promise<number[]> {
  const { rows } = await db.query<{ number: number }>(
    `SELECT DISTINCT ticket_number AS number FROM ticket_job
     WHERE created_at < now() - make_interval(secs => $1) AND (woken_at IS NULL OR woken_at < now() - interval '${AGAIN}') AND ticket_number > $2 ORDER BY 1 LIMIT $3`,
    [seconds, after, most],
  )
  return rows.map(({ number }) => number)
}

/**
 * Has each of them compare itself with the log, started where it does not run.
 * @param onProgress called after each ticket.
 * @returns how many.
 */
export async function wakeOwingTickets(
  { pool, client }: { pool: pg.Pool; client: Client },
  seconds: number,
  onProgress: () => void = () => undefined,
): Promise<number> {
  let woken = 0
  for (let after = 0; ;) {
    const numbers = await owingTickets(pool, seconds, after)
    const last = numbers.at(-1)
    if (last === undefined) return woken
    const waiting = [...numbers]
    const work = async (): Promise<void> => {
      for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
        await compareTicketWithLog(client, number)
        await pool.query('UPDATE ticket_job SET woken_at = now() WHERE ticket_number = $1', [
          number,
        ])
        woken++
        onProgress()
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    after = last
  }
}
