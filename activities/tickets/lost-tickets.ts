import { type InferResult, sql } from 'kysely'
import type { Client } from '@temporalio/client'
import type { Database } from '../../platform/postgres/database.ts'
import {
  compareOpenTickets,
  endedTickets,
  namesWhereCountsDiffer,
  type NumberRange,
  runningTickets,
} from '../../application/tickets/running-tickets.ts'
import {
  compareRunningTicketWithLog,
  compareTicketWithLog,
  ticketNumberOf,
} from '../../application/tickets/ticket-workflow.ts'
import type { LostTicketsPage, ResumedPage } from '../../workflows/reconcile/activities.ts'
import { ticketByTicket } from './ticket-by-ticket.ts'
import { lossOf } from './workflow-loss.ts'

/** Tickets of one page. */
const MOST = 500
/** How often open tickets are cut into slices before they are looked for by name. */
const CUTS = 2
/** Each look goes so far back for what was ended by hand, should some not have been done. Milliseconds. */
const LOOKED_BACK = 15 * 60_000
/** Between two looks at every ticket, in milliseconds; by name each is looked at once in so many. */
const [TURN, TURNS] = [10 * 60_000, 36]
/** More that were ended are seen by how many are missing. */
const MOST_ENDED = 200

/**
 * Has an open ticket no workflow that runs, or a closed one that does?
 * @param atStart a worker has just started: also those that changed a moment ago.
 */
export async function hasLostTickets(
  { db, client }: { db: Database; client: Client },
  atStart: boolean,
): Promise<boolean> {
  if (await hasEndedByHand(db, client)) return true
  const { withoutWorkflow, surplus } = await compareOpenTickets(
    (work) => work(db),
    runningTickets(client),
    CUTS,
    atStart ? 0 : undefined,
  )
  return withoutWorkflow > 0 || surplus > 0
}

/** Those that were cancelled, terminated or have failed lately: known by name, however many run. */
async function hasEndedByHand(db: Database, client: Client): Promise<boolean> {
  const since = new Date(Date.now() - LOOKED_BACK).toISOString()
  const query = `WorkflowType = 'ticketWorkflow' AND CloseTime > '${since}'
    AND ExecutionStatus IN ('Canceled', 'Terminated', 'Failed', 'TimedOut')`
  const ended = new Set<number>()
  for await (const { workflowId } of client.workflow.list({ query, pageSize: MOST_ENDED })) {
    ended.add(ticketNumberOf(workflowId))
    if (ended.size >= MOST_ENDED) break
  }
  if (ended.size === 0) return false
  const open = await db
    .selectFrom('ticket')
    .select('number')
    .where('number', '=', sql<number>`ANY(${[...ended]})`)
    .where('status', '<>', 'closed')
    .execute()
  for (const { number } of open) if (await lossOf(client, number)) return true
  return false
}

/**
 * Compares the next open tickets with the workflows that run, and starts again those that were
 * cancelled or terminated by hand, or that a lost or restored store of Temporal does not know: from
 * their stored state, which says so in their history. Runs that closed tickets have left are told to
 * compare themselves with the log, and so end.
 * @param onProgress called after each ticket, and while runs are listed.
 */
export async function resumePage(
  { db, client }: { db: Database; client: Client },
  { after, resumed, ended = 0 }: LostTicketsPage,
  onProgress: () => void = () => undefined,
): Promise<ResumedPage> {
  const open = await openTickets(db, after).execute()
  const more = open.length === MOST
  const last = open.at(-1)?.number ?? after
  // Runs of closed tickets may have higher numbers than any that is open.
  const range = { after, to: more ? last : null }
  const page = { after: last, resumed, ended, more }
  const running = await runningOf(client, open, range, onProgress)
  if (running === null) return page
  const lost = open.filter(({ number }) => !running.has(number))
  await ticketByTicket(db, lost, onProgress, async (ticket) => {
    if (await resume(client, ticket)) page.resumed++
  })
  for (const { number } of open) running.delete(number)
  const surplus = await endedTickets(db, [...running])
  await ticketByTicket(db, surplus, onProgress, async ({ number }) => {
    if (await compareRunningTicketWithLog(client, number)) page.ended++
  })
  return page
}

/**
 * Of a hundred tickets one that is missing may be hidden by one that a closed ticket has left: so each
 * page takes its turn by name, whatever the counts say.
 * @returns null where as many run as are open.
 */
function runningOf(
  client: Client,
  open: readonly OpenTicket[],
  range: NumberRange,
  onProgress: () => void,
): Promise<Set<number> | null> {
  const turn = Math.floor(Date.now() / TURN) % TURNS
  const running = runningTickets(client)
  if (Math.floor(range.after / MOST) % TURNS === turn) return running.numbers(range, onProgress)
  const numbers = open.map(({ number }) => number)
  return namesWhereCountsDiffer(running, numbers, range, onProgress)
}

const openTickets = (db: Database, after: number) =>
  db
    .selectFrom('ticket')
    .select(['number', 'subject'])
    .where('status', '<>', 'closed')
    .where('number', '>', after)
    .orderBy('number')
    .limit(MOST)

type OpenTicket = InferResult<ReturnType<typeof openTickets>>[number]

/** @returns false when it runs after all: what the server lists may be some seconds old. */
async function resume(client: Client, { number, subject }: OpenTicket): Promise<boolean> {
  const loss = await lossOf(client, number)
  if (!loss) return false
  await compareTicketWithLog(client, { number, subject, loss })
  return true
}
