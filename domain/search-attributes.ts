import type { Ticket } from './ticket.ts'

/**
 * What the Temporal UI can search tickets by. Plain values: both the client and the workflow wrap
 * them in their own types.
 */
export interface TicketAttributes {
  TicketNumber: number
  Department: string
  Status: string
  Priority: string
  Owner: string
  RequesterDomain: string
}

/**
 * Their types as Temporal names them: registered by the worker at start, used by client and
 * workflow.
 */
export const searchAttributeTypes = {
  TicketNumber: 'INT',
  Department: 'KEYWORD',
  Status: 'KEYWORD',
  Priority: 'KEYWORD',
  Owner: 'KEYWORD',
  RequesterDomain: 'KEYWORD',
} as const satisfies Record<keyof TicketAttributes, 'INT' | 'KEYWORD'>

export const searchAttributeNames = Object.keys(searchAttributeTypes) as (keyof TicketAttributes)[]

const NOBODY = 'nobody'

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1) || 'unknown'

/** @returns the attributes of a ticket as it stands. */
export const ticketAttributes = (ticket: Ticket): TicketAttributes => ({
  TicketNumber: ticket.number,
  Department: ticket.department.name || 'unknown',
  Status: ticket.status,
  Priority: ticket.priority,
  Owner: ticket.owner?.name ?? NOBODY,
  RequesterDomain: domainOf(ticket.requester.email),
})

/**
 * @returns the attributes that a ticket will have once its first command is decided, so that
 *   opening needs no second write.
 */
export const newTicketAttributes = (facts: {
  number: number
  department?: string
  priority?: string
  requesterEmail?: string
}): TicketAttributes => ({
  TicketNumber: facts.number,
  Department: facts.department ?? 'unknown',
  Status: 'new',
  Priority: facts.priority ?? 'normal',
  Owner: NOBODY,
  RequesterDomain: domainOf(facts.requesterEmail ?? ''),
})
