import { decide, refusalLines } from '../../domain/decide.ts'
import type { TicketEvent } from '../../domain/events.ts'
import { apply } from '../../domain/apply.ts'
import type { Ticket } from '../../domain/ticket.ts'
import type { Command, CommandName } from '../../domain/commands.ts'
import { commands, premisesOf } from '../../domain/areas.ts'
import { FOLLOWING } from '../../domain/merging/second-step.ts'
import type { Premise } from '../../domain/premises.ts'
import { isOfPeople, writtenIn } from '../../domain/written-in.ts'
import type {
  CommandOutcome,
  CommandPremises,
  ReturnedWriting,
  UntruePremises,
} from './activities.ts'
import type { InboxItem } from './inbox.ts'

export interface Decisions {
  ticket: Ticket
  events: TicketEvent[]
  /** For those who wait for the answer to a command that left no line in the history. */
  outcomes: CommandOutcome[]
  /** What was written with those that are refused by a line of the history. */
  returned: ReturnedWriting[]
  /** What has to hold outside the ticket for what people asked, when it is decided late. */
  premises: CommandPremises[]
}

/**
 * Decides a batch of commands one after another.
 * @param applied ids of commands whose events are already in the log: the same id twice changes
 *   nothing.
 * @param now ISO time, the workflow's clock.
 * @param untrue what does not hold any more, by command.
 */
export function decideBatch(
  before: Ticket,
  batch: readonly InboxItem[],
  applied: ReadonlySet<string>,
  now: string,
  untrue: UntruePremises = {},
): Decisions {
  let ticket = before
  const events: TicketEvent[] = []
  const outcomes = new Map<string, CommandOutcome>()
  const returned: ReturnedWriting[] = []
  const premises: CommandPremises[] = []
  const seen = new Set(applied)

  for (const { name, command, refusal, unheard, unwritable, quiet } of batch) {
    if (seen.has(command.id)) continue
    seen.add(command.id)
    const decision = refusal ? null : decide(ticket, name, command, now, untrue[command.id])
    const rejection = refusal ?? decision?.rejection ?? null
    const lines = rejection
      ? quiet
        ? []
        : refusalLines(ticket, name, command, rejection, now, unheard || unwritable)
      : (decision?.events ?? [])
    ticket = lines.reduce(apply, ticket)
    events.push(...lines)
    if (!rejection) premises.push(...premisesFor({ before, after: ticket }, name, command, lines))
    // What could not be written may be tried again: it is whoever looks at that who gives it back.
    if (rejection && lines.length > 0 && !unwritable) returned.push(...writtenWith(name, command))
    const { actor, answerBy } = command
    if (answerBy !== undefined && !unheard && (rejection || lines.length === 0))
      outcomes.set(command.id, {
        commandId: command.id,
        code: rejection?.code ?? null,
        message: rejection?.message ?? '',
        ...(rejection?.values ? { values: rejection.values } : {}),
        ...(actor.kind === 'agent' ? { sender: actor.id } : {}),
        answerBy,
      })
  }
  return { ticket, events, outcomes: [...outcomes.values()], returned, premises }
}

/**
 * Nothing for what comes by itself, and for what opens a ticket: of one that is not there nobody
 * could be told. Whoever sent it had the batch's first state before them, and names people for where
 * the ticket is after it.
 */
function premisesFor(
  { before, after }: { before: Ticket; after: Ticket },
  name: CommandName,
  { id, actor, answerBy, payload }: Command,
  events: readonly TicketEvent[],
): CommandPremises[] {
  if (answerBy === undefined || events.length === 0 || !before.opened) return []
  if (!isOfPeople(name) || FOLLOWING.has(name)) return []
  const senderId = actor.kind === 'agent' && !isByLink(payload) ? actor.id : null
  const sender: Premise[] = senderId === null ? [] : [{ kind: 'sender', id: senderId }]
  const named = events.flatMap(premisesOf)
  if (sender.length + named.length === 0) return []
  return [
    {
      commandId: id,
      answerBy,
      right: commands[name].right,
      seenIn: placeOf(before),
      usedIn: placeOf(after),
      senderId,
      premises: [...sender, ...named],
    },
  ]
}

/** A personal link says who they are, and holds whether they have an account or not. */
const isByLink = (payload: object): boolean => {
  const { from, sentFrom } = payload as { from?: unknown; sentFrom?: unknown }
  return [from, sentFrom].some(
    (one) => typeof one === 'object' && one !== null && 'via' in one && one.via === 'link',
  )
}

const placeOf = ({ department, location }: Ticket): CommandPremises['seenIn'] => ({
  departmentId: department.id,
  locationId: location?.id ?? null,
})

function writtenWith(name: CommandName, { id, actor, payload }: Command): ReturnedWriting[] {
  const written = writtenIn(name, payload)
  const writerId = actor.kind === 'agent' ? actor.id : null
  return written ? [{ commandId: id, writerId, written }] : []
}

/** @returns the commands of a batch whose refusals were not heard, for lines of their own. */
export function unheardOf(
  ids: readonly string[],
  batch: readonly InboxItem[],
  { outcomes }: Decisions,
): InboxItem[] {
  return ids.flatMap((id) => {
    const item = batch.find(({ command }) => command.id === id)
    const outcome = outcomes.find(({ commandId }) => commandId === id)
    if (!item || !outcome || outcome.code === null) return []
    const { code, message, values } = outcome
    const refusal = { code, message, ...(values ? { values } : {}) }
    // A line of its own beside those that the refusal may have left already.
    const command = { ...item.command, id: `unheard-${id}` }
    return [{ name: item.name, command, refusal, unheard: true }]
  })
}
