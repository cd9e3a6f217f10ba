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
/** Into so many at most: each costs a question to Temporal, which takes some milliseconds. */
const MOST_SLICES = 10
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
 * @param cuts how often: what differs may be cut into slices again, so that fewer are looked for by name.
 * @param settledFor seconds since a ticket's last change.
 */
export async function compareOpenTickets(
  ask: <T>(work: (db: Database) => Promise<T>) => Promise<T>,
  running: RunningTickets,
  cuts: number,
  settledFor = LISTED_WITHIN,
  // Workflows of closed tickets may be before the first that is open, and after the last.
  whole: NumberRange = { after: 0, to: null },
): Promise<Comparison> {
  const found: Comparison = { open: 0, withoutWorkflow: 0, surplus: 0 }
  const add = (other: Comparison): void => {
    found.open += other.open
    found.withoutWorkflow += other.withoutWorkflow
    found.surplus += other.surplus
  }
  const slices = await ask((db) => openSlices(db, whole))
  for (const { open, ...range } of slices)
    if (slices.length > 1 && (await running.count(range)) === open)
      add({ open, withoutWorkflow: 0, surplus: 0 })
    else if (slices.length > 1 && cuts > 1)
      add(await compareOpenTickets(ask, running, cuts - 1, settledFor, range))
    else add({ open, ...(await compareByName(ask, running, range, settledFor)) })
  return found
}

/**
 * Whose workflows of a range run: by name only where counts of a hundred tickets each differ, since the
 * server takes for a name a hundred times what it takes for one that is counted.
 * @param open numbers of the range's open tickets, in their order.
 * @param onProgress called after each count, and while runs are listed.
 * @returns null where as many run as are open.
 */
export async function namesWhereCountsDiffer(
  running: RunningTickets,
  open: readonly number[],
  { after, to }: NumberRange,
  onProgress: () => void = () => undefined,
): Promise<Set<number> | null> {
  const names = async () => new Set(await running.numbers({ after, to }, onProgress))
  if (open.length <= SMALLEST_SLICE) return names()
  for (let from = 0; from < open.length; from += SMALLEST_SLICE) {
    const slice = open.slice(from, from + SMALLEST_SLICE)
    const isLast = from + SMALLEST_SLICE >= open.length
    const count = await running.count({
      after: open[from - 1] ?? after,
      to: isLast ? to : (slice.at(-1) ?? to),
    })
    onProgress()
    if (count !== slice.length) return names()
  }
  return null
}

async function compareByName(
  ask: <T>(work: (db: Database) => Promise<T>) => Promise<T>,
  running: RunningTickets,
  range: NumberRange,
  settledFor: number,
): Promise<Omit<Comparison, 'open'>> {
  const numbers = await running.numbers(range)
  const settled = await ask((db) => settledTickets(db, range, settledFor))
  const known = new Set(settled)
  const others = [...numbers].filter((number) => !known.has(number))
  return {
    withoutWorkflow: settled.filter((number) => !numbers.has(number)).length,
    surplus: (await ask((db) => endedTickets(db, others))).length,
  }
}

/** A range of numbers, cut where so many open tickets are between two cuts that there are few slices. */
async function openSlices(
  db: Database,
  { after, to }: NumberRange,
): Promise<(NumberRange & { open: number })[]> {
  const rows = await db
    .selectFrom((eb) =>
      eb
        .selectFrom('ticket')
        .select([
          'number',
          sql<number>`(row_number() OVER (ORDER BY number) - 1)
            / greatest(${SMALLEST_SLICE}, ceil(count(*) OVER () / ${MOST_SLICES}::float))::bigint`.as(
            'slice',
          ),
        ])
        .where('status', '<>', 'closed')
        .where('number', '>', after)
        .$if(to !== null, (query) => query.where('number', '<=', to))
        .as('open'),
    )
    .select((eb) => [
      eb.fn.max('number').as('to'),
      eb.cast<number>(eb.fn.countAll(), 'integer').as('open'),
    ])
    .groupBy('slice')
    .orderBy('to')
    .execute()
  if (rows.length === 0) return [{ after, to, open: 0 }]
  return rows.map((row, i) => ({
    after: rows[i - 1]?.to ?? after,
    to: i + 1 < rows.length ? row.to : to,
    open: row.open,
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
