import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { CommandName, CommandPayload } from '../../../domain/commands.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { secondStepAfter } from '../../../domain/merging/second-step.ts'
import { unopenedTicket } from '../../../domain/apply.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import { ANNA, IT, NOW, opening, received, requester, uuid, when } from '../given.ts'

const SOURCE = 1001
const OTHER = 1002

type Act =
  | { what: 'split'; messages: number[] }
  | { what: 'unsplit'; which: number }
  | { what: 'step'; which: number }
  | { what: 'merge' }
  | { what: 'unmerge' }
  | { what: 'again' }
  | { what: 'mail' }

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('split' as const),
      messages: fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 4 }),
    }),
  },
  fc.record({ what: fc.constant('unsplit' as const), which: fc.nat(9) }),
  fc.record({ what: fc.constant('step' as const), which: fc.nat(9) }),
  fc.constantFrom<Act>({ what: 'merge' }, { what: 'unmerge' }, { what: 'again' }, { what: 'mail' }),
)

/** A ticket, one that it may be merged into, and those split off from it: each decides for itself. */
class Tickets {
  readonly messages: string[] = []
  readonly #tickets = new Map<number, Ticket>()
  /** First steps whose second is not taken, in order by the ticket that owes it. */
  readonly #owed: { first: number; event: TicketEvent }[] = []
  #next = OTHER
  #last: (() => void) | undefined

  constructor() {
    for (const number of [SOURCE, OTHER]) this.#mail(number, { opening })
    for (let i = 0; i < 4; i++) this.#mail(SOURCE)
  }

  of(number: number): Ticket {
    return this.#tickets.get(number) ?? unopenedTicket(number)
  }

  all(): Ticket[] {
    return [...this.#tickets.values()]
  }

  do(a: Act): void {
    if (a.what === 'mail') this.#mail(SOURCE)
    else if (a.what === 'again') this.#last?.()
    else if (a.what === 'step') this.#step(a.which)
    else this.#ask(a)
  }

  /** Until nobody owes anything. */
  settle(): void {
    for (let left = 200; this.#owed.length > 0; left--) {
      assert.ok(left > 0, 'the steps come to an end')
      this.#step(0)
    }
  }

  #ask(a: Exclude<Act, { what: 'mail' | 'again' | 'step' }>): void {
    const { splitOff, mergedInto } = this.of(SOURCE)
    const send = <N extends CommandName>(name: N, payload: CommandPayload<N>): void => {
      this.#last = () => this.#decide(SOURCE, name, payload)
      this.#last()
    }
    if (a.what === 'split') {
      const messageIds = a.messages.map((i) => this.messages[i]!)
      send('splitOff', { splitId: uuid(), into: ++this.#next, subject: 'x', messageIds })
    } else if (a.what === 'merge') {
      send('mergeInto', { mergeId: uuid(), into: OTHER, subject: 'x' })
    } else if (a.what === 'unmerge') {
      if (mergedInto) send('undoMerge', { mergeId: mergedInto.mergeId, refused: false })
    } else {
      const split = splitOff[a.which % (splitOff.length || 1)]
      // As the API looks before it asks.
      if (split && !mergedInto) send('returnMessages', { splitId: split.splitId })
    }
  }

  #mail(number: number, more: { opening?: typeof opening } = {}): void {
    const message = received()
    if (number === SOURCE) this.messages.push(message.messageId)
    const { ticket } = when(this.of(number), 'mailReceived', { message, ...more }, requester)
    this.#tickets.set(number, ticket)
  }

  #decide<N extends CommandName>(
    number: number,
    name: N,
    payload: CommandPayload<N>,
  ): string | undefined {
    const { ticket, events, rejection } = when(this.of(number), name, payload)
    if (events.length > 0) this.#tickets.set(number, ticket)
    for (const event of events)
      if (secondStepAfter(event)) this.#owed.push({ first: number, event })
    return rejection?.code
  }

  /** Each twice: a worker died after it was taken, and before that was known. */
  #step(which: number): void {
    const firsts = [...new Set(this.#owed.map(({ first }) => first))]
    const first = firsts[which % (firsts.length || 1)]
    const at = this.#owed.findIndex((one) => one.first === first)
    const [owed] = at === -1 ? [] : this.#owed.splice(at, 1)
    if (owed) for (const _time of ['once', 'again']) this.#take(owed.first, owed.event)
  }

  #take(first: number, event: TicketEvent): void {
    const { name, operationId, on } = secondStepAfter(event)!
    const { splitOff, subject, messageCount, mergedInto } = this.of(first)
    if (name === 'openSplit') {
      const split = splitOff.find(({ splitId }) => splitId === operationId)
      if (!split) return
      this.#decide(on, 'openSplit', {
        ...{ splitId: operationId, from: first, fromSubject: subject, subject: 'x' },
        ...{ requester: ANNA, department: IT, priority: 'normal', preview: 'x' },
        ...{ hasAttachments: false, lastMessageAt: NOW, lastDirection: 'inbound' },
        messageIds: split.messageIds,
      })
    } else if (name === 'undoSplit') this.#decide(on, name, { splitId: operationId, subject })
    else if (name === 'revertMerge') this.#decide(on, name, { mergeId: operationId })
    else if (name === 'acceptMerge' && mergedInto?.mergeId === operationId) {
      const taken = { mergeId: operationId, number: first, subject, messageCount, watchers: [] }
      const refused = this.#decide(on, name, taken)
      if (refused) this.#decide(first, 'undoMerge', { mergeId: operationId, refused: true })
    }
  }
}

describe('splits, their undoing and merges at once', () => {
  it('leave each message in one ticket, and tickets that count what they have', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 1, maxLength: 14 }), (acts) => {
        const tickets = new Tickets()
        for (const one of acts) {
          tickets.do(one)
          for (const { messageCount } of tickets.all()) assert.ok(messageCount >= 0)
        }
        tickets.settle()
        const { splitOff, messageCount } = tickets.of(SOURCE)
        const given = splitOff.flatMap(({ messageIds }) => messageIds)
        assert.equal(new Set(given).size, given.length, 'given away once')
        const returned = tickets
          .of(SOURCE)
          .mergedTickets.reduce((n, one) => n + one.messageCount, 0)
        assert.equal(messageCount, tickets.messages.length - given.length + returned)
        for (const { number, messageIds } of splitOff)
          assert.equal(tickets.of(number).messageCount, messageIds.length)
        for (const one of tickets.all())
          if (one.number > OTHER && !one.splitFrom) assert.equal(one.messageCount, 0)
      }),
      { numRuns: 400 },
    )
  })
})
