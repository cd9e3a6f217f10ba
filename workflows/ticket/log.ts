import { unopenedTicket } from '../../domain/apply.ts'
import { notificationsOf } from '../../domain/areas.ts'
import type { TicketJob } from '../../domain/ticket-jobs.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { promisedFirst } from '../../domain/tickets/promised-order.ts'
import type { PersistOutcome, PreparedCommand, UntruePremises } from './activities.ts'
import { decideBatch, type Decisions, unheardOf } from './decisions.ts'
import type { InboxItem } from './inbox.ts'
import { project } from './projection.ts'
import { summaryOf } from './summary.ts'
import type { TicketJobs } from './ticket-jobs.ts'
import { refusedAsUnwritable } from './unwritable.ts'

/**
 * The ticket as its run holds it, and the event log that it is kept in step with: the log is the
 * truth.
 */
export class TicketLog {
  #ticket: Ticket
  /** What was kept and this run has put before others: once, whatever becomes of it. */
  readonly #putFirst = new Set<string>()

  /**
   * @param jobs told of what the log says the ticket owes.
   * @param inbox where lines for refusals that nobody heard go, and what has to be decided before.
   */
  constructor(
    private readonly number: number,
    private readonly jobs: TicketJobs,
    private readonly inbox: InboxItem[],
  ) {
    this.#ticket = unopenedTicket(number)
  }

  /** The ticket as it stands. */
  get ticket(): Ticket {
    return this.#ticket
  }

  /** Takes up what the log knows and this run does not. */
  async compare(): Promise<void> {
    const stored = await project(({ loadTicket }) => loadTicket(this.number))
    this.#ticket = stored.ticket
    this.jobs.add(stored.owed)
  }

  /**
   * Decides commands one after another, and writes it with their answers in one transaction. When they
   * overtake what was promised before, they go back to the inbox, behind it.
   * @param asked those whose senders wait, in a ticket that is open: before that nothing is kept of it
   *   but what opens it.
   */
  async append(
    batch: readonly InboxItem[],
    asked: readonly string[] = this.#ticket.opened ? askedIn(batch) : [],
  ): Promise<void> {
    const summary = summaryOf(batch)
    const done = this.jobs.doneBy(batch)
    let applied = new Set<string>()
    let untrue: UntruePremises = {}
    for (;;) {
      const decisions = decideBatch(this.#ticket, batch, applied, new Date().toISOString(), untrue)
      const outcome = await this.written(decisions, asked, done, summary)
      if ('promised' in outcome) {
        if (this.putFirst(outcome.promised, batch, asked)) return
        asked = []
        continue
      }
      if ('unwritable' in outcome) return this.withoutTheGuilty(batch, outcome.unwritable)
      this.jobs.add(outcome.owed ?? [])
      if (outcome.written) {
        this.#ticket = decisions.ticket
        this.jobs.settle(done)
        this.inbox.unshift(...unheardOf(outcome.unheard ?? [], batch, decisions))
        return
      }
      this.#ticket = outcome.ticket
      applied = new Set([...applied, ...outcome.applied])
      untrue = { ...untrue, ...outcome.untrue }
    }
  }

  /** @returns false when each had its turn before: then nothing waits for them again. */
  private putFirst(
    promised: readonly PreparedCommand[],
    batch: readonly InboxItem[],
    asked: readonly string[],
  ): boolean {
    const ids = promised.map(({ command }) => command.id)
    if (ids.every((id) => this.#putFirst.has(id))) return false
    for (const id of ids) this.#putFirst.add(id)
    const waiting = this.inbox.splice(0).filter(({ command }) => !ids.includes(command.id))
    this.inbox.push(...promisedFirst<InboxItem>(batch, asked, promised), ...waiting)
    return true
  }

  /**
   * No attempt can write this batch: halves are, until the command at fault is alone. That is kept
   * for admins and refused, and the ticket goes on.
   */
  private async withoutTheGuilty(batch: readonly InboxItem[], reason: string): Promise<void> {
    const [guilty] = batch
    if (!guilty) return
    if (batch.length > 1) {
      const half = Math.ceil(batch.length / 2)
      await this.append(batch.slice(0, half), [])
      await this.append(batch.slice(half), [])
      return
    }
    if (!guilty.unwritable) {
      const { name, command } = guilty
      const unwritten = { ticketNumber: this.number, name, command, reason }
      await project(({ keepUnwritten }) => keepUnwritten(unwritten))
    }
    const refused = refusedAsUnwritable(guilty)
    if (refused) return this.append([refused], [])
    const done = this.jobs.doneBy(batch)
    await this.settleJobs(done)
    this.jobs.settle(done)
  }

  private async written(
    { ticket: after, events, outcomes, returned, premises }: Decisions,
    asked: readonly string[],
    done: TicketJob[],
    summary: string,
  ): Promise<PersistOutcome> {
    const before = this.#ticket
    if (events.length === 0 && outcomes.length === 0) {
      await this.settleJobs(done)
      return { written: true }
    }
    const persisted = {
      ticket: after,
      basedOn: before.version,
      basedOnCommand: before.lastCommandId,
      events,
      notifications: notificationsOf({ before, after, events }),
      outcomes,
      ...(returned.length > 0 ? { returned } : {}),
      ...(done.length > 0 ? { done } : {}),
      ...(premises.length > 0 ? { premises } : {}),
      ...(asked.length > 0 ? { asked: [...asked] } : {}),
    }
    const outcome = await project(({ persistEvents }) =>
      persistEvents.executeWithOptions({ summary }, [persisted]),
    )
    return outcome ?? { written: true }
  }

  private async settleJobs(jobs: TicketJob[]): Promise<void> {
    if (jobs.length === 0) return
    await project(({ settleJobs }) => settleJobs({ ticketNumber: this.number, jobs }))
  }
}

const askedIn = (batch: readonly InboxItem[]): string[] =>
  batch.flatMap(({ command, unheard }) =>
    command.answerBy !== undefined && !unheard ? [command.id] : [],
  )
