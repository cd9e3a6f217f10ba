import type { InferResult } from 'kysely'
import type { Client } from '@temporalio/client'
import type { Database } from '../../platform/postgres/database.ts'
import { RUNNING_TICKETS } from '../../application/tickets/running-tickets.ts'
import {
  compareTicketWithLog,
  ticketWorkflowId,
} from '../../application/tickets/ticket-workflow.ts'
import type { LostTicketsPage, ResumedPage } from '../../workflows/reconcile/activities.ts'
import { ticketByTicket } from './ticket-by-ticket.ts'
import { lossOf } from './workflow-loss.ts'

/** Tickets of one page. */
const MOST = 500

/**
 * Compares the next open tickets with the workflows that run, and starts again those that were
 * cancelled or terminated by hand, or that a lost or restored store of Temporal does not know: from
 * their stored state, which says so in their history.
 * @param onProgress called after each ticket that was started.
 */
export async function resumePage(
  { db, client }: { db: Database; client: Client },
  { after, resumed }: LostTicketsPage,
  onProgress: () => void = () => undefined,
): Promise<ResumedPage> {
  const open = await openTickets(db, after).execute()
  const [first, last] = [open[0], open.at(-1)]
  if (!first || !last) return { after, resumed, more: false }
  const running = await runningBetween(client, first.number, last.number)
  const waiting = open.filter(({ number }) => !running.has(ticketWorkflowId(number)))
  let started = 0
  await ticketByTicket(db, waiting, onProgress, async (ticket) => {
    if (await resume(client, ticket)) started++
  })
  return { after: last.number, resumed: resumed + started, more: open.length === MOST }
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

async function runningBetween(client: Client, from: number, to: number): Promise<Set<string>> {
  const ids = new Set<string>()
  const query = `${RUNNING_TICKETS} AND TicketNumber >= ${from} AND TicketNumber <= ${to}`
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1000 }))
    ids.add(workflowId)
  return ids
}

/** @returns false when it runs after all: what the server lists may be some seconds old. */
async function resume(client: Client, { number, subject }: OpenTicket): Promise<boolean> {
  const loss = await lossOf(client, number)
  if (!loss) return false
  await compareTicketWithLog(client, { number, subject, loss })
  return true
}
