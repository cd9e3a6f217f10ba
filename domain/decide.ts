import { apply } from './apply.ts'
import { askedOf } from './asked-of.ts'
import { commands, premisesOf } from './areas.ts'
import { MALFORMED } from './command-schema.ts'
import type { Command, CommandName } from './commands.ts'
import { fact, type Fact, type TicketEvent } from './events.ts'
import { frozenByMerge } from './merging/frozen-by-merge.ts'
import {
  type Circumstances,
  type CommandRule,
  type CommandStep,
  isRejection,
  reject,
  type Rejection,
} from './command-rule.ts'
import { isSamePremise, type Premise, refusalOf } from './premises.ts'
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
 * @param untrue what had to hold when it was sent and does not any more.
 * @returns the numbered events and the ticket after them, or the rejection with nothing changed.
 */
export function decide(
  ticket: Ticket,
  name: CommandName,
  command: Command,
  now: string,
  untrue: readonly Premise[] = [],
): Decision {
  if (command.expectedVersion !== undefined && command.expectedVersion !== ticket.version)
    return { ticket, events: [], rejection: outdated }
  const frozen = frozenByMerge(ticket, name, command.actor)
  if (frozen) return { ticket, events: [], rejection: frozen }
  const row = commands[name] as CommandRule<z.ZodType>
  const sender = untrue.find(({ kind }) => kind === 'sender')
  const outcome: Fact[] | Rejection = sender
    ? refusalOf(sender)
    : withPremises(
        row.decide(ticket, command.payload, {
          actor: command.actor,
          now,
          answerBy: command.answerBy,
          isUntrue: isUntrueIn(untrue),
          inTurn: (steps) => inTurn(ticket, steps, command, now, untrue),
        }),
        untrue,
      )
  if (isRejection(outcome)) return { ticket, events: [], rejection: outcome }
  const events = eventsOf(ticket, outcome, command, now)
  return { ticket: events.reduce(apply, ticket), events, rejection: null }
}

const isUntrueIn =
  (untrue: readonly Premise[]) =>
  (premise: Premise): boolean =>
    untrue.some((one) => isSamePremise(one, premise))

/** Facts stand while what they name does. */
function withPremises(outcome: Fact[] | Rejection, untrue: readonly Premise[]): Fact[] | Rejection {
  if (isRejection(outcome) || untrue.length === 0) return outcome
  const wrong = outcome.flatMap(premisesOf).find(isUntrueIn(untrue))
  return wrong ? refusalOf(wrong) : outcome
}

/** A fact of a step that Guichet asks by itself is Guichet's. */
type AttributedFact = Fact & { by?: Actor }

function inTurn(
  before: Ticket,
  steps: readonly CommandStep[],
  command: Command,
  now: string,
  untrue: readonly Premise[],
): AttributedFact[] | Rejection {
  let ticket = before
  const facts: AttributedFact[] = []
  for (const { name, payload, optional = false, bySystem = false } of steps) {
    const outcome = stepOutcome(ticket, name, payload, {
      actor: bySystem ? SYSTEM : command.actor,
      now,
      isUntrue: isUntrueIn(untrue),
      inTurn: noSteps,
    })
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
  circumstances: Circumstances,
): Fact[] | Rejection {
  const row = isStep(name) ? (commands[name] as CommandRule<z.ZodType>) : undefined
  const read = row?.payload.safeParse(payload)
  if (!row || !read?.success) return reject(MALFORMED, `${name}: is no step of a change`)
  return row.decide(ticket, read.data, circumstances)
}

const noSteps = (): Rejection => reject(MALFORMED, 'A step has no steps of its own.')

const isStep = (name: string): name is CommandName =>
  Object.hasOwn(commands, name) && commands[name as CommandName].right === 'ticket.work'

const outdated: Rejection = {
  code: 'version-outdated',
  message: 'Somebody changed this ticket meanwhile. Look at it again, then make your change.',
}

/**
 * The lines that a refused command leaves in the history: what its row says that people must see;
 * else one by which its sender is told when they do not wait for the answer any more. A ticket that
 * does not exist has no history.
 * @param now ISO time, the workflow's clock.
 * @param unheard the refusal has left no line, and then its sender turned out to have given up
 *   waiting, though by the workflow's clock they still did.
 */
export function refusalLines(
  ticket: Ticket,
  name: CommandName,
  command: Command,
  rejection: Rejection,
  now: string,
  unheard = false,
): TicketEvent[] {
  if (!ticket.opened) return []
  const told = linesOf(ticket, name, command, rejection)
  if (told === null) return []
  if (!unheard && (told.length > 0 || isAwaited(command, now)))
    return eventsOf(ticket, told, command, now)
  const asked = askedOf(ticket, name, command.payload)
  const rejected = { command: name, ...rejection, ...(asked.length > 0 ? { asked } : {}) }
  return eventsOf(ticket, [fact('commandRejected', rejected)], command, now)
}

/** What a refusal says by its row; of what nobody understands, nothing. */
function linesOf(
  ticket: Ticket,
  name: CommandName,
  { payload }: Command,
  rejection: Rejection,
): Fact[] | null {
  // It may not be a command at all.
  if (rejection.code === MALFORMED) return []
  const { refused } = commands[name] as CommandRule<z.ZodType>
  return refused ? refused(ticket, payload, rejection) : []
}

const isAwaited = ({ answerBy }: Command, now: string): boolean =>
  answerBy !== undefined && Date.parse(now) <= answerBy * 1000

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
