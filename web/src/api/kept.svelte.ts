import type { Kept } from '../../../domain/contract.ts'

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
}

const STORE = 'guichet.kept'
/** After that nobody knows any more what became of a command that changed nothing. */
const OLDEST_MS = 3 * 24 * 3_600_000

let owner = $state('')
let all = $state.raw<readonly KeptCommand[]>(stored())

/**
 * What was asked from this page and is kept: the page marks it until the log shows what became of
 * it, also after a reload.
 */
export const keptCommands = {
  /** Those of whom the page belongs to. Reactive. */
  get own(): readonly KeptCommand[] {
    return all.filter((one) => one.owner === owner)
  },
  /** Those that asked something of this address, or of what lies below it. Reactive. */
  under(address: string): readonly KeptCommand[] {
    return all.filter(
      (one) =>
        (one.owner === owner || one.owner === '') &&
        (one.address === address || one.address.startsWith(`${address}/`)),
    )
  },
  /** From now on it is their page. */
  belongTo(userId: string): void {
    owner = userId
  },
  add(
    { commandId, ticketNumber }: Kept,
    asked: Pick<KeptCommand, 'method' | 'address' | 'fields'>,
  ) {
    keep([
      ...all.filter(({ id }) => id !== commandId),
      { ...asked, id: commandId, number: ticketNumber, at: Date.now(), owner },
    ])
  },
  /** @param shown stands on the page meanwhile. */
  show(commandId: string, shown: object): void {
    keep(all.map((one) => (one.id === commandId ? { ...one, shown } : one)))
  },
  drop(commandId: string): void {
    keep(all.filter(({ id }) => id !== commandId))
  },
  /** Nothing is remembered any more. */
  clear(): void {
    keep([])
  },
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
