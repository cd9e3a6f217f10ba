import { apply } from './apply.ts'
import { commands } from './areas.ts'
import { MALFORMED } from './command-schema.ts'
import type { Command, CommandName } from './commands.ts'
import { fact, type Fact, type TicketEvent } from './events.ts'
import { frozenByMerge } from './merging/frozen-by-merge.ts'
import {
  type CommandRule,
  type CommandStep,
  isRejection,
  reject,
  type Rejection,
} from './command-rule.ts'
import type { Ticket } from './ticket.ts'
import { type Actor, SYSTEM } from './vocabulary.ts'
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
  const outcome = row.decide(ticket, command.payload, {
    actor: command.actor,
    now,
    inTurn: (steps) => inTurn(ticket, steps, command, now),
  })
  if (isRejection(outcome)) return { ticket, events: [], rejection: outcome }
  const events = eventsOf(ticket, outcome, command, now)
  return { ticket: events.reduce(apply, ticket), events, rejection: null }
}

/** A fact of a step that Guichet asks by itself is Guichet's. */
type AttributedFact = Fact & { by?: Actor }

function inTurn(
  before: Ticket,
  steps: readonly CommandStep[],
  command: Command,
  now: string,
): AttributedFact[] | Rejection {
  let ticket = before
  const facts: AttributedFact[] = []
  for (const { name, payload, optional = false, bySystem = false } of steps) {
    const outcome = stepOutcome(ticket, name, payload, bySystem ? SYSTEM : command.actor, now)
    if (isRejection(outcome)) {
      if (optional) continue
      return outcome
    }
    ticket = eventsOf(ticket, outcome, command, now).reduce(apply, ticket)
    facts.push(...(bySystem ? outcome.map((f) => ({ ...f, by: SYSTEM })) : outcome))
  }
  return facts
}

function stepOutcome(
  ticket: Ticket,
  name: string,
  payload: unknown,
  actor: Actor,
  now: string,
): Fact[] | Rejection {
  const row = isStep(name) ? (commands[name] as CommandRule<z.ZodType>) : undefined
  const read = row?.payload.safeParse(payload)
  if (!row || !read?.success) return reject(MALFORMED, `${name}: is no step of a change`)
  const none = (): Rejection => reject(MALFORMED, 'A step has no steps of its own.')
  return row.decide(ticket, read.data, { actor, now, inTurn: none })
}

const isStep = (name: string): name is CommandName =>
  Object.hasOwn(commands, name) && commands[name as CommandName].right === 'ticket.work'

const outdated: Rejection = {
  code: 'version-outdated',
  message: 'Somebody changed this ticket meanwhile. Look at it again, then make your change.',
}

/**
 * The lines that a refused command leaves in the history: what its row says that people must see,
 * and one by which its sender is told when they do not wait for the answer any more. A ticket that
 * does not exist has no history.
 * @param now ISO time, the workflow's clock.
 */
export function refusalLines(
  ticket: Ticket,
  name: CommandName,
  command: Command,
  rejection: Rejection,
  now: string,
): TicketEvent[] {
  if (!ticket.opened) return []
  const row = commands[name] as CommandRule<z.ZodType>
  const told = rejection.code === MALFORMED ? [] : row.refused?.(ticket, command.payload, rejection)
  const awaited = command.answerBy !== undefined && Date.parse(now) <= command.answerBy * 1000
  const facts = [...(told ?? []), ...(awaited ? [] : [rejectedLine(name, rejection)])]
  return eventsOf(ticket, facts, command, now)
}

/**
 * The line by which a sender is told of a refusal that came when they had given up waiting, though
 * by the workflow's clock they still did.
 * @param now ISO time, the workflow's clock.
 */
export const unheardRefusal = (
  ticket: Ticket,
  name: CommandName,
  command: Command,
  rejection: Rejection,
  now: string,
): TicketEvent[] =>
  ticket.opened ? eventsOf(ticket, [rejectedLine(name, rejection)], command, now) : []

const rejectedLine = (name: CommandName, rejection: Rejection): Fact =>
  fact('commandRejected', { command: name, ...rejection })

const eventsOf = (
  { version }: Ticket,
  facts: readonly AttributedFact[],
  { actor, id }: Command,
  now: string,
): TicketEvent[] =>
  facts.map(({ by, ...f }, ordinal) => ({
    ...f,
    no: version + 1 + ordinal,
    at: now,
    actor: by ?? actor,
    commandId: id,
    ordinal,
  }))
