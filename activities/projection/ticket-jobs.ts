import type pg from 'pg'
import type { TicketJob } from '../../domain/ticket-jobs.ts'

type Db = Pick<pg.ClientBase, 'query'>

/** @returns what a ticket owes: written with its events, and not yet decided about. */
export async function owedJobs(db: Db, ticketNumber: number): Promise<TicketJob[]> {
  const { rows } = await db.query<TicketJob>({
    name: 'ticket-jobs',
    text: 'SELECT kind, event_no AS "eventNo" FROM ticket_job WHERE ticket_number = $1 ORDER BY event_no, kind',
    values: [ticketNumber],
  })
  return rows
}

/**
 * Takes away jobs whose commands are decided, and of a reminder that was not to leave any more the
 * mail that nobody will see.
 */
export async function settleJobs(
  db: Db,
  ticketNumber: number,
  jobs: readonly TicketJob[],
): Promise<void> {
  if (jobs.length === 0) return
  await db.query(
    `WITH gone AS (
       DELETE FROM ticket_job USING jsonb_to_recordset($2::jsonb) AS done(kind text, "eventNo" int)
       WHERE ticket_number = $1 AND ticket_job.kind = done.kind AND event_no = done."eventNo" RETURNING command
     ), unsent AS (
       DELETE FROM message WHERE id IN (SELECT (command->>'messageId')::uuid FROM gone WHERE command IS NOT NULL) AND event_no IS NULL RETURNING id
     )
     DELETE FROM message_reference WHERE message_id IN (SELECT id FROM unsent)`,
    [ticketNumber, JSON.stringify(jobs)],
  )
}
