// The database of a simulated desk: what activities/projection makes of a batch, in memory.
import { apply, unopenedTicket } from '../../../domain/apply.ts'
import type { Command, CommandName } from '../../../domain/commands.ts'
import { refusalTypes, type TicketEvent } from '../../../domain/events.ts'
import { jobsAfter, type TicketJob } from '../../../domain/ticket-jobs.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import type {
  LoadedTicket,
  PersistBatch,
  PersistOutcome,
  UnwrittenCommand,
} from '../../../workflows/ticket/activities.ts'

/** A text that this database never takes. */
export const UNSTORABLE = 'text that no database takes'

export interface StoredTicket {
  ticket: Ticket
  log: TicketEvent[]
  owed: TicketJob[]
  /** Commands whose answers were written without a line. */
  outcomes: Map<string, string | null>
}

/** What was asked of a ticket by somebody, until its end is known. */
export interface SentCommand {
  number: number
  name: CommandName
  command: Command
}

export class Store {
  readonly tickets = new Map<number, StoredTicket>()
  readonly unwritten: UnwrittenCommand[] = []

  /**
   * @param now milliseconds.
   * @param fenced whether only the last version may be built on.
   */
  constructor(
    private readonly now: () => number,
    private readonly fenced: boolean,
  ) {}

  /** @returns the ticket's rows, of one that nobody has opened, too. */
  of(number: number): StoredTicket {
    const known = this.tickets.get(number)
    if (known) return known
    const made: StoredTicket = {
      ticket: unopenedTicket(number),
      log: [],
      owed: [],
      outcomes: new Map(),
    }
    this.tickets.set(number, made)
    return made
  }

  load(number: number): LoadedTicket {
    const { ticket, owed } = this.of(number)
    return asStored({ ticket, owed })
  }

  /** Events and answers, if nobody has written since the version that they build on. */
  persist(sent: PersistBatch): PersistOutcome | undefined {
    const batch = asStored(sent)
    const { ticket, basedOn, events, outcomes = [], done = [] } = batch
    const stored = this.of(ticket.number)
    const ids = new Set(events.map(({ commandId }) => commandId))
    const applied = [
      ...new Set(stored.log.map(({ commandId }) => commandId).filter((id) => ids.has(id))),
    ]
    if (this.fenced && (stored.ticket.version !== basedOn || applied.length > 0))
      return asStored({ written: false, ticket: stored.ticket, applied, owed: stored.owed })
    // The lines of a refusal quote nothing of what could not be stored.
    if (events.some((event) => !refusalTypes.includes(event.type) && isUnstorable(event)))
      return { written: false, unwritable: UNSTORABLE }
    stored.log.push(...events)
    stored.ticket = events.length > 0 ? ticket : stored.ticket
    const owed = jobsAfter(events)
    stored.owed = [...withoutJobs(stored.owed, done), ...owed]
    for (const { commandId, code } of outcomes) stored.outcomes.set(commandId, code)
    const told = new Set(
      events.flatMap(({ type, commandId }) => (refusalTypes.includes(type) ? [commandId] : [])),
    )
    const unheard = outcomes.flatMap(({ commandId, code, answerBy }) =>
      code !== null && !told.has(commandId) && this.now() > answerBy * 1_000 ? [commandId] : [],
    )
    if (owed.length === 0 && unheard.length === 0) return undefined
    return { written: true, owed, ...(unheard.length > 0 ? { unheard } : {}) }
  }

  settle(number: number, jobs: readonly TicketJob[]): void {
    const stored = this.of(number)
    stored.owed = withoutJobs(stored.owed, jobs)
  }

  keep(unwritten: UnwrittenCommand): void {
    const known = this.unwritten.some(({ command }) => command.id === unwritten.command.id)
    if (!known) this.unwritten.push(unwritten)
  }

  /** @returns whether it is known what became of a command. */
  isDecided({ number, command: { id } }: SentCommand): boolean {
    const { log, outcomes } = this.of(number)
    return (
      outcomes.has(id) ||
      log.some(({ commandId }) => commandId === id || commandId === `unheard-${id}`) ||
      this.unwritten.some(({ command }) => command.id === id)
    )
  }

  /** @returns what became of a command, as far as it is known. */
  answerTo(number: number, id: string): 'open' | 'done' | 'refused' {
    const { log, outcomes } = this.of(number)
    const lines = log.filter(({ commandId }) => commandId === id || commandId === `unheard-${id}`)
    if (lines.length > 0)
      return lines.some(({ type }) => refusalTypes.includes(type)) ? 'refused' : 'done'
    if (outcomes.has(id)) return outcomes.get(id) === null ? 'done' : 'refused'
    return this.unwritten.some(({ command }) => command.id === id) ? 'refused' : 'open'
  }

  /** @returns what the log comes to. */
  folded(number: number): Ticket {
    return asStored(this.of(number).log.reduce(apply, unopenedTicket(number)))
  }
}

export const asStored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

const isUnstorable = (event: TicketEvent): boolean => JSON.stringify(event).includes(UNSTORABLE)

const withoutJobs = (owed: readonly TicketJob[], done: readonly TicketJob[]): TicketJob[] =>
  owed.filter(
    (job) => !done.some(({ kind, eventNo }) => kind === job.kind && eventNo === job.eventNo),
  )
