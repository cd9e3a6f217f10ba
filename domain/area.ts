import type { z } from 'zod'
import type { CommandRule } from './command-rule.ts'
import type { Fact, TicketEvent } from './events.ts'
import type { Fold } from './fold.ts'
import type { Notification, TicketTransition } from './notifications.ts'
import type { Premise } from './premises.ts'
import type { Ticket } from './ticket.ts'
import type { PlannedTimer } from './timers.ts'

/**
 * What one area (tasks, approvals, …) adds to a ticket. Its area.ts makes the record and tells the
 * compiler of its state, events and commands; areas.ts lists the records.
 */
export interface Area<
  E extends Record<string, z.ZodType>,
  S extends object,
  C extends Record<string, CommandRule<z.ZodType>>,
> {
  /** What can have happened, by type. */
  events: E
  /** How each event changes the ticket. */
  fold: Fold<E>
  /** What it holds of a ticket before the first event. */
  state?: () => S
  /** What may be asked, by name. */
  commands?: C
  /** What any event, also another area's, means to it; the ticket is already changed by it. */
  afterEvery?: (ticket: Ticket, event: TicketEvent) => Partial<Ticket>
  /** What will happen to the ticket by itself as it stands. */
  timers?: (ticket: Ticket) => PlannedTimer[]
  /** Who is to be told of what. Nobody of what they did themselves. */
  notifications?: (change: TicketTransition) => Notification[]
  /** What has to hold, outside the ticket, for a fact that people ask for. */
  premises?: (fact: Fact) => Premise[]
}

/** Keeps an area's parts matched by the compiler. */
export const area = <
  E extends Record<string, z.ZodType>,
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an area without state
  S extends object = {},
  C extends Record<string, CommandRule<z.ZodType>> = Record<never, never>,
>(
  parts: Area<E, S, C>,
): Area<E, S, C> => parts
