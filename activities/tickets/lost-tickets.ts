import type { InferResult } from 'kysely'
import type { Client } from '@temporalio/client'
import type { Database } from '../../platform/postgres/database.ts'
import { endedTickets, runningNumbers } from '../../application/tickets/running-tickets.ts'
import {
  compareRunningTicketWithLog,
  compareTicketWithLog,
} from '../../application/tickets/ticket-workflow.ts'
import type { LostTicketsPage, ResumedPage } from '../../workflows/reconcile/activities.ts'
import { ticketByTicket } from './ticket-by-ticket.ts'
import { lossOf } from './workflow-loss.ts'

/** Tickets of one page. */
const MOST = 500

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
  const last = (more && open.at(-1)?.number) || null
  // Runs of closed tickets may have higher numbers than any that is open.
  const within = `TicketNumber > ${after}${last === null ? '' : ` AND TicketNumber <= ${last}`}`
  const running = await runningNumbers(client, within, onProgress)
  const lost = open.filter(({ number }) => !running.has(number))
  const page = { after: last ?? after, resumed, ended, more }
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
