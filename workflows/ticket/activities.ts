import type { Ticket } from '../../domain/ticket.ts'
import type { TicketEvent } from '../../domain/events.ts'
import type { Notification } from '../../domain/notifications.ts'

/** What the ticket workflow asks of activities/projection. */
export interface ProjectionActivities {
  /** Writes events and projection in one transaction. Safe to run twice. */
  persistEvents: (batch: PersistBatch) => Promise<PersistOutcome>
  /** @returns the stored ticket, unopened when it has no event. */
  loadTicket: (number: number) => Promise<Ticket>
}

export interface PersistBatch {
  ticket: Ticket
  /** The version that the events build on. */
  basedOn: number
  events: TicketEvent[]
  /** Who is to be told of them. */
  notifications?: Notification[]
}

export type PersistOutcome =
  | { written: true }
  /**
   * Somebody wrote first (an earlier run, the same activity before a crash): decide again on
   * `ticket`, without `applied` commands.
   */
  | { written: false; ticket: Ticket; applied: string[] }

/** What the ticket workflow asks of activities/mail-out. */
export interface DeliveryActivities {
  deliverMessage: (input: DeliveryInput) => Promise<DeliveryResult>
}

export interface DeliveryInput {
  ticketNumber: number
  messageId: string
}

export interface DeliveryResult {
  /** doubtful: the connection was lost between the end of DATA and the answer. */
  outcome: 'sent' | 'failed' | 'doubtful' | 'parked'
  detail: string
}
