import type { Client } from '@temporalio/client'
import type pg from 'pg'
import { startPoller, type Poller } from '../../platform/postgres/poller.ts'
import { executeWithTimeout } from '../../application/tickets/ticket-workflow.ts'
import {
  applyTicketRules,
  type TicketRuleDependencies,
} from '../../application/approvals/ticket-rules.ts'

/** A ticket that a mail opens is asked about within this time. */
const EVERY_MS = 1_000
const MOST = 50

/**
 * Taken for half a minute, then for longer: whoever dies with one in hand leaves it to the next
 * pass.
 */
const CLAIM = `
UPDATE approval_job e SET attempts = e.attempts + 1, due_at = now() + make_interval(secs => LEAST(30 * 2 ^ LEAST(e.attempts, 7), 3600))
FROM (SELECT ticket_number FROM approval_job WHERE due_at <= now() ORDER BY due_at LIMIT ${MOST} FOR UPDATE SKIP LOCKED) due
WHERE e.ticket_number = due.ticket_number RETURNING e.ticket_number AS number, e.event_no AS "eventNo"`

/**
 * Asks for the approvals that rules want of tickets that came to a category or a department.
 * Several workers may do it at once, and any may die.
 */
export const startApprovalPoller = (
  pool: pg.Pool,
  client: Client,
  log: TicketRuleDependencies['log'],
): Poller =>
  startPoller(
    EVERY_MS,
    async (ending) => {
      const dependencies: TicketRuleDependencies = {
        db: pool,
        log,
        ask: (facts, name, command) =>
          executeWithTimeout(client, ending, facts, name, command) as ReturnType<
            TicketRuleDependencies['ask']
          >,
      }
      while (!ending.aborted && (await runApprovalJobs(dependencies)) === MOST);
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
export async function runApprovalJobs(dependencies: TicketRuleDependencies): Promise<number> {
  const { rows } = await dependencies.db.query<{ number: number; eventNo: number }>(CLAIM)
  for (const { number, eventNo } of rows) {
    try {
      await applyTicketRules(dependencies, number)
      // Placed anew meanwhile: that is looked at in its turn.
      await dependencies.db.query(
        'DELETE FROM approval_job WHERE ticket_number = $1 AND event_no = $2',
        [number, eventNo],
      )
    } catch (error) {
      dependencies.log.warn(
        { ticket: number, error: error instanceof Error ? error.message : String(error) },
        'an approval that a rule wants could not be asked; trying again later',
      )
    }
  }
  return rows.length
}
