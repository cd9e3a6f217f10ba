import type { Client } from '@temporalio/client'
import type pg from 'pg'
import { startSweep, type Sweep } from '../../platform/sweep.ts'
import { executeInTime } from '../../platform/temporal.ts'
import { followTicketRules, type RuleFollowing } from '../../platform/ticket-approval-rules.ts'

/** A ticket that a mail opens is asked about within this time. */
const EVERY_MS = 1_000
const MOST = 50

/**
 * Taken for half a minute, then for longer: whoever dies with one in hand leaves it to the next
 * pass.
 */
const CLAIM = `
UPDATE approval_errand e SET attempts = e.attempts + 1, due_at = now() + make_interval(secs => LEAST(30 * 2 ^ LEAST(e.attempts, 7), 3600))
FROM (SELECT ticket_number FROM approval_errand WHERE due_at <= now() ORDER BY due_at LIMIT ${MOST} FOR UPDATE SKIP LOCKED) due
WHERE e.ticket_number = due.ticket_number RETURNING e.ticket_number AS number, e.event_no AS "eventNo"`

/**
 * Asks for the approvals that rules want of tickets that came to a category or a department.
 * Several workers may do it at once, and any may die.
 */
export const startApprovalSweep = (
  pool: pg.Pool,
  client: Client,
  log: RuleFollowing['log'],
): Sweep =>
  startSweep(
    EVERY_MS,
    async (ending) => {
      const following: RuleFollowing = {
        db: pool,
        log,
        ask: (facts, name, command) =>
          executeInTime(client, ending, facts, name, command) as ReturnType<RuleFollowing['ask']>,
      }
      while (!ending.aborted && (await runErrands(following)) === MOST);
    },
    (error, ending) => {
      if (!ending) log.warn({ error }, 'approvals that rules want could not be asked; trying again')
    },
  )

/**
 * Looks at every ticket that is due. One that fails comes again later, and does not keep the others
 * waiting.
 * @returns how many were looked at.
 */
export async function runErrands(following: RuleFollowing): Promise<number> {
  const { rows } = await following.db.query<{ number: number; eventNo: number }>(CLAIM)
  for (const { number, eventNo } of rows) {
    try {
      await followTicketRules(following, number)
      // Placed anew meanwhile: that is looked at in its turn.
      await following.db.query(
        'DELETE FROM approval_errand WHERE ticket_number = $1 AND event_no = $2',
        [number, eventNo],
      )
    } catch (error) {
      following.log.warn(
        { ticket: number, error: error instanceof Error ? error.message : String(error) },
        'an approval that a rule wants could not be asked; trying again later',
      )
    }
  }
  return rows.length
}
