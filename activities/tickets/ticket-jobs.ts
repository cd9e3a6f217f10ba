import { Context } from '@temporalio/activity'
import type { OutboundContext } from '../../application/mail-out/correspondence.ts'
import type { ExecuteCommand, TicketCommands } from '../../application/tickets/ticket-commands.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type {
  JobInput,
  PreparedCommand,
  RunActivities,
  TicketJobActivities,
} from '../../workflows/ticket/activities.ts'
import { ruleApprovals } from '../approvals/rule-approvals.ts'
import { takeSecondStep } from '../merging/second-step.ts'
import { settleJobs } from '../projection/ticket-jobs.ts'
import { CurrentSlaSettings, slaPlanOf } from '../sla/planned-tickets.ts'
import { waitingReminder } from '../sla/waiting-reminders.ts'
import { lossOfRunBefore } from './workflow-loss.ts'

/**
 * The work that follows from a ticket's events, bound to the process's database and client. A job
 * that comes to no command is owed no more when its activity returns.
 */
export function ticketJobActivities({
  db,
  commands,
  ...context
}: OutboundContext & { db: Database; commands: TicketCommands }): TicketJobActivities &
  RunActivities {
  const settings = new CurrentSlaSettings(db)
  const job =
    (work: (job: JobInput) => Promise<PreparedCommand[]>) =>
    async (input: JobInput): Promise<PreparedCommand[]> => {
      const prepared = await work(input)
      if (prepared.length === 0) await settleJobs(db, input.ticketNumber, [input])
      return prepared
    }
  return {
    askRuleApprovals: job((input) => ruleApprovals(db, input)),
    planServiceLevel: job((input) => slaPlanOf(db, settings, input)),
    writeReminder: job((input) => waitingReminder(db, context, input)),
    takeMergeStep: job(async (input) => {
      await takeSecondStep({ db, execute: untilCancelled(commands) }, input)
      return []
    }),
    lossOfRunBefore: (number) => lossOfRunBefore(commands.client, number),
  }
}

/** Waits for answers as long as the activity is wanted. */
const untilCancelled =
  (commands: TicketCommands): ExecuteCommand =>
  (facts, name, command) =>
    commands.execute(facts, name, command, { stop: Context.current().cancellationSignal })
