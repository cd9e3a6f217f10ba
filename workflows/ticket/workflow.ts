import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { z } from 'zod'
import { isAtRest } from '../../domain/tickets/lifecycle.ts'
import type { Ticket, TicketWorkflowInput } from '../../domain/ticket.ts'
import { FollowUps } from './follow-ups.ts'
import { openInbox, takeBatch } from './inbox.ts'
import { TicketLog } from './log.ts'
import { resumption } from './resumption.ts'
import { TicketJobs } from './ticket-jobs.ts'

// Schemas compiled by `new Function` would be compiled again in every workflow's context.
z.config({ jitless: true })

/** Somebody has found that the log knows more than this run, or owes what it does not know of. */
export const compareWithLog = defineSignal('compareWithLog')

/**
 * One ticket, one durable process. It puts commands in order of time; what follows from each is
 * decided in domain/. Ends when the ticket is closed and nothing is on its way; a later command
 * starts a new run from the stored state.
 */
export async function ticketWorkflow(input: TicketWorkflowInput): Promise<void> {
  let compared = !input.resume
  setHandler(compareWithLog, () => {
    compared = false
  })
  const inbox = openInbox()
  const jobs = new TicketJobs(input.number, inbox)
  const log = new TicketLog(input.number, jobs, inbox)
  const followUps = new FollowUps(() => log.ticket, inbox)
  setHandler(defineQuery<Ticket>('ticket'), () => log.ticket, {
    description: 'The ticket as its workflow holds it.',
  })

  const ended = (): boolean => isAtRest(log.ticket) && jobs.count === 0
  const over = (): boolean =>
    inbox.length === 0 && !followUps.underway && (ended() || workflowInfo().continueAsNewSuggested)

  for (let starting = true; ; starting = false) {
    if (!compared) {
      compared = true
      await log.compare()
    }
    if (starting && !ended()) {
      const said = await resumption(input, log.ticket)
      // After the command that has started this run, which may be meant for the version as it was.
      if (said) inbox.splice(1, 0, said)
    }
    followUps.reconcile()
    await condition(() => !compared || (!jobs.hold && (inbox.length > 0 || over())))
    if (!compared) continue
    if (inbox.length > 0) await log.append(takeBatch(inbox, log.ticket.opened))
    else if (ended()) return
    else await continueAsNew<typeof ticketWorkflow>({ number: input.number, resume: true })
  }
}
