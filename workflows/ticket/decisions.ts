import { ApplicationFailure } from '@temporalio/workflow'
import { decide, rejectionEvent } from '../../domain/decide.ts'
import type { TicketEvent } from '../../domain/events.ts'
import { apply } from '../../domain/apply.ts'
import type { Ticket } from '../../domain/ticket.ts'
import type { InboxItem } from './inbox.ts'

export interface Decisions {
  ticket: Ticket
  events: TicketEvent[]
  /** Answers the updates of the batch; to be called once the events are written. */
  answer: () => void
}

/**
 * Decides a batch of commands one after another.
 * @param applied ids of commands whose events are already in the log: the same id twice changes
 *   nothing.
 * @param now ISO time, the workflow's clock.
 */
export function decideBatch(
  before: Ticket,
  batch: readonly InboxItem[],
  applied: ReadonlySet<string>,
  now: string,
): Decisions {
  let ticket = before
  const events: TicketEvent[] = []
  const answers: (() => void)[] = []
  const seen = new Set(applied)

  for (const item of batch) {
    const { name, command, answer } = item
    const known = seen.has(command.id)
    seen.add(command.id)
    const decision = known || item.refusal ? null : decide(ticket, name, command, now)
    const rejection = item.refusal ?? decision?.rejection ?? null
    if (decision && !rejection) {
      ticket = decision.ticket
      events.push(...decision.events)
    } else if (rejection && !answer && !item.quiet && ticket.opened) {
      const line = rejectionEvent(ticket, name, command, rejection, now)
      ticket = apply(ticket, line)
      events.push(line)
    }
    if (answer && rejection)
      answers.push(() => {
        answer.reject(ApplicationFailure.nonRetryable(rejection.message, rejection.code))
      })
    else if (answer)
      answers.push(() => {
        answer.resolve(ticket)
      })
  }
  return {
    ticket,
    events,
    answer: () => {
      for (const give of answers) give()
    },
  }
}
