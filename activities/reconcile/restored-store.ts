import { Context } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import {
  RECONCILE_MARK,
  reconcileMark,
  type ReconcileMark,
  unknownRun,
} from '../../application/reconcile/mark.ts'
import { compareRunningTicketWithLog } from '../../application/tickets/ticket-workflow.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { excluded } from '../../platform/postgres/excluded.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { ticketByTicket } from '../tickets/ticket-by-ticket.ts'
import type { RestoredStore } from '../../workflows/reconcile/activities.ts'

/** Backups of visibility and history may be some time apart. Milliseconds. */
const MARGIN = 10 * 60_000
/** Tickets read at once. */
const MOST = 200

/**
 * Whether Temporal's store is older than the log: it does not know the run that was remembered last.
 * Where it does, the run that asks is remembered instead.
 * @returns since when it may have forgotten; `since` null: it knows no earlier run at all.
 */
export async function restoredStore(db: Database, client: Client): Promise<RestoredStore | null> {
  const row = await db
    .selectFrom('setting')
    .select('value')
    .where('key', '=', RECONCILE_MARK)
    .executeTakeFirst()
  const before = reconcileMark.safeParse(row?.value).data
  if (!before || (await knows(client, before))) {
    await rememberRun(db)
    return null
  }
  return { since: await lastRunBefore(client, before.at) }
}

/** From now on the store is measured by the run that calls this. */
export async function rememberRun(db: Database): Promise<void> {
  const { workflowExecution } = Context.current().info
  if (!workflowExecution) return
  await remember(db, { ...workflowExecution, at: new Date().toISOString() })
}

/**
 * Has the next look find that the store was put back, which a worker has seen by itself.
 * @param at the store had known something of then.
 */
export async function rememberPutBack(db: Database, at: Date): Promise<void> {
  await remember(db, unknownRun(at).value)
}

async function remember(db: Database, value: ReconcileMark): Promise<void> {
  await db
    .insertInto('setting')
    .values({ key: RECONCILE_MARK, value: jsonb(value) })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(excluded('setting', ['value'])))
    .execute()
}

async function knows(client: Client, { workflowId, runId }: ReconcileMark): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId, runId).describe()
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

async function lastRunBefore(client: Client, at: string): Promise<string | null> {
  const query = `WorkflowType = 'reconcileWorkflow' AND StartTime < '${at}'`
  for await (const { startTime } of client.workflow.list({ query, pageSize: 1 }))
    return new Date(startTime.getTime() - MARGIN).toISOString()
  return null
}

/**
 * Has every ticket that changed since then compare itself with the log: its workflow may run, and
 * know less.
 * @param onProgress called after each ticket.
 * @returns how many.
 */
export async function wakeForgetfulTickets(
  { db, client }: { db: Database; client: Client },
  { since }: RestoredStore,
  onProgress: () => void,
): Promise<number> {
  let woken = 0
  for (let after = 0; ;) {
    const numbers = await changedTickets(db, since, after)
    const last = numbers.at(-1)
    if (last === undefined) return woken
    const tickets = numbers.map((number) => ({ number }))
    await ticketByTicket(db, tickets, onProgress, async ({ number }) => {
      if (await compareRunningTicketWithLog(client, number)) woken++
    })
    after = last
  }
}

/** @param since null: all that are not closed. */
async function changedTickets(
  db: Database,
  since: string | null,
  after: number,
): Promise<number[]> {
  const rows = await db
    .selectFrom('ticket')
    .select('number')
    .where((eb) =>
      since === null ? eb('status', '<>', 'closed') : eb('updated_at', '>=', new Date(since)),
    )
    .where('number', '>', after)
    .orderBy('number')
    .limit(MOST)
    .execute()
  return rows.map(({ number }) => number)
}
