import { log } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { sql } from 'kysely'
import { scheduledTypes } from '../../application/schedules.ts'
import {
  compareTicketWithLog,
  signalTicket,
  ticketNumberOf,
  ticketWorkflowId,
} from '../../application/tickets/ticket-workflow.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { pauseAgo, secondsAgo } from '../../platform/postgres/seconds-ago.ts'
import {
  type FailingRun,
  failingRun,
  type ReportedRun,
  reportedRuns,
  runningRuns,
} from '../../platform/temporal/failing-runs.ts'
import { isServerAway } from '../../platform/temporal/server-away.ts'
import { ticketByTicket } from './ticket-by-ticket.ts'
import { undecidedCommands } from './undecided-commands.ts'
import { RENEWED } from './workflow-loss.ts'

/**
 * Seconds after which a ticket that is stuck again gets another run; doubled each time, up to a
 * quarter of an hour: what is at fault may be the code, or what is sent again.
 */
const FIRST_RENEWAL = 30
const LONGEST = 900
/**
 * Tasks that were not answered may have been given to a worker that stood still. A run whose tasks
 * come to nothing for so long while others work is stuck all the same. Seconds.
 */
const UNANSWERED = 45
/** A ticket that was well for so long has no new runs to its account any more. Seconds. */
const FORGOTTEN_AFTER = 86_400
/** What is owed for longer than this is reason enough to look at the run. Seconds. */
const OWED = 120
/** Tickets looked at in one go. */
const MOST = 500

interface Dependencies {
  db: Database
  client: Client
}

/** Is there a run of which the server reports problems, or a ticket that was stuck a moment ago? */
export async function hasStuckTickets({ db, client }: Dependencies): Promise<boolean> {
  if ((await reportedRuns(client, 1)).length > 0) return true
  return (await notedAsStuck(db).limit(1).execute()).length > 0
}

/**
 * Gives a new run to every ticket whose run cannot go on. Runs of other workflows that cannot are
 * terminated: what they were for is found to be missing, and started again. Scheduled ones are the
 * worker's (worker/scheduled-runs.ts), since this is one of them.
 * @param owing looks also at tickets that owe something for long, and at all that runs and is no
 *   ticket, for servers that report nothing.
 * @param onProgress called after each ticket.
 * @returns how many tickets got a new run.
 */
export async function renewStuckTickets(
  deps: Dependencies,
  owing: boolean,
  onProgress: () => void,
): Promise<number> {
  const reported = await reportedRuns(deps.client)
  const isTicket = ({ type }: ReportedRun): boolean => type === 'ticketWorkflow'
  const others = reported.filter((run) => !isTicket(run) && !scheduledTypes.has(run.type))
  if (owing) others.push(...(await runningRuns(deps.client, ['ticketWorkflow', ...scheduledTypes])))
  for (const { workflowId } of others) {
    try {
      const found = await failingRun(deps.client, workflowId)
      if (found?.failed && !found.lacksAttributes)
        await terminate(deps.client, workflowId, found.runId)
    } catch (error) {
      if (isServerAway(error)) throw error
      log.warn('A run that cannot go on could not be ended.', { workflowId, error: String(error) })
    }
    onProgress()
  }
  const noted = await notedAsStuck(deps.db).limit(MOST).execute()
  const numbers = new Set([
    ...reported.filter(isTicket).map(({ workflowId }) => ticketNumberOf(workflowId)),
    ...noted.map(({ number }) => number),
    ...(owing ? await owingForLong(deps.db) : []),
  ])
  let renewed = 0
  const tickets = [...numbers].map((number) => ({ number }))
  await ticketByTicket(deps.db, tickets, onProgress, async ({ number }) => {
    if (await renewIfStuck(deps, number)) renewed++
  })
  await forgetLongWell(deps.db)
  return renewed
}

/**
 * A run whose workflow tasks come to nothing again and again (its history cannot be followed any
 * more, or holds what no code takes) does nothing ever: it is terminated, and the ticket goes on from
 * the log, with what the run had not decided.
 * @returns whether it got a new run.
 */
export async function renewIfStuck(deps: Dependencies, number: number): Promise<boolean> {
  const { db, client } = deps
  const found = await failingRun(client, ticketWorkflowId(number))
  if (!found) {
    await noteAsWell(db, number)
    return false
  }
  const due = await noteAsStuck(db, number, found)
  // Another run would fail as well, and leave a second line of one loss.
  return due && !found.lacksAttributes && renew(deps, number, found.runId)
}

