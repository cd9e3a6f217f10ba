import type { z } from 'zod'
import type { TicketEvent } from './events.ts'
import type { Ticket } from './ticket.ts'

/**
 * How each event of an area changes the ticket; a new event does not compile until it has a line.
 */
export type Fold<E extends Record<string, z.ZodType>> = {
  [T in keyof E]: (
    ticket: Ticket,
    data: z.infer<E[T]>,
    event: Pick<TicketEvent, 'no' | 'at' | 'actor'>,
  ) => Partial<Ticket>
}
