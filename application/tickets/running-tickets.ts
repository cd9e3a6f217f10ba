import type { Client } from '@temporalio/client'
import { sql } from 'kysely'
import type { Database } from '../../platform/postgres/database.ts'
import { secondsAgo } from '../../platform/postgres/seconds-ago.ts'
import { onItsWay } from '../mail-out/on-its-way.ts'
import { ticketNumberOf } from './ticket-workflow.ts'

/** Ticket workflows that run. */
const RUNNING_TICKETS = `WorkflowType = 'ticketWorkflow' AND ExecutionStatus = 'Running'`

/** A slice has at least so many open tickets: where there are no more, each is looked for by name. */
const SMALLEST_SLICE = 100
/** Whoever has just written has a workflow, though it may not be listed yet. Seconds. */
const LISTED_WITHIN = 60

/** Tickets whose numbers follow each other. */
export interface NumberRange {
  /** Number of the ticket before the first one. */
  after: number
  /** Number of the last one; null: all that come after. */
  to: number | null
}

/** What is asked of Temporal about the tickets' workflows that run, as far as it lists them. */
export interface RunningTickets {
  /** How many there are. Costs a hundredth of listing them. */
  count: (range: NumberRange) => Promise<number>
  /** Whose they are. */
  numbers: (
    range: NumberRange,
    onProgress?: () => void,
  ) => Promise<Pick<ReadonlySet<number>, 'has' | typeof Symbol.iterator>>
}

export const runningTickets = (client: Client) =>
  ({
    count: async (range) => (await client.workflow.count(queryOf(range))).count,
    async numbers(range, onProgress = () => undefined) {
      const numbers = new Set<number>()
      for await (const { workflowId } of client.workflow.list({
        query: queryOf(range),
        pageSize: 1000,
      })) {
        numbers.add(ticketNumberOf(workflowId))
        onProgress()
      }
      return numbers
    },
  }) satisfies RunningTickets

const queryOf = ({ after, to }: NumberRange): string =>
  [
    RUNNING_TICKETS,
    ...(after > 0 ? [`TicketNumber > ${after}`] : []),
    ...(to === null ? [] : [`TicketNumber <= ${to}`]),
  ].join(' AND ')

export interface Comparison {
  open: number
  /** Open tickets that have none. */
  withoutWorkflow: number
  /** Workflows that run for tickets that are at rest. */
  surplus: number
}

/**
 * Compares tickets with the workflows that run: counted slice by slice of their numbers, and by name
 * where the counts differ. Of two totals, a workflow that a closed ticket has left would hide one that
 * is missing.
 * @param ask asks the database.
 * @param most slices there may be: each costs a question to Temporal.
 * @param settledFor seconds since a ticket's last change.
 */
export async function compareOpenTickets(
  ask: <T>(work: (db: Database) => Promise<T>) => Promise<T>,
  running: RunningTickets,
  most: number,
  settledFor = LISTED_WITHIN,
): Promise<Comparison> {
  const found: Comparison = { open: 0, withoutWorkflow: 0, surplus: 0 }
  const slices = await ask((db) => openSlices(db, most))
  for (const { open, ...range } of slices) {
    found.open += open
    if (slices.length > 1 && (await running.count(range)) === open) continue
    const numbers = await running.numbers(range)
    const settled = await ask((db) => settledTickets(db, range, settledFor))
    found.withoutWorkflow += settled.filter((number) => !numbers.has(number)).length
    const known = new Set(settled)
    const others = [...numbers].filter((number) => !known.has(number))
    found.surplus += (await ask((db) => endedTickets(db, others))).length
  }
  return found
}

/** All numbers, cut where so many open tickets are between two cuts that there are few slices. */
async function openSlices(db: Database, most: number): Promise<(NumberRange & { open: number })[]> {
  const rows = await db
    .selectFrom((eb) =>
      eb
        .selectFrom('ticket')
        .select([
          'number',
          sql<number>`(row_number() OVER (ORDER BY number) - 1)
            / greatest(${SMALLEST_SLICE}, ceil(count(*) OVER () / ${most}::float))::bigint`.as(
            'slice',
          ),
        ])
        .where('status', '<>', 'closed')
        .as('open'),
    )
    .select((eb) => [
      eb.fn.max('number').as('to'),
      eb.cast<number>(eb.fn.countAll(), 'integer').as('open'),
    ])
    .groupBy('slice')
    .orderBy('to')
    .execute()
  if (rows.length === 0) return [{ after: 0, to: null, open: 0 }]
  // Workflows of closed tickets may be before the first that is open, and after the last.
  return rows.map(({ to, open }, i) => ({
    after: rows[i - 1]?.to ?? 0,
    to: i + 1 < rows.length ? to : null,
    open,
  }))
}

const settledTickets = async (
  db: Database,
  { after, to }: NumberRange,
  settledFor: number,
): Promise<number[]> => {
  const rows = await db
    .selectFrom('ticket')
    .select('number')
    .where('status', '<>', 'closed')
    .where('updated_at', '<', secondsAgo(settledFor))
    .where('number', '>', after)
    .$if(to !== null, (query) => query.where('number', '<=', to))
    .execute()
  return rows.map(({ number }) => number)
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
