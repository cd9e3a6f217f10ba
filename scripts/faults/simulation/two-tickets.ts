// What concerns two tickets: the step that a merge or split has the other one take, as
// activities/merging does it, and where mail goes then.
import {
  type SecondStep,
  secondStepAfter,
  secondStepId,
} from '../../../domain/merging/second-step.ts'
import type { Command } from '../../../domain/commands.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { type Actor, SYSTEM } from '../../../domain/vocabulary.ts'
import type { JobInput } from '../../../workflows/ticket/activities.ts'
import type { SentCommand, Store } from './store.ts'

/** Whoever sends a step waits so long for its answer, in seconds. */
const PATIENCE = 20

type StepName = Parameters<typeof secondStepId>[0]

/** Of which a step is the second half. */
interface Operation extends SecondStep {
  first: number
  event: TicketEvent
}

export class TwoTickets {
  /** @param send tells a ticket something, which may be lost on the way. */
  constructor(
    private readonly store: Store,
    private readonly now: () => number,
    private readonly send: (sent: SentCommand, resume: boolean) => void,
    private readonly follows: boolean,
  ) {}

  /** @returns whether it has come to its end; else it is to be asked again. */
  take({ ticketNumber: first, eventNo }: JobInput): boolean {
    const { log, owed } = this.store.of(first)
    const event = log.find(({ no }) => no === eventNo)
    const step = event && secondStepAfter(event)
    if (!step || !this.follows) return true
    // Undoing comes after doing.
    if (owed.some((job) => job.kind === 'mergeStep' && job.eventNo < eventNo)) return false
    return this.#steps[step.name]({ ...step, first, event })
  }

  /** @returns where mail to a ticket goes: where it is merged into, and so on. */
  targetOf(number: number): number {
    const passed = new Set<number>()
    for (let at = number; ; passed.add(at)) {
      const into = this.store.of(at).ticket.mergedInto?.number
      if (into === undefined || passed.has(at)) return at
      at = into
    }
  }

  /** @returns where a message is shown that has come to this ticket. */
  placeOf(number: number, messageId: string): number {
    const standing = new Map(
      this.store.of(number).ticket.splitOff?.map(({ splitId, number: into }) => [splitId, into]),
    )
    const moved = this.store
      .of(number)
      .log.flatMap(({ type, data }) =>
        type === 'messagesSplitOff' &&
        standing.has((data as Split).splitId) &&
        (data as Split).messageIds.includes(messageId)
          ? [(data as Split).into]
          : [],
      )
    return this.targetOf(moved.at(-1) ?? number)
  }

  readonly #steps: Record<SecondStep['name'], (operation: Operation) => boolean> = {
    joinThread: (operation) => this.#joinThread(operation),
    acceptMerge: (operation) => this.#acceptMerge(operation),
    revertMerge: (operation) =>
      this.#told(operation, 'revertMerge', operation.on, { mergeId: operation.operationId }) !==
      'open',
    openSplit: (operation) => this.#openSplit(operation),
    undoSplit: (operation) =>
      this.#told(operation, 'undoSplit', operation.on, {
        splitId: operation.operationId,
        subject: this.store.of(operation.first).ticket.subject,
      }) !== 'open',
  }

  /** Where the other ticket may not go on by itself, both stay. */
  #joinThread(operation: Operation): boolean {
    const { operationId: mergeId, first: into, on } = operation
    const { subject, department, location } = this.store.of(into).ticket
    const joining = {
      ...{ mergeId, into, subject },
      departmentId: department.id,
      locationId: location?.id ?? null,
    }
    return this.#told(operation, 'joinThread', on, joining, SYSTEM) !== 'open'
  }

  #acceptMerge(operation: Operation): boolean {
    const { operationId: mergeId, first, on } = operation
    const { ticket } = this.store.of(first)
    // It was undone before anybody took it in.
    if (ticket.mergedInto?.mergeId !== mergeId) return true
    const { subject, messageCount, watchers } = ticket
    const taken = { mergeId, number: first, subject, messageCount, watchers }
    const answer = this.#told(operation, 'acceptMerge', on, taken)
    if (answer !== 'refused') return answer === 'done'
    const refused = { mergeId, refused: true }
    return this.#told(operation, 'undoMerge', first, refused, SYSTEM) !== 'open'
  }

  #openSplit(operation: Operation): boolean {
    const { operationId: splitId, first, on, event } = operation
    const { ticket } = this.store.of(first)
    if (!ticket.splitOff.some((one) => one.splitId === splitId)) return true
    const { subject, messageIds } = event.data as Split
    const opening = {
      ...{ splitId, from: first, fromSubject: ticket.subject, subject },
      ...{ requester: ticket.requester, department: ticket.department, priority: ticket.priority },
      messageIds,
      preview: 'Please restart it.',
      hasAttachments: false,
      lastMessageAt: event.at,
      lastDirection: 'inbound',
    }
    return this.#told(operation, 'openSplit', on, opening) !== 'open'
  }

  /** What became of a step's command, which is sent again as long as that is not known. */
  #told(
    { operationId, event }: Operation,
    name: StepName,
    number: number,
    payload: unknown,
    actor: Actor = event.actor,
  ): 'open' | 'done' | 'refused' {
    const id = secondStepId(name, operationId)
    const known = this.store.answerTo(number, id)
    if (known !== 'open') return known
    const answerBy = Math.ceil(this.now() / 1_000) + PATIENCE
    const command = { id, actor, payload, answerBy } as Command
    this.send({ number, name, command }, name !== 'openSplit')
    return 'open'
  }
}

