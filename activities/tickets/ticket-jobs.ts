import { Context } from '@temporalio/activity'
import type { Client } from '@temporalio/client'
import type { OutboundContext } from '../../application/mail-out/correspondence.ts'
import { executeCommand } from '../../application/tickets/ticket-workflow.ts'
import type { MergingSteps } from '../../application/merging/steps.ts'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import type {
  JobInput,
  PreparedCommand,
  TicketJobActivities,
} from '../../workflows/ticket/activities.ts'
import { ruleApprovals } from '../approvals/rule-approvals.ts'
import { takeSecondStep } from '../merging/second-step.ts'
import { settleJobs } from '../projection/ticket-jobs.ts'
import { CurrentSlaSettings, slaPlanOf } from '../sla/planned-tickets.ts'
import { waitingReminder } from '../sla/waiting-reminders.ts'

/** How long the other ticket of a merge or split has to answer. Milliseconds. */
const ANSWER_MS = 20_000

/**
 * The work that follows from a ticket's events, bound to the process's database and client. A job
 * that comes to no command is owed no more when its activity returns.
 */
export function ticketJobActivities({
  db,
  client,
  ...context
}: OutboundContext & { db: OpenDatabase; client: Client }): TicketJobActivities {
  const { pool } = db
  const settings = new CurrentSlaSettings(pool)
  const job =
    (work: (job: JobInput) => Promise<PreparedCommand[]>) =>
    async (input: JobInput): Promise<PreparedCommand[]> => {
      const commands = await work(input)
      if (commands.length === 0) await settleJobs(db, input.ticketNumber, [input])
      return commands
    }
  return {
    askRuleApprovals: job((input) => ruleApprovals(pool, input)),
    planServiceLevel: job((input) => slaPlanOf(pool, settings, input)),
    writeReminder: job((input) => waitingReminder(pool, context, input)),
    takeMergeStep: job(async (input) => {
      await takeSecondStep({ db: pool, execute: answeredBy(client) }, input)
      return []
    }),
  }
}

const answeredBy =
  (client: Client): MergingSteps['execute'] =>
  (facts, name, command) =>
    client.withAbortSignal(
      AbortSignal.any([AbortSignal.timeout(ANSWER_MS), Context.current().cancellationSignal]),
      () => executeCommand(client, facts, name, command),
    )
