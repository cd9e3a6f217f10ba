import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import { startTicketWorkflow } from '../../application/tickets/ticket-workflow.ts'

const AT_ONCE = 8

/**
 * After Temporal's own store was lost, tickets have no workflow and so no timers, until somebody
 * touches them. Their state is in the database: when fewer than half of the tickets that are not
 * closed have a running workflow, each is started again from it. Safe to run twice, and by several
 * workers: a workflow that runs is left alone.
 * @returns how many tickets were looked at; 0 when nothing is missing.
 */
export async function resumeTickets(
  client: Client,
  db: OpenDatabase,
  log: Pick<Logger, 'warn' | 'info'>,
): Promise<number> {
  const { rows: tickets } = await db.pool.query<{ number: number; subject: string }>(
    `SELECT number, subject FROM ticket WHERE status <> 'closed' ORDER BY number`,
  )
  if (tickets.length === 0) return 0
  const { count } = await client.workflow.count(
    `WorkflowType = 'ticketWorkflow' AND ExecutionStatus = 'Running'`,
  )
  if (count >= tickets.length / 2) return 0
  log.warn(
    { tickets: tickets.length, running: count },
    'most tickets have no workflow: Temporal’s store was lost or is new; starting them from the database',
  )
  const waiting = [...tickets]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let ticket = waiting.shift(); ticket; ticket = waiting.shift())
        await startTicketWorkflow(client, { ...ticket, resume: true })
    }),
  )
  log.info({ tickets: tickets.length }, 'tickets resumed')
  return tickets.length
}
