import {
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyLocalActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  SearchAttributeType,
} from '@temporalio/common'
import { z } from 'zod'
import {
  searchAttributeNames,
  searchAttributeTypes,
  ticketAttributes,
  type TicketAttributes,
} from '../../domain/search-attributes.ts'
import { notificationsOf } from '../../domain/areas.ts'
import { ticketDetails } from '../../domain/tickets/current-details.ts'
import type { TicketWorkflowInput } from '../../domain/ticket.ts'
import { unopenedTicket } from '../../domain/apply.ts'
import type { PersistOutcome, ProjectionActivities } from './activities.ts'
import { ClosingTimer } from './closing.ts'
import { decideBatch } from './decisions.ts'
import { Deliveries } from './delivery.ts'
import { openInbox } from './inbox.ts'
import { Timers } from './timers.ts'

// Schemas compiled by `new Function` would be compiled again in every workflow's context.
z.config({ jitless: true })

const projection = proxyLocalActivities<ProjectionActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '200 milliseconds', maximumInterval: '30 seconds' },
})

/**
 * One ticket, one durable process. It puts commands in order of time; what follows from each is
 * decided in domain/. Ends when the ticket is closed and nothing is on its way; a later command
 * starts a new run from the stored state.
 */
export async function ticketWorkflow(input: TicketWorkflowInput): Promise<void> {
  let ticket = unopenedTicket(input.number)
  const inbox = openInbox()
  const deliveries = new Deliveries(() => ticket, inbox)
  const closing = new ClosingTimer(inbox)
  const timers = new Timers(inbox)
  let shown = shownAttributes()

  const idle = (): boolean => inbox.length === 0 && deliveries.count === 0 && allHandlersFinished()
  const ended = (): boolean =>
    (ticket.status === 'closed' || !ticket.opened) && ticket.pending.length === 0

  if (input.resume) ticket = await projection.loadTicket(input.number)
  for (;;) {
    reconcile()
    await condition(
      () => inbox.length > 0 || (idle() && (ended() || workflowInfo().continueAsNewSuggested)),
    )
    if (inbox.length > 0) await drain()
    else if (ended()) return
    else await continueAsNew<typeof ticketWorkflow>({ number: input.number, resume: true })
  }

  /**
   * Decides everything that waits, writes it in one transaction, then answers the updates among it.
   */
  async function drain(): Promise<void> {
    const batch = inbox.splice(0)
    let applied = new Set<string>()
    for (;;) {
      const decisions = decideBatch(ticket, batch, applied, new Date().toISOString())
      const outcome: PersistOutcome =
        decisions.events.length === 0
          ? { written: true }
          : await projection.persistEvents({
              ticket: decisions.ticket,
              basedOn: ticket.version,
              events: decisions.events,
              notifications: notificationsOf({
                before: ticket,
                after: decisions.ticket,
                events: decisions.events,
              }),
            })
      if (outcome.written) {
        ticket = decisions.ticket
        decisions.answer()
        return
      }
      ticket = outcome.ticket
      applied = new Set([...applied, ...outcome.applied])
    }
  }

  /**
   * Timers, deliveries and what operators see follow the state, whichever command brought it about.
   */
  function reconcile(): void {
    deliveries.reconcile()
    closing.reconcile(ticket)
    timers.reconcile(ticket)
    setCurrentDetails(ticketDetails(ticket, timers.summary ?? closing.summary))
    if (!ticket.opened) return
    const attributes = ticketAttributes(ticket)
    const changed = searchAttributeNames.filter((name) => shown[name] !== attributes[name])
    if (changed.length === 0) return
    upsertSearchAttributes(
      changed.map(
        (name): SearchAttributePair =>
          ({
            key: defineSearchAttributeKey(name, SearchAttributeType[searchAttributeTypes[name]]),
            value: attributes[name],
          }) as SearchAttributePair,
      ),
    )
    shown = attributes
  }
}

/**
 * What the Temporal UI already shows: a new ticket is started with its attributes, so that opening
 * it costs no further write.
 */
const shownAttributes = (): Partial<Record<keyof TicketAttributes, unknown>> =>
  Object.fromEntries(
    workflowInfo()
      .typedSearchAttributes.getAll()
      .map(({ key, value }) => [key.name, value]),
  )