interface Split {
  splitId: string
  into: number
  subject: string
  messageIds: string[]
}

/** @returns ids of the messages that have come to a ticket or were written in it, in order. */
export const messagesIn = (log: readonly TicketEvent[]): string[] =>
  log.flatMap(({ type, data }) =>
    type === 'messageReceived' || type === 'messageQueued'
      ? [(data as { messageId: string }).messageId]
      : [],
  )

/** @returns what dangles between tickets, and messages that are in two. */
export function wrongBetween(store: Store): string[] {
  return [
    ...[...store.tickets.keys()].flatMap((number) => wrongLinks(store, number)),
    ...wrongMessages(store),
  ]
}

function wrongLinks(store: Store, number: number): string[] {
  const { ticket, log } = store.of(number)
  if (!ticket.opened) return []
  const { mergedInto, mergedTickets, splitOff, splitFrom } = ticket
  const said = (what: string): string => `#${number}: ${what}`
  const at = (other: number) => store.of(other).ticket
  const wrong: string[] = []
  if (mergedInto) {
    const { mergeId, number: into } = mergedInto
    if (!at(into).mergedTickets?.some((one) => one.mergeId === mergeId && one.number === number))
      wrong.push(said(`is merged into #${into}, which does not have it`))
    let end = into
    for (let steps = 0; at(end).mergedInto && steps <= store.tickets.size; steps++)
      end = at(end).mergedInto?.number ?? end
    if (at(end).mergedInto) wrong.push(said('is merged in a circle'))
  }
  for (const one of mergedTickets)
    if (at(one.number).mergedInto?.mergeId !== one.mergeId)
      wrong.push(said(`has #${one.number}, which is not merged into it`))
  for (const { splitId, number: into } of splitOff)
    if (at(into).splitFrom?.splitId !== splitId || at(into).splitFrom?.number !== number)
      wrong.push(said(`was split into #${into}, which does not know of it`))
  if (splitFrom) {
    const split = at(splitFrom.number).splitOff?.find((one) => one.splitId === splitFrom.splitId)
    if (split?.number !== number)
      wrong.push(said(`was split from #${splitFrom.number}, which does not know of it`))
    if (split?.messageCount !== splitFrom.messageCount)
      wrong.push(said('counts other messages of its split than where they came from'))
  }
  // What was merged is counted where it came, and what came after that is not.
  const counted =
    messagesIn(log).length - sum(splitOff) + (splitFrom?.messageCount ?? 0) + sum(mergedTickets)
  if (counted !== ticket.messageCount)
    wrong.push(said(`counts ${ticket.messageCount} messages, and has ${counted}`))
  return wrong
}

const sum = (of: readonly { messageCount: number }[]): number =>
  of.reduce((total, { messageCount }) => total + messageCount, 0)

/** Each message is in one ticket's log, and in one split of that ticket at most. */
function wrongMessages(store: Store): string[] {
  const home = new Map<string, number>()
  const wrong: string[] = []
  for (const [number, { log }] of store.tickets)
    for (const id of messagesIn(log)) {
      const other = home.get(id)
      if (other !== undefined) wrong.push(`the message ${id} is in #${other} and in #${number}`)
      home.set(id, number)
    }
  const moved = new Map<string, number>()
  for (const [number, { ticket, log }] of store.tickets)
    for (const { type, data } of log) {
      if (type !== 'messagesSplitOff') continue
      const { splitId, messageIds, into } = data as Split
      if (!ticket.splitOff.some((one) => one.splitId === splitId)) continue
      for (const id of messageIds) {
        if (home.get(id) !== number) wrong.push(`#${number} has split off ${id}, which it has not`)
        if (moved.has(id)) wrong.push(`the message ${id} is in #${moved.get(id)} and in #${into}`)
        moved.set(id, into)
      }
    }
  return wrong
}
