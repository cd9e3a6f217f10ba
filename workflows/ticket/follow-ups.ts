import { setCurrentDetails } from '@temporalio/workflow'
import type { Ticket } from '../../domain/ticket.ts'
import { ticketDetails } from '../../domain/tickets/current-details.ts'
import { ClosingTimer } from './closing.ts'
import { Deliveries } from './delivery.ts'
import type { InboxItem } from './inbox.ts'
import { SearchAttributes } from './search-attributes.ts'
import { Timers } from './timers.ts'

/**
 * What the ticket's state brings about, whichever command led to it: deliveries, timers, what
 * operators see. Each compares what is wanted with what it has under way.
 */
export class FollowUps {
  private readonly attributes = new SearchAttributes()
  private readonly deliveries: Deliveries
  private readonly closing: ClosingTimer
  private readonly timers: Timers

  /**
   * @param current the ticket as it stands.
   * @param inbox where the commands go that they come to.
   */
  constructor(
    private readonly current: () => Ticket,
    inbox: InboxItem[],
  ) {
    this.deliveries = new Deliveries(current, inbox)
    this.closing = new ClosingTimer(inbox)
    this.timers = new Timers(inbox)
  }

  /** Whether something is on its way that this run has to wait for; timers are not. */
  get underway(): boolean {
    return this.deliveries.count > 0
  }

  /** Starts, keeps and stops them as the ticket's state asks for. */
  reconcile(): void {
    const ticket = this.current()
    this.deliveries.reconcile()
    this.closing.reconcile(ticket)
    this.timers.reconcile(ticket)
    setCurrentDetails(ticketDetails(ticket, this.timers.summary ?? this.closing.summary))
    this.attributes.reconcile(ticket)
  }
}
