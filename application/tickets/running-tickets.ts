import type { Client } from '@temporalio/client'
import { sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import { secondsAgo } from '../../platform/postgres/seconds-ago.ts'
import { onItsWay } from '../mail-out/on-its-way.ts'
import { ticketNumberOf } from './ticket-workflow.ts'

/** Ticket workflows that run. */
const RUNNING_TICKETS = `WorkflowType = 'ticketWorkflow' AND ExecutionStatus = 'Running'`

/** Up to so many, runs and tickets are compared one by one; beyond it only by how many they are. */
const MOST_COMPARED = 2_000
/** Whoever has just written has a workflow, though it may not be listed yet. Seconds. */
const LISTED_WITHIN = 60

export interface RunningTickets {
  count: number
  /** Of which tickets; null: too many to look at each. */
  numbers: ReadonlySet<number> | null
}

/** @returns ticket workflows that run, as far as the server lists them. */
export async function runningTickets(client: Client): Promise<RunningTickets> {
  const { count } = await client.workflow.count(RUNNING_TICKETS)
  return { count, numbers: count > MOST_COMPARED ? null : await runningNumbers(client) }
}

/**
 * @param within narrows the search; all of them without it.
 * @param onProgress called after each that is listed.
 * @returns the numbers of tickets whose workflow runs, as far as the server lists them.
 */
export async function runningNumbers(
  client: Client,
  within?: string,
  onProgress: () => void = () => undefined,
): Promise<Set<number>> {
  const numbers = new Set<number>()
  const query = within ? `${RUNNING_TICKETS} AND ${within}` : RUNNING_TICKETS
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1000 })) {
    numbers.add(ticketNumberOf(workflowId))
    onProgress()
  }
  return numbers
}

/**
 * Open tickets against the runs that were listed just before. Each is looked for by its name where
 * they are not too many: of two totals, a run that a closed ticket has left hides one that is missing.
 * @param settledFor seconds since a ticket's last change.
 * @returns how many are open, how many of them have no workflow, and how many runs closed tickets have
 *   left; none of those where only the totals are known.
 */
export async function countOpenTickets(
  db: Database,
  { count, numbers }: RunningTickets,
  settledFor = LISTED_WITHIN,
): Promise<{ open: number; withoutWorkflow: number; surplus: number }> {
  const settled = db
    .selectFrom('ticket')
    .where('status', '<>', 'closed')
    .where('updated_at', '<', secondsAgo(settledFor))
  const { open } = await settled
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('open'))
    .executeTakeFirstOrThrow()
  if (numbers === null || open > MOST_COMPARED)
    return { open, withoutWorkflow: Math.max(0, open - count), surplus: 0 }
  const tickets = new Set((await settled.select('number').execute()).map(({ number }) => number))
  const surplus = await endedTickets(
    db,
    [...numbers].filter((number) => !tickets.has(number)),
  )
  return {
    open: tickets.size,
    withoutWorkflow: [...tickets].filter((number) => !numbers.has(number)).length,
    surplus: surplus.length,
  }
}

/**
 * @returns those of them whose log says that they are at rest, and have been for long enough: a
 *   workflow that still runs for one has not heard of it.
 */
export async function endedTickets(
  db: Database,
  numbers: readonly number[],
): Promise<{ number: number }[]> {
  if (numbers.length === 0) return []
  return db
    .selectFrom('ticket')
    .select('number')
    .where('number', '=', sql<number>`ANY(${numbers})`)
    .where('status', '=', 'closed')
    .where('updated_at', '<', secondsAgo(LISTED_WITHIN))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('message')
            .select('message.id')
            .whereRef('message.ticket_number', '=', 'ticket.number')
            .where(onItsWay),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('ticket_job')
            .select('ticket_job.ticket_number')
            .whereRef('ticket_job.ticket_number', '=', 'ticket.number'),
        ),
      ),
    )
    .execute()
}
