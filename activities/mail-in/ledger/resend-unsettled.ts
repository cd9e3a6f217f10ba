import type pg from 'pg'
import type { MailIntake } from './intake.ts'
import type { RoutedCommand } from '../routing/routed-mail.ts'

/**
 * Seconds after which a command without an event is sent again; doubled each time, up to a quarter
 * of an hour.
 */
const FIRST_RESEND = 15
/** Stored mails younger than this are in the hands of the process that stored them. Seconds. */
export const LEFT_BEHIND = 10
const MOST_AT_ONCE = 500

/**
 * While events keep coming in, Temporal is only busy and sending again would make it busier: then a
 * command is given two minutes. $1 seconds · $2 most · $3 at a start: whatever is not settled,
 * Temporal may have forgotten it · $4 the mail before the first one
 */
const CLAIM = `
WITH busy AS (SELECT EXISTS (SELECT 1 FROM ticket_event WHERE at > now() - interval '4 seconds') AS yes),
due AS (
  SELECT id FROM mail WHERE state = 'routed' AND ($4::uuid IS NULL OR id > $4) AND (
    $3 OR sent_at IS NULL OR
    sent_at < now() - make_interval(secs => GREATEST(LEAST($1 * 2 ^ LEAST(attempts, 6), 900), CASE WHEN (SELECT yes FROM busy) THEN 120 ELSE 0 END)))
  ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
UPDATE mail SET sent_at = now(), attempts = attempts + 1 FROM due WHERE mail.id = due.id RETURNING mail.id, mail.command`

/**
 * Sends again every command whose event is not in a ticket's projection, with its first id, so that
 * it counts once. In the order in which the mails came, and no faster than Temporal takes them.
 * @param atStart do not wait: the process before may have died, or the Temporal server lost its last
 *   seconds in a power cut.
 * @param stopped looked at between two portions.
 * @returns how many were sent.
 */
export async function resendUnsettled(
  pool: pg.Pool,
  intake: MailIntake,
  atStart = false,
  stopped: () => boolean = () => false,
): Promise<number> {
  let sent = 0
  for (let last: string | null = null; !stopped();) {
    const { rows }: pg.QueryResult<{ id: string; command: RoutedCommand }> = await pool.query(
      CLAIM,
      [FIRST_RESEND, MOST_AT_ONCE, atStart, last],
    )
    rows.sort((a, b) => (a.id < b.id ? -1 : 1))
    await intake.resend(rows.map((row) => row.command))
    sent += rows.length
    if (rows.length < MOST_AT_ONCE) break
    last = rows.at(-1)?.id ?? null
  }
  return sent
}

/** Is there a mail that nobody has in hand, or whose event should be there by now? */
export async function mailLeftBehind(
  db: Pick<pg.Pool, 'query'>,
): Promise<{ stored: boolean; unsettled: boolean }> {
  const {
    rows: [row],
  } = await db.query<{ stored: boolean; unsettled: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM mail WHERE state = 'stored' AND stored_at < now() - make_interval(secs => $1)) AS stored,
       EXISTS (SELECT 1 FROM mail WHERE state = 'routed' AND (sent_at IS NULL OR sent_at < now() - make_interval(secs => $2))) AS unsettled`,
    [LEFT_BEHIND, FIRST_RESEND],
  )
  return { stored: row?.stored === true, unsettled: row?.unsettled === true }
}
