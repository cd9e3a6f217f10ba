import type { TicketDetail } from '../../../domain/tickets/contract.ts'
import { fillTemplate } from '../../../domain/mail-out/placeholders.ts'
import { session } from '../people/session.svelte.ts'

/**
 * A canned reply with its {{names}} filled by the domain's own rule, so that the writer sees what
 * the requester will read.
 */
export const templateText = (body: string, ticket: TicketDetail): string =>
  fillTemplate(body, {
    'agent.name': session.me?.name ?? '',
    'ticket.number': String(ticket.number),
    'ticket.subject': ticket.subject,
    'department.name': ticket.department.name,
    'requester.name': ticket.requester.name || ticket.requester.email,
  })
