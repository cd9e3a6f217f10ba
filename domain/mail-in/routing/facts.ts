import type { TicketStatus } from '../../vocabulary.ts'
import type { Threaded } from '../reply-order.ts'
import type { LocationRef } from '../../locations/vocabulary.ts'

/** A mail with the same content key that has been routed before. */
export interface DuplicateMail {
  contentKey: string
  mailboxId: string
  ticketNumber: number
  /** The department it opened its ticket in, or that its ticket is in now. */
  departmentId: string | null
}

export interface KnownTicket {
  number: number
  /** Null: opened by a mail whose event is not yet in the projection. */
  status: TicketStatus | null
  closedAt: Date | null
  departmentId: string | null
  subject: string
  requesterEmail: string
}

export interface OutboundMessage {
  internetId: string
  messageId: string
  ticketNumber: number
}

/**
 * What the database knows about a batch of mails, fetched once and kept up to date while the batch
 * is decided mail by mail.
 */
export interface RoutingFacts {
  /**
   * Tickets by message id that they have seen. `keptIn`: the ticket that the message came to,
   * before it was split off.
   */
  references: Map<string, { ticketNumber: number; isMessage: boolean; keptIn?: number }[]>
  /** Where merged tickets go on. */
  mergeTargets: Map<number, number>
  /** Messages of ours, by message id. */
  outbound: Map<string, OutboundMessage>
  /**
   * The message of ours that a delivery report may be about, by the report's ledger id: where it
   * names a ticket by its signed address and no message.
   */
  reported: Map<string, OutboundMessage>
  /** Agents of ours, among the senders and among those who take part in the tickets. */
  agents: Set<string>
  /** Where people are, by address; who is not known is missing. */
  locations: Map<string, LocationRef>
  duplicates: Map<string, DuplicateMail[]>
  tickets: Map<number, KnownTicket>
  /**
   * The messages of tickets that an answer may have opened, in the order in which they came: those
   * of the batch, and those that know a mail's own id.
   */
  conversations: Map<number, Threaded[]>
  participants: Map<number, Set<string>>
  /**
   * Automatic mails to an address within the last hour and day; to everybody within the last ten
   * minutes.
   */
  automaticTo: Map<string, { hour: number; day: number }>
  automaticToAll: number
}

/** The ticket in which this one goes on. */
export const mergeTargetOf = (facts: RoutingFacts, number: number): number =>
  facts.mergeTargets.get(number) ?? number