async function renew(
  { db, client }: Dependencies,
  number: number,
  runId: string,
): Promise<boolean> {
  const known = await db
    .selectFrom('ticket')
    .select('number')
    .where('number', '=', number)
    .executeTakeFirst()
  const facts = { number, resume: known !== undefined }
  // Kept before the run that holds them is ended: from then on `reconcile` sends them until they are
  // answered.
  const undecided = await undecidedCommands(db, client, facts, runId)
  if (!(await terminate(client, ticketWorkflowId(number), runId))) return false
  await db
    .updateTable('stuck_ticket')
    .set((eb) => ({ renewals: eb('renewals', '+', 1), renewed_at: sql<Date>`now()` }))
    .where('ticket_number', '=', number)
    .execute()
  const next = { ...facts, loss: 'failed' as const }
  // Whatever starts the run is decided before its line: it may be meant for the version as it was.
  for (const { name, command } of undecided) await signalTicket(client, next, name, command)
  if (known && undecided.length === 0) await compareTicketWithLog(client, next)
  return true
}

/** @returns false when it has ended already: somebody else was quicker. */
async function terminate(client: Client, workflowId: string, runId: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId, runId).terminate(RENEWED)
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

const notedAsStuck = (db: Database) =>
  db
    .selectFrom('stuck_ticket')
    .select('ticket_number as number')
    .where('well_at', 'is', null)
    .orderBy('since')

/**
 * Writes down that it is stuck.
 * @returns whether it is to get a new run now.
 */
async function noteAsStuck(
  db: Database,
  number: number,
  { runId, failed, reason, since, lastDone }: FailingRun,
): Promise<boolean> {
  const row = await db
    .insertInto('stuck_ticket')
    .values({ ticket_number: number, run_id: runId, since, reason })
    .onConflict((conflict) =>
      conflict.column('ticket_number').doUpdateSet((eb) => ({
        run_id: runId,
        reason,
        // As long as it does not stay well it has been stuck since it was first found.
        since: eb
          .case()
          .when('stuck_ticket.well_at', 'is', null)
          .then(eb.ref('stuck_ticket.since'))
          .else(since)
          .end(),
        found_at: eb
          .case()
          .when(
            eb.and([eb('stuck_ticket.well_at', 'is', null), eb('stuck_ticket.run_id', '=', runId)]),
          )
          .then(eb.ref('stuck_ticket.found_at'))
          .else(sql<Date>`now()`)
          .end(),
        well_at: null,
      })),
    )
    .returning((eb) => [
      'found_at',
      eb('found_at', '<', secondsAgo(UNANSWERED)).as('found_before'),
      eb
        .or([
          eb('renewed_at', 'is', null),
          eb('renewed_at', '<', pauseAgo('renewals', FIRST_RENEWAL, LONGEST)),
        ])
        .as('due'),
    ])
    .executeTakeFirstOrThrow()
  const unanswered = Boolean(row.found_before) && (lastDone === null || lastDone < row.found_at)
  return Boolean(row.due) && (failed || unanswered)
}

const noteAsWell = (db: Database, number: number) =>
  db
    .updateTable('stuck_ticket')
    .set({ well_at: sql<Date>`now()` })
    .where('ticket_number', '=', number)
    .where('well_at', 'is', null)
    .execute()

const forgetLongWell = (db: Database) =>
  db.deleteFrom('stuck_ticket').where('well_at', '<', secondsAgo(FORGOTTEN_AFTER)).execute()

/**
 * Tickets with mail or jobs that should have been taken up by now, the oldest first. Those with late
 * timers and messages are looked at where they are found (behind-tickets.ts).
 */
async function owingForLong(db: Database): Promise<number[]> {
  const rows = await db
    .selectFrom((eb) =>
      eb
        .selectFrom('ticket_job')
        .select(['ticket_number as number', 'created_at as since'])
        .unionAll(
          eb
            .selectFrom('mail')
            .select(['ticket_number as number', 'stored_at as since'])
            .where('state', '=', 'routed')
            .$narrowType<{ number: number }>(),
        )
        .as('owed'),
    )
    .select('owed.number')
    .where('owed.since', '<', secondsAgo(OWED))
    .where('owed.number', 'is not', null)
    .groupBy('owed.number')
    .orderBy((eb) => eb.fn.min('owed.since'))
    .limit(MOST)
    .execute()
  return rows.map(({ number }) => number)
}
