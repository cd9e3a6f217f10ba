import { defineSignal, setDefaultSignalHandler, setHandler, uuid4 } from '@temporalio/workflow'
import type { Command, CommandName } from '../../domain/commands.ts'
import { commandNames, MALFORMED, readCommand } from '../../domain/command-schema.ts'
import { reject, type Rejection } from '../../domain/command-rule.ts'
import { cut } from '../../domain/cut.ts'
import { wellFormedText, wellFormedTexts } from '../../domain/well-formed-text.ts'
import type { TicketJob } from '../../domain/ticket-jobs.ts'

/** A command that waits for its turn. */
export interface InboxItem {
  name: CommandName
  command: Command
  /** A signal that is no command at all: it only leaves a line in the history. */
  refusal?: Rejection
  /** Its refusal is known, but its sender did not wait for it: they are to be told by a line. */
  unheard?: boolean
  /** The database cannot take it. Whoever waits is told, and the history says so in any case. */
  unwritable?: boolean
  /** Guichet's own: a refusal means that there is nothing to do any more, and leaves no line. */
  quiet?: boolean
  /** The last command of a job: nothing is owed for it once this is decided. */
  job?: TicketJob
}

/**
 * Registers every row of the table of commands as a signal, into one queue: commands of a ticket are
 * decided one after another, in the order in which they came.
 * @returns the queue that the workflow drains.
 */
export function openInbox(): InboxItem[] {
  const inbox: InboxItem[] = []
  const receive = (name: CommandName, raw: unknown): void => {
    const command = readCommand(name, raw)
    inbox.push(
      'code' in command ? { name, command: unreadable(), refusal: command } : { name, command },
    )
  }
  // What came before this run began is taken in the order in which it came: registering one name
  // after another would sort it by name.
  let unknown = 0
  setDefaultSignalHandler((signal, raw) => {
    const name = commandNames.find((known) => known === signal)
    if (name) receive(name, raw)
    else if (++unknown <= MOST_UNKNOWN) inbox.push(unknownSignal(signal))
  })
  for (const name of commandNames)
    setHandler(defineSignal<[unknown]>(name), (raw) => {
      receive(name, raw)
    })
  return inbox
}

/** Lines of one run: who sends signals that nobody knows may send many. */
const MOST_UNKNOWN = 20

/** Its line names it; being no row of the table, it is nothing else. */
function unknownSignal(signal: string): InboxItem {
  const name = cut(wellFormedText(signal), 100)
  const refusal = reject(MALFORMED, `There is no command “${name}”.`)
  return { name: name as CommandName, command: unreadable(), refusal }
}

/**
 * Stands for a signal that could not be read, as an operator's: Guichet's own are checked before they
 * are sent. Its content is not kept: it may be anything.
 */
const unreadable = (): Command => ({
  id: `unreadable-${uuid4()}`,
  actor: { kind: 'operator', name: '' },
  payload: {} as never,
})

/**
 * Takes from the inbox what may be decided together. A command that ends the ticket is not decided
 * with one that opens or places it: rules may want an approval in between.
 * @param opened whether the ticket exists. Where it does not, what opens it is decided first: an
 *   answer overtakes its question when a crash loses the one and not the other, and would be refused
 *   although the question is here.
 */
export function takeBatch(inbox: InboxItem[], opened: boolean): InboxItem[] {
  if (!opened) inbox.sort((a, b) => Number(opens(b)) - Number(opens(a)))
  let placed = false
  const end = inbox.findIndex(({ name, command: { payload } }) => {
    if (placed && 'status' in payload && ending.has(payload.status)) return true
    placed ||= placing.has(name)
    return false
  })
  return inbox.splice(0, end === -1 ? inbox.length : end).map(storable)
}

/** Signals were read at the border; what Guichet has come to by itself may quote a server. */
const storable = (item: InboxItem): InboxItem => ({
  ...item,
  command: wellFormedTexts(item.command),
})

const opens = ({ name, command: { payload } }: InboxItem): boolean =>
  opening.has(name) || 'opening' in payload

const opening: ReadonlySet<CommandName> = new Set(['openTicket', 'openSplit'])
const placing: ReadonlySet<CommandName> = new Set([
  'openTicket',
  'mailReceived',
  'openSplit',
  'changeCategory',
  'changeDepartment',
])
const ending: ReadonlySet<unknown> = new Set(['solved', 'closed'])
