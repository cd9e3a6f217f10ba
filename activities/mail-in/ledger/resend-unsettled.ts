import type pg from 'pg'
import { withAdvisoryLock, startPoller } from '../../../platform/postgres/poller.ts'
import type { MailIntake } from './intake.ts'
import type { RoutedCommand } from '../routing/routed-mail.ts'

const EVERY_MS = 5_000
/**
 * Seconds after which a command without an event is sent again; doubled each time, up to a quarter
 * of an hour.
 */
const FIRST_RESEND = 15
/** Stored mails younger than this are in the hands of the process that stored them. Seconds. */
const LEFT_BEHIND = 10
const MOST_AT_ONCE = 500

/**
 * While events keep coming in, Temporal is only busy and sending again would make it busier: then a
 * command is given two minutes. $1 seconds · $2 most · $3 at boot: whatever is not settled,
 * Temporal may have forgotten it
 */
const CLAIM = `
WITH busy AS (SELECT EXISTS (SELECT 1 FROM ticket_event WHERE at > now() - interval '4 seconds') AS yes),
due AS (
  SELECT id FROM mail WHERE state = 'routed' AND (
    $3 OR sent_at IS NULL OR
    sent_at < now() - make_interval(secs => GREATEST(LEAST($1 * 2 ^ LEAST(attempts, 6), 900), CASE WHEN (SELECT yes FROM busy) THEN 120 ELSE 0 END)))
  ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
UPDATE mail SET sent_at = now(), attempts = attempts + 1 FROM due WHERE mail.id = due.id RETURNING mail.id, mail.command, mail.attempts`

/**
 * Sends again every command whose event is not in a ticket's projection, with its first id, so that
 * it counts once.
 * @param atBoot do not wait: the process before may have died, or the Temporal server lost its last
 *   seconds in a power cut.
 * @returns how many were sent.
 */
export async function resendUnsettled(
  pool: pg.Pool,
  { sender }: MailIntake,
  atBoot = false,
): Promise<number> {
  const { rows } = await pool.query<{ id: string; command: RoutedCommand; attempts: number }>(
    CLAIM,
    [FIRST_RESEND, MOST_AT_ONCE, atBoot],
  )
  rows.sort((a, b) => (a.id < b.id ? -1 : 1))
  sender.send(rows.map((r) => r.command).filter(({ command }) => !sender.isSending(command.id)))
  return rows.length
}

export interface UnsettledPoller {
  /** Ends the loop; resolves when its last pass is over and commands on their way have left. */
  stop: () => Promise<void>
}

/**
 * The safety net below mail coming in: at boot and every five seconds it routes what was stored and
 * left behind, and sends again what is routed and without an event. One worker of several does it
 * at a time.
 */
export function startUnsettledPoller(
  pool: pg.Pool,
  intake: MailIntake,
  log: { warn: (facts: object, text: string) => void },
): UnsettledPoller {
  let boot = true
  const poller = startPoller(
    EVERY_MS,
    async (ending) => {
      const done = await withAdvisoryLock(pool, 'unsettledMails', async () => {
        await intake.routeLeftBehind(boot ? 0 : LEFT_BEHIND, () => ending.aborted)
        await resendUnsettled(pool, intake, boot)
      })
      if (done) boot = false
    },
    (error) => {
      log.warn({ error }, 'unsettled mails could not be looked for; trying again')
    },
  )
  return {
    async stop() {
      await poller.stop()
      await intake.routed()
      await intake.sender.atMost(0)
    },
  }
}
