import type { Client } from '@temporalio/client'
import type { Database } from '../../platform/postgres/database.ts'
import { secondsAgo } from '../../platform/postgres/seconds-ago.ts'
import { ticketWorkflowId } from './ticket-workflow.ts'

/** Ticket workflows that run. */
export const RUNNING_TICKETS = `WorkflowType = 'ticketWorkflow' AND ExecutionStatus = 'Running'`

/** Up to so many, runs and tickets are compared one by one; beyond it only by how many they are. */
const MOST_COMPARED = 2_000
/** Whoever has just written has a workflow, though it may not be listed yet. Seconds. */
const LISTED_WITHIN = 60

export interface RunningTickets {
  count: number
  /** Their workflow ids; null: too many to look at each. */
  ids: ReadonlySet<string> | null
}

/** @returns ticket workflows that run, as far as the server lists them. */
export async function runningTickets(client: Client): Promise<RunningTickets> {
  const { count } = await client.workflow.count(RUNNING_TICKETS)
  if (count > MOST_COMPARED) return { count, ids: null }
  const ids = new Set<string>()
  for await (const { workflowId } of client.workflow.list({
    query: RUNNING_TICKETS,
    pageSize: 1000,
  }))
    ids.add(workflowId)
  return { count, ids }
}

/**
 * Open tickets against the runs that were listed just before. Each is looked for by its name where
 * they are not too many: of two totals, a run that a closed ticket has left hides one that is missing.
 * @param settledFor seconds since a ticket's last change.
 */
export async function countOpenTickets(
  db: Database,
  { count, ids }: RunningTickets,
  settledFor = LISTED_WITHIN,
): Promise<{ open: number; withoutWorkflow: number }> {
  const settled = db
    .selectFrom('ticket')
    .where('status', '<>', 'closed')
    .where('updated_at', '<', secondsAgo(settledFor))
  const { open } = await settled
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('open'))
    .executeTakeFirstOrThrow()
  if (ids === null || open > MOST_COMPARED)
    return { open, withoutWorkflow: Math.max(0, open - count) }
  const tickets = await settled.select('number').execute()
  const missing = tickets.filter(({ number }) => !ids.has(ticketWorkflowId(number)))
  return { open: tickets.length, withoutWorkflow: missing.length }
}
