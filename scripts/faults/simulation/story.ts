// What people ask of a simulated desk: mostly what is asked every day, between that anything that
// there is a command for.
import fc from 'fast-check'
import type { z } from 'zod'
import { commands } from '../../../domain/areas.ts'
import { commandNames, readCommand } from '../../../domain/command-schema.ts'
import type { Command, CommandName } from '../../../domain/commands.ts'
import type { Actor } from '../../../domain/vocabulary.ts'
import { arbitraryOf } from '../../../tests/domain/arbitrary.ts'
import type { Random } from '../random.ts'
import { asStored, type Store, UNSTORABLE } from './store.ts'
import { messagesIn } from './two-tickets.ts'

const SAM: Actor = { kind: 'agent', id: '00000000-0000-4000-8000-000000000001', name: 'Sam' }
const ANNA = { email: 'anna@client.example', name: 'Anna' }
const REQUESTER: Actor = { kind: 'requester', ...ANNA }
const IT = { id: '11111111-1111-4111-8111-111111111111', name: 'IT' }

/** How long somebody waits for an answer, in seconds. */
const PATIENCE = 20
/** How long a reply may be held back, in milliseconds. */
const MOST_HELD = 600_000
/** Part of what is written that cannot be stored. */
const UNSTORABLE_PART = 0.003

/** Tickets of which one is merged into another. */
const RECENT = 40

/** What comes by itself or concerns two tickets is not anybody's to ask at will: see `between`. */
const LEFT_OUT = /merge|split|openTicket|mailReceived|reply|forward|retryMessage/i

const anything = commandNames.filter(
  (name) => commands[name].right === 'ticket.work' && !LEFT_OUT.test(name),
)

export interface Asked {
  name: CommandName
  command: Command
}

export class Story {
  #ids = 0
  /** Of these a split was asked for: the API lets nobody take what is elsewhere. */
  readonly #split = new Set<string>()
  #arbitrary = new Map<CommandName, fc.Arbitrary<unknown>>()

  constructor(
    private readonly random: Random,
    private readonly now: () => number,
  ) {}

  opening(): Asked {
    return this.#asked('mailReceived', REQUESTER, {
      message: this.#received(),
      opening: {
        subject: 'Printer',
        requester: ANNA,
        department: IT,
        priority: 'normal',
        channel: 'mail',
      },
    })
  }

  next(): Asked {
    const { random } = this
    const part = random.next()
    if (part < 0.2) return this.#asked('mailReceived', REQUESTER, { message: this.#received() })
    if (part < 0.45) return this.#asked('reply', SAM, this.#outgoing())
    if (part < 0.55)
      return this.#asked('addNote', SAM, { noteId: this.#uuid(), preview: this.#text() })
    if (part < 0.68) {
      const status = random.one(['open', 'waiting', 'solved', 'solved', 'closed'])
      return this.#asked('changeStatus', SAM, { status })
    }
    const name = random.one(anything)
    const asked = this.#asked(name, SAM, this.#any(name))
    // The API sends nothing that the workflow cannot read.
    return 'code' in readCommand(name, asStored(asked.command)) ? this.next() : asked
  }

  /** What concerns another ticket, too, where there is something to do. */
  between(number: number, store: Store, newNumber: () => number): Asked | null {
    const { random } = this
    const { ticket, log } = store.of(number)
    if (!ticket.opened) return null
    const part = random.next()
    const split = ticket.splitOff.at(-1)
    if (part < 0.25 && ticket.mergedInto)
      return this.#asked('undoMerge', SAM, { mergeId: ticket.mergedInto.mergeId })
    if (part < 0.25 && split) return this.#asked('returnMessages', SAM, { splitId: split.splitId })
    if (part < 0.65) {
      const others = [...store.tickets.values()].slice(-RECENT).map((other) => other.ticket)
      const into = random.one(others)
      if (!into.opened || into.number === number) return null
      const { number: other, subject } = into
      return this.#asked('mergeInto', SAM, { mergeId: this.#uuid(), into: other, subject })
    }
    const free = messagesIn(log)
      .slice(1)
      .filter((id) => !this.#split.has(id))
    const messageIds = free.slice(-1 - random.below(3))
    if (messageIds.length === 0) return null
    for (const id of messageIds) this.#split.add(id)
    const payload = {
      splitId: this.#uuid(),
      into: newNumber(),
      subject: 'Another thing',
      messageIds,
    }
    return this.#asked('splitOff', SAM, payload)
  }

  #asked(name: CommandName, actor: Actor, payload: unknown): Asked {
    const answerBy = Math.ceil(this.now() / 1_000) + PATIENCE
    const command = { id: this.#uuid(), actor, payload, answerBy } as Command
    return { name, command }
  }

  #any(name: CommandName): unknown {
    const known = this.#arbitrary.get(name) ?? arbitraryOf(commands[name].payload as z.ZodType)
    this.#arbitrary.set(name, known)
    const seed = this.random.below(2 ** 31)
    return fc.sample(known, { numRuns: 1, seed })[0]
  }

  #received(): unknown {
    return {
      messageId: this.#uuid(),
      from: ANNA,
      preview: this.#text(),
      hasAttachments: false,
      automatic: false,
      stranger: false,
    }
  }

  #outgoing(): unknown {
    return {
      messageId: this.#uuid(),
      to: [ANNA.email],
      preview: this.#text(),
      hasAttachments: false,
      oneWay: false,
      holdMs: this.random.chance(0.2) ? this.random.below(MOST_HELD) : 0,
    }
  }

  #text(): string {
    return this.random.chance(UNSTORABLE_PART) ? UNSTORABLE : 'Please restart it.'
  }

  #uuid(): string {
    return `00000000-0000-4000-a000-${String(++this.#ids).padStart(12, '0')}`
  }
}
