import type { Ticket } from '../ticket.ts'
import type { PlannedTimer } from '../timers.ts'

/**
 * A confirmation that nobody gave ends by itself, so that the ticket says so. A closed ticket's
 * workflow has ended; its page knows the time by itself.
 */
export const assetTimers = (ticket: Ticket): PlannedTimer[] =>
  ticket.status === 'closed'
    ? []
    : ticket.confirmations.map(({ id, person, expires }) => ({
        key: `confirmation-${id}-expires`,
        at: expires,
        summary: `ends the confirmation that ${person.name || person.email} was asked for`,
        command: { name: 'expireConfirmation', payload: { id } },
      }))
