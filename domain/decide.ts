import { apply } from './apply.ts'
import { commands } from './areas.ts'
import type { Command, CommandName } from './commands.ts'
import type { TicketEvent } from './events.ts'
import { frozenByMerge } from './merging/frozen-by-merge.ts'
import { type CommandRule, isRejection, type Rejection } from './command-rule.ts'
import type { Ticket } from './ticket.ts'
import type { z } from 'zod'

export interface Decision {
  /** The ticket after the events; unchanged when there are none. */
  ticket: Ticket
  events: TicketEvent[]
  rejection: Rejection | null
}

/**
 * The one decision function: what follows from a command on a ticket. Pure.
 * @param ticket the ticket now.
 * @param name the command's row.
 * @param command its envelope.
 * @param now ISO time, the workflow's clock.
 * @returns the numbered events and the ticket after them, or the rejection with nothing changed.
 */
export function decide(ticket: Ticket, name: CommandName, command: Command, now: string): Decision {
  if (command.expectedVersion !== undefined && command.expectedVersion !== ticket.version)
    return { ticket, events: [], rejection: outdated }
  const frozen = frozenByMerge(ticket, name, command.actor)
  if (frozen) return { ticket, events: [], rejection: frozen }
  const row = commands[name] as CommandRule<z.ZodType>
  const outcome = row.decide(ticket, command.payload, { actor: command.actor, now })
  if (isRejection(outcome)) return { ticket, events: [], rejection: outcome }
  const events = outcome.map((f, ordinal): TicketEvent => ({
    ...f,
    no: ticket.version + 1 + ordinal,
    at: now,
    actor: command.actor,
    commandId: command.id,
    ordinal,
  }))
  return { ticket: events.reduce(apply, ticket), events, rejection: null }
}

const outdated: Rejection = {
  code: 'version-outdated',
  message: 'Somebody changed this ticket meanwhile. Look at it again, then make your change.',
}

/** A refused signal leaves a line in the history: nobody else would ever hear of it. */
export function rejectionEvent(
  ticket: Ticket,
  name: string,
  command: Command,
  rejection: Rejection,
  now: string,
): TicketEvent {
  return {
    type: 'commandRejected',
    data: { command: name, ...rejection },
    no: ticket.version + 1,
    at: now,
    actor: command.actor,
    commandId: command.id,
    ordinal: 0,
  }
}
