import type { TicketEvent } from '../events.ts'
import type { Ticket } from '../ticket.ts'
import { isEnded } from '../vocabulary.ts'
import { pausesAfter } from './pauses.ts'
import type { SlaState } from './state.ts'

/**
 * What any event of a ticket, also another area's, means for its SLA time and for waiting.
 * @param ticket already changed by the event.
 */
export function applySla(ticket: Ticket, event: TicketEvent): Partial<SlaState> {
  const slaPauses = pausesAfter(ticket, event.at)
  const paused = slaPauses === ticket.slaPauses ? {} : { slaPauses }
  switch (event.type) {
    case 'ticketOpened':
      return { ...paused, slaFrom: event.at }
    case 'messageQueued':
      if (event.data.kind !== 'reply') return paused
      return {
        ...paused,
        firstResponse: ticket.firstResponse ?? { at: event.at, messageId: event.data.messageId },
        // A further question: the waiting begins anew.
        ...(ticket.waiting ? { waiting: { since: event.at, reminded: 0, cancelled: false } } : {}),
      }
    case 'messageCancelled':
      return {
        ...paused,
        ...(ticket.firstResponse?.messageId === event.data.messageId
          ? { firstResponse: null }
          : {}),
      }
    case 'messageReceived':
      return {
        ...paused,
        ...(event.data.thanks === true && isEnded(ticket.status) ? { thankedAt: event.at } : {}),
      }
    case 'statusChanged':
      return {
        ...paused,
        waiting:
          ticket.status === 'waiting' ? { since: event.at, reminded: 0, cancelled: false } : null,
        thankedAt: isEnded(ticket.status) ? ticket.thankedAt : null,
        ...(isEnded(ticket.status) ? { snooze: null } : {}),
      }
    default:
      return paused
  }
}
