import type { Asked } from '../../../domain/asked.ts'
import type { KeptOfOne } from '../../../domain/contract.ts'
import type { KeptCommandItem, OwnKeptCommand } from '../../../domain/tickets/contract.ts'

/** A command that Temporal has and no worker has done yet. */
export interface KeptCommand {
  /** The command's. */
  id: string
  /** Its ticket's number. */
  number: number
  /** What was asked: the request's method, and its address below the API. */
  method: string
  address: string
  /** Of what its body told. */
  fields: readonly string[]
  /** When: milliseconds since 1970. */
  at: number
  /** The person's who asked; empty on the pages that need no account. */
  owner: string
  /** What stands on the page in the place of what will be. */
  shown?: object
  /** The message that it makes, whose taking back was asked for: its words are a draft again. */
  takenBack?: string
  /** Known of the ticket that is open: what was asked, and by whom. */
  asked?: readonly Asked[]
  by?: KeptCommandItem['by']
  /** Known likewise: what it is about, or makes. */
  on?: KeptCommandItem['on']
}

const STORE = 'guichet.kept'
/** After that nobody knows any more what became of a command that changed nothing. */
const OLDEST_MS = 3 * 24 * 3_600_000

let owner = $state('')
let all = $state.raw<readonly KeptCommand[]>(stored())
/** What the server knows of the ticket that is open, whoever asked it in which browser. */
let learned = $state.raw<readonly KeptCommand[]>([])
/** And of what the person asked, of whatever ticket. */
let learnedOwn = $state.raw<readonly KeptCommand[]>([])

/**
 * What was asked and is kept: the page marks it until the log shows what became of it. What this
 * page asked is remembered here, also after a reload; of the ticket that is open the server knows
 * all that was asked, by anybody.
 */
export const keptCommands = {
  /** What whoever the page belongs to asked from it. Reactive. */
  get own(): readonly KeptCommand[] {
    return all.filter((one) => one.owner === owner)
  },
  /** That, what they asked elsewhere, and all that is kept of the ticket that is open. Reactive. */
  get known(): readonly KeptCommand[] {
    const told = [
      ...learnedOwn,
      ...learned.filter(({ id }) => !learnedOwn.some((one) => one.id === id)),
    ]
    const remembered = this.own.map((one) => ({
      ...told.find(({ id }) => id === one.id),
      ...one,
    }))
    return [...remembered, ...told.filter(({ id }) => !remembered.some((one) => one.id === id))]
  },
  /** Those that asked something of this address, or of what lies below it. Reactive. */
  under(address: string): readonly KeptCommand[] {
    const pages = owner === '' ? [] : all.filter((one) => one.owner === '')
    return [...this.known, ...pages].filter(
      (one) => one.address === address || one.address.startsWith(`${address}/`),
    )
  },
  /** What is kept of one ticket, as far as it is known what was asked. Reactive. */
  of(number: number): readonly (KeptCommand & { asked: readonly Asked[] })[] {
    return this.known.flatMap((one) =>
      one.number === number && one.asked ? [{ ...one, asked: one.asked }] : [],
    )
  },
  /** From now on it is their page. */
  belongTo(userId: string): void {
    if (owner !== userId) learnedOwn = []
    owner = userId
    learned = []
  },
  add(
    { commandId, ticketNumber }: KeptOfOne,
    asked: Pick<KeptCommand, 'method' | 'address' | 'fields'>,
  ) {
    keep([
      ...all.filter(({ id }) => id !== commandId),
      { ...asked, id: commandId, number: ticketNumber, at: Date.now(), owner },
    ])
  },
  /** What the server knows of the ticket that is open; empty, when none is. */
  learn(number: number, items: readonly KeptCommandItem[]): void {
    learned = items.map((item) => learnedOf(number, item))
  },
  /** What the server knows of what the person asked, in whichever browser. */
  learnOwn(items: readonly OwnKeptCommand[]): void {
    learnedOwn = items.map((item) => learnedOf(item.ticketNumber, item))
  },
  /** @param shown stands on the page meanwhile. */
  show(commandId: string, shown: object): void {
    keep(all.map((one) => (one.id === commandId ? { ...one, shown } : one)))
  },
  /**
   * Its taking back was asked for.
   * @param shown what stands for it.
   * @param messageId of the message that it makes.
   */
  takeBack(shown: object, messageId: string): void {
    keep(all.map((one) => (one.shown === shown ? { ...one, takenBack: messageId } : one)))
  },
  /** Those that asked to take back what another makes. Reactive. */
  takingBack: ({ takenBack }: KeptCommand): readonly KeptCommand[] =>
    takenBack === undefined
      ? []
      : keptCommands.own.filter(({ address }) => address === `/messages/${takenBack}/cancel`),
  drop(commandId: string): void {
    keep(all.filter(({ id }) => id !== commandId))
    learned = learned.filter(({ id }) => id !== commandId)
    learnedOwn = learnedOwn.filter(({ id }) => id !== commandId)
  },
  /** Nothing is remembered any more. */
  clear(): void {
    learned = []
    learnedOwn = []
    keep([])
  },
}

const learnedOf = (number: number, { id, at, by, asked, on }: KeptCommandItem): KeptCommand => ({
  id,
  number,
  method: '',
  address: addressOf(number, on),
  fields: [],
  at: Date.parse(at),
  owner,
  asked,
  by,
  on,
})

function addressOf(number: number, on: KeptCommandItem['on']): string {
  if (on === null) return `/tickets/${number}`
  return on.kind === 'message' ? `/messages/${on.id}` : `/tickets/${number}/${on.kind}s/${on.id}`
}

function keep(next: readonly KeptCommand[]): void {
  all = next
  try {
    sessionStorage.setItem(STORE, JSON.stringify(next))
  } catch {
    /* it is marked as long as the page lasts */
  }
}

function stored(): KeptCommand[] {
  try {
    const found = JSON.parse(sessionStorage.getItem(STORE) ?? '[]') as KeptCommand[]
    return found.filter(({ at }) => Date.now() - at < OLDEST_MS)
  } catch {
    return []
  }
}
