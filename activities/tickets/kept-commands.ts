import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { sql } from 'kysely'
import { answered } from '../../application/tickets/command-answers.ts'
import {
  compareTicketWithLog,
  signalTicket,
  ticketWorkflowId,
} from '../../application/tickets/ticket-workflow.ts'
import { readCommand } from '../../domain/command-schema.ts'
import type { StartFacts } from '../../domain/ticket.ts'
import type { Database } from '../../platform/postgres/database.ts'

/** Seconds after which a kept command is sent again; doubled each time, up to a quarter of an hour. */
const FIRST_RESEND = 30
const LONGEST = 900
const MOST = 200
/** Workflow tasks that failed in a row, after which a run is one that cannot go on. */
const FAILING = 3

interface Dependencies {
  db: Database
  client: Client
}

const due = (db: Database, atStart: boolean) =>
  db
    .selectFrom('kept_command')
    .select(['ticket_number as number', 'command_id as commandId', 'name', 'command', 'facts'])
    .$if(!atStart, (query) =>
      query.where(
        'sent_at',
        '<',
        sql<Date>`now() - make_interval(secs => least(${FIRST_RESEND} * 2 ^ (attempts - 1), ${LONGEST}))`,
      ),
    )

/** Is there a command that was kept and of which nobody knows yet what became of it? */
export async function hasKeptCommands(db: Database, atStart: boolean): Promise<boolean> {
  return (await due(db, atStart).limit(1).execute()).length > 0
}

/**
 * Sends again what was kept and is not answered, in the order in which it was kept, with its first
 * id, so that it counts once. A ticket whose run cannot go on gets a new one before: the log knows
 * the ticket, and here is what the run had not decided.
 * @param atStart do not wait: the worker before may have died.
 * @param onProgress called after each command.
 * @returns how many were sent.
 */
export async function resendKeptCommands(
  { db, client }: Dependencies,
  atStart: boolean,
  onProgress: () => void,
): Promise<number> {
  const rows = await due(db, atStart).orderBy('kept_at').orderBy('command_id').limit(MOST).execute()
  const known = new Set(await answered(db, rows))
  await forget(db, [...known])
  const looked = new Set<number>()
  let sent = 0
  for (const row of rows) {
    if (known.has(row)) continue
    if (!looked.has(row.number)) await renewStuckRun(client, row.facts)
    looked.add(row.number)
    const command = readCommand(row.name, JSON.parse(row.command))
    // Code that was taken back may not know what its successor kept: it waits for it.
    if (!('code' in command)) {
      await signalTicket(client, row.facts, row.name, command)
      sent++
    }
    await sentAgain(db, row)
    onProgress()
  }
  return sent
}

type Kept = Awaited<ReturnType<ReturnType<typeof due>['execute']>>[number]

async function forget(db: Database, rows: readonly Kept[]): Promise<void> {
  if (rows.length === 0) return
  await db
    .deleteFrom('kept_command')
    .where((eb) =>
      eb(
        eb.refTuple('ticket_number', 'command_id'),
        'in',
        rows.map(({ number, commandId }) => eb.tuple(number, commandId)),
      ),
    )
    .execute()
}

const sentAgain = (db: Database, { number, commandId }: Kept) =>
  db
    .updateTable('kept_command')
    .set((eb) => ({ sent_at: sql<Date>`now()`, attempts: eb('attempts', '+', 1) }))
    .where('ticket_number', '=', number)
    .where('command_id', '=', commandId)
    .execute()

/**
 * A run whose workflow tasks fail again and again (its history cannot be followed any more, or holds
 * what no code takes) does nothing ever: it is terminated, and the ticket goes on from the log.
 */
async function renewStuckRun(client: Client, { number }: StartFacts): Promise<void> {
  const handle = client.workflow.getHandle(ticketWorkflowId(number))
  try {
    const { raw, runId } = await handle.describe()
    if ((raw.pendingWorkflowTask?.attempt ?? 0) < FAILING) return
    if (!(await lastTaskFailed(client, number, runId))) return
    await client.workflow
      .getHandle(ticketWorkflowId(number), runId)
      .terminate('Its workflow tasks failed again and again; a new run goes on from the log.')
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return
    throw error
  }
  await compareTicketWithLog(client, { number, loss: 'failed' })
}

/** Failed, and not merely timed out with a worker that stood still. */
async function lastTaskFailed(client: Client, number: number, runId: string): Promise<boolean> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId: ticketWorkflowId(number), runId },
    maximumPageSize: 50,
  })
  const last = history?.events?.find(
    (event) =>
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes ??
      event.workflowTaskCompletedEventAttributes,
  )
  return Boolean(last?.workflowTaskFailedEventAttributes)
}
