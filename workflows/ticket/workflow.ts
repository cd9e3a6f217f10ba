import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { z } from 'zod'
import { notificationsOf } from '../../domain/areas.ts'
import { ticketDetails } from '../../domain/tickets/current-details.ts'
import { isAtRest } from '../../domain/tickets/lifecycle.ts'
import type { TicketJob } from '../../domain/ticket-jobs.ts'
import type { Ticket, TicketWorkflowInput } from '../../domain/ticket.ts'
import { unopenedTicket } from '../../domain/apply.ts'
import type { PersistOutcome, ProjectionActivities } from './activities.ts'
import { ClosingTimer } from './closing.ts'
import { decideBatch, type Decisions, unheardOf } from './decisions.ts'
import { Deliveries } from './delivery.ts'
import { type InboxItem, openInbox, takeBatch } from './inbox.ts'
import { refusedAsUnwritable } from './unwritable.ts'
import { resumption } from './resumption.ts'
import { SearchAttributes } from './search-attributes.ts'
import { summaryOf } from './summary.ts'
import { TicketJobs } from './ticket-jobs.ts'
import { Timers } from './timers.ts'

// Schemas compiled by `new Function` would be compiled again in every workflow's context.
z.config({ jitless: true })

const projection = proxyLocalActivities<ProjectionActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '200 milliseconds', maximumInterval: '30 seconds' },
})

/** Somebody has found that the log knows more than this run, or owes what it does not know of. */
export const compareWithLog = defineSignal('compareWithLog')

/**
 * One ticket, one durable process. It puts commands in order of time; what follows from each is
 * decided in domain/. Ends when the ticket is closed and nothing is on its way; a later command
 * starts a new run from the stored state.
 */
export async function ticketWorkflow(input: TicketWorkflowInput): Promise<void> {
  let ticket = unopenedTicket(input.number)
  let compared = !input.resume
  setHandler(compareWithLog, () => {
    compared = false
  })
  const inbox = openInbox()
  setHandler(defineQuery<Ticket>('ticket'), () => ticket, {
    description: 'The ticket as its workflow holds it.',
  })
  const attributes = new SearchAttributes()
  // What the ticket's state owes is taken up here, whichever command brought it about: deliveries,
  // timers. Each compares what is owed with what it has under way.
  const deliveries = new Deliveries(() => ticket, inbox)
  const closing = new ClosingTimer(inbox)
  const timers = new Timers(inbox)
  const jobs = new TicketJobs(input.number, inbox)

  const idle = (): boolean => inbox.length === 0 && deliveries.count === 0
  const ended = (): boolean => isAtRest(ticket) && jobs.count === 0

  for (let starting = true; ; starting = false) {
    if (!compared) await compare()
    if (starting && !ended()) {
      const said = resumption(input, ticket)
      // After the command that has started this run, which may be meant for the version as it was.
      if (said) inbox.splice(1, 0, said)
    }
    reconcile()
    await condition(
      () =>
        !compared ||
        (!jobs.hold &&
          (inbox.length > 0 || (idle() && (ended() || workflowInfo().continueAsNewSuggested)))),
    )
    if (!compared) continue
    if (inbox.length > 0) await drain()
    else if (ended()) return
    else await continueAsNew<typeof ticketWorkflow>({ number: input.number, resume: true })
  }

  /** Takes up what the log knows and this run does not: the log is the truth. */
  async function compare(): Promise<void> {
    compared = true
    const stored = await projection.loadTicket(input.number)
    if (stored.ticket.version >= ticket.version) ({ ticket } = stored)
    jobs.add(stored.owed)
  }

  /** Decides everything that waits. */
  async function drain(): Promise<void> {
    await carryOut(takeBatch(inbox, ticket.opened))
  }

  /** Decides a batch, and writes it with its answers in one transaction. */
  async function carryOut(batch: readonly InboxItem[]): Promise<void> {
    const summary = summaryOf(batch)
    const done = jobs.doneBy(batch)
    let applied = new Set<string>()
    for (;;) {
      const decisions = decideBatch(ticket, batch, applied, new Date().toISOString())
      const outcome = await written(decisions, done, summary)
      if ('unwritable' in outcome) return withoutTheGuilty(batch, outcome.unwritable)
      jobs.add(outcome.owed ?? [])
      if (outcome.written) {
        ticket = decisions.ticket
        jobs.settle(done)
        inbox.unshift(...unheardOf(outcome.unheard ?? [], batch, decisions))
        return
      }
      ticket = outcome.ticket
      applied = new Set([...applied, ...outcome.applied])
    }
  }

  /**
   * No attempt can write this batch: halves are, until the command at fault is alone. That is kept
   * for admins and refused, and the ticket goes on.
   */
  async function withoutTheGuilty(batch: readonly InboxItem[], reason: string): Promise<void> {
    const [guilty] = batch
    if (!guilty) return
    if (batch.length > 1) {
      const half = Math.ceil(batch.length / 2)
      await carryOut(batch.slice(0, half))
      await carryOut(batch.slice(half))
      return
    }
    if (!guilty.unwritable) {
      const { name, command } = guilty
      await projection.keepUnwritten({ ticketNumber: input.number, name, command, reason })
    }
    const refused = refusedAsUnwritable(guilty)
    if (refused) return carryOut([refused])
    const done = jobs.doneBy(batch)
    if (done.length > 0) await projection.settleJobs({ ticketNumber: input.number, jobs: done })
    jobs.settle(done)
  }

  async function written(
    { ticket: after, events, outcomes }: Decisions,
    done: TicketJob[],
    summary: string,
  ): Promise<PersistOutcome> {
    if (events.length === 0 && outcomes.length === 0) {
      if (done.length > 0) await projection.settleJobs({ ticketNumber: input.number, jobs: done })
      return { written: true }
    }
    const outcome = await projection.persistEvents.executeWithOptions({ summary }, [
      {
        ticket: after,
        basedOn: ticket.version,
        events,
        notifications: notificationsOf({ before: ticket, after, events }),
        outcomes,
        ...(done.length > 0 ? { done } : {}),
      },
    ])
    return outcome ?? { written: true }
  }

  /**
   * Timers, deliveries and what operators see follow the state, whichever command brought it about.
   */
  function reconcile(): void {
    deliveries.reconcile()
    closing.reconcile(ticket)
    timers.reconcile(ticket)
    setCurrentDetails(ticketDetails(ticket, timers.summary ?? closing.summary))
    attributes.reconcile(ticket)
  }
}
