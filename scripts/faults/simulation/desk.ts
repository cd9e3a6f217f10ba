// A desk by a clock of its own: tickets' real workflows, people who ask and ask again, `reconcile`,
// and what goes wrong. At the end, what must hold.
import { isDeepStrictEqual } from 'node:util'
import { plannedTimers } from '../../../domain/areas.ts'
import { isAtRest } from '../../../domain/tickets/lifecycle.ts'
import type { Ticket, TicketWorkflowInput } from '../../../domain/ticket.ts'
import { Random } from '../random.ts'
import { Borders } from './borders.ts'
import { VirtualClock } from './clock.ts'
import { asStored, type SentCommand, Store } from './store.ts'
import { Story } from './story.ts'
import { type Surroundings, WorkflowRun } from './temporal-workflow.ts'

export interface SimulationOptions {
  seed: number
  days: number
  /** Tickets opened in a day. */
  tickets: number
  /**
   * What this desk lacks, to see what it is for: `reconcile` looks after what stands still, the
   * `fence` lets nobody write on a version that is not the last.
   */
  without?: string
}

export interface SimulationReport {
  tickets: number
  commands: number
  events: number
  attempts: number
  runs: number
  faults: Record<string, number>
  /** What does not hold. */
  wrong: string[]
}

type TicketWorkflow = (input: TicketWorkflowInput) => Promise<void>

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A ticket that nobody has asked anything of for so long is left alone. */
const ASKED_WITHIN = 10 * DAY
/** Between two looks of `reconcile` here; it looks every minute, and finds the same. */
const RECONCILED = 20 * MINUTE
/** A kept command is sent again. */
const SENT_AGAIN = 30 * MINUTE
/** What comes right comes right within this, when nothing goes wrong any more: timers of waiting, too. */
const CALM = 60 * DAY

export class SimulatedDesk {
  readonly clock = new VirtualClock('2026-01-05T08:00:00.000Z')
  readonly store: Store
  readonly borders: Borders
  readonly #random: Random
  readonly #story: Story
  readonly #runs = new Map<number, WorkflowRun>()
  readonly #sent: SentCommand[] = []
  #undecided = new Set<SentCommand>()
  #tickets = 1000
  #runCount = 0
  #uuids = 0
  #calm = false
  readonly faults: Record<string, number> = {}
  readonly broken: string[] = []

  constructor(
    private readonly workflow: TicketWorkflow,
    private readonly options: SimulationOptions,
  ) {
    this.store = new Store(() => this.clock.now, options.without !== 'fence')
    this.#random = new Random(`simulation ${options.seed}`)
    this.borders = new Borders(this.clock, this.store, new Random(`borders ${options.seed}`), {
      lost: 0.02,
      unheard: 0.02,
    })
    this.#story = new Story(new Random(`story ${options.seed}`), () => this.clock.now)
  }

  async run(): Promise<SimulationReport> {
    const { days } = this.options
    const end = this.clock.now + days * DAY
    this.#openTickets(end)
    if (this.options.without !== 'reconcile') this.#reconcile()
    this.#goWrong(end)
    await this.clock.runUntil(end)
    this.#calm = true
    this.borders.weather = { lost: 0, unheard: 0 }
    await this.clock.runUntil(end + CALM)
    return {
      tickets: this.#tickets - 1000,
      commands: this.#sent.length,
      events: [...this.store.tickets.values()].reduce((sum, { log }) => sum + log.length, 0),
      attempts: this.borders.attempts,
      runs: this.#runCount,
      faults: this.faults,
      wrong: [...this.broken, ...this.#wrong()],
    }
  }

  #openTickets(end: number): void {
    const next = (): void => {
      if (this.clock.now > end) return
      this.#live(++this.#tickets, end)
      this.clock.after((this.#random.next() * 2 * DAY) / this.options.tickets, next)
    }
    next()
  }

  /** People ask things of a ticket for some days. */
  #live(number: number, end: number): void {
    this.#send({ number, ...this.#story.opening() })
    const until = Math.min(end, this.clock.now + this.#random.next() * ASKED_WITHIN)
    const ask = (): void => {
      if (this.clock.now > until) return
      this.#send({ number, ...this.#story.next() })
      // Much of what is asked comes together.
      const pause = this.#random.chance(0.3) ? 30 * SECOND : this.#random.next() * DAY
      this.clock.after(pause, ask)
    }
    this.clock.after(this.#random.next() * HOUR, ask)
  }

  /** As signal-with-start; a signal may be late, come twice, or be lost: then it is sent again. */
  #send(sent: SentCommand): void {
    this.#sent.push(sent)
    this.#undecided.add(sent)
    this.#deliver(sent)
  }

  #deliver(sent: SentCommand): void {
    const { name, number, command } = sent
    const resume = this.store.of(number).log.length > 0
    const hand = (): void => {
      this.#signal(number, name, asStored(command), resume)
    }
    if (this.#calm) {
      hand()
      return
    }
    const part = this.#random.next()
    if (part < 0.02) this.#count('signal lost')
    else if (part < 0.05) this.clock.after(this.#late('signal late'), hand)
    else hand()
    if (part > 0.97) this.clock.after(this.#late('signal twice'), hand)
  }

  #late(what: string): number {
    this.#count(what)
    return this.#random.next() * 2 * HOUR
  }

  #signal(number: number, name: string, payload: unknown, resume: boolean): void {
    const run = this.#runs.get(number)
    if (run && !run.over) run.signal(name, payload)
    else this.#start({ number, resume }, [{ name, payload }], null)
  }

  #start(
    input: TicketWorkflowInput,
    signals: { name: string; payload: unknown }[],
    before: WorkflowRun | null,
  ): void {
    this.#runCount++
    const run = new WorkflowRun(`ticket-${input.number}`, this.#around, signals, before)
    this.#runs.set(input.number, run)
    run.execute(this.workflow, [input]).then(
      (next) => {
        if (this.#runs.get(input.number) !== run) return
        this.#runs.delete(input.number)
        if (next) this.#start(next.args[0] as TicketWorkflowInput, next.left, run)
      },
      (error: unknown) => {
        const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
        this.broken.push(`the run of #${input.number} failed: ${told}`)
        this.#runs.delete(input.number)
      },
    )
  }

  readonly #around: Surroundings = {
    now: () => this.clock.now,
    after: (ms, work) => {
      // A timer is late where no worker runs.
      const late = !this.#calm && this.#random.chance(0.05) ? this.#late('timer late') : 0
      return this.clock.after(ms + late, work)
    },
    call: (run, name, args, options) =>
      this.borders.call(run, name, args.map(asStored), options).then(asStoredAnswer),
    uuid: () => `00000000-0000-4000-b000-${String(++this.#uuids).padStart(12, '0')}`,
    isLong: ({ signals }) => signals > 12,
  }

  /** What somebody was told is kept is sent again; what stands still is started, or told to look. */
  #reconcile(): void {
    for (const sent of this.#undecided) {
      if (this.store.isDecided(sent)) this.#undecided.delete(sent)
      else if (this.clock.now > (sent.command.answerBy ?? 0) * SECOND + SENT_AGAIN)
        this.#deliver(sent)
    }
    for (const [number, { ticket, owed }] of this.store.tickets) {
      if (!ticket.opened) continue
      const run = this.#runs.get(number)
      const alive = run !== undefined && !run.over
      const idle = isAtRest(ticket) && owed.length === 0
      if (!alive && !idle) this.#start({ number, resume: true, loss: 'missing' }, [], null)
      else if (alive && isLate(ticket, this.clock.now)) run.signal('compareWithLog', undefined)
    }
    this.clock.after(RECONCILED, () => {
      this.#reconcile()
    })
  }

  /** Runs are lost, one or all; servers are away for hours. */
  #goWrong(end: number): void {
    const next = (): void => {
      if (this.clock.now > end) return
      const part = this.#random.next()
      const hours = this.#random.next() * 6 * HOUR
      if (part < 0.3) this.#lose([this.#random.one([...this.#runs.keys(), 0])], 'run lost')
      else if (part < 0.4) this.#lose([...this.#runs.keys()], 'store lost')
      else if (part < 0.7) {
        this.#count('database away')
        this.borders.databaseAway = this.clock.now + hours
      } else {
        this.#count('mail server away')
        this.borders.smtpAway = this.clock.now + hours
      }
      this.clock.after(this.#random.next() * 2 * DAY, next)
    }
    this.clock.after(DAY, next)
  }

  #lose(numbers: readonly number[], what: string): void {
    this.#count(what)
    for (const number of numbers) {
      const run = this.#runs.get(number)
      if (run) run.over = true
      this.#runs.delete(number)
    }
  }

  #count(fault: string): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1
  }

  #wrong(): string[] {
    return [
      ...[...this.#undecided]
        .filter((sent) => !this.store.isDecided(sent))
        .map(({ number, name, command }) => `lost: ${name} ${command.id} of #${number}`),
      ...[...this.store.tickets.keys()].flatMap((number) => this.#wrongIn(number)),
      ...this.#wrongOutside(),
    ]
  }

  #wrongIn(number: number): string[] {
    const { ticket, log, owed } = this.store.of(number)
    const said = (what: string): string => `#${number}: ${what}`
    const wrong: string[] = []
    if (log.some(({ no }, index) => no !== index + 1)) wrong.push(said('a gap in its log'))
    const keys = new Set(log.map(({ commandId, ordinal }) => `${commandId} ${ordinal}`))
    if (keys.size !== log.length) wrong.push(said('a line is there twice'))
    if (log.some(({ at }, index) => at < (log[index - 1]?.at ?? '')))
      wrong.push(said('time goes back'))
    if (ticket.opened && !isDeepStrictEqual(this.store.folded(number), ticket))
      wrong.push(said('its state is not what its log comes to'))
    if (owed.length > 0) wrong.push(said(`owes ${JSON.stringify(owed)}`))
    if (ticket.pending?.length > 0) wrong.push(said(`${ticket.pending.length} on their way`))
    const run = this.#runs.get(number)
    const alive = run !== undefined && !run.over
    if (ticket.opened && !isAtRest(ticket)) {
      if (!alive) wrong.push(said('has no run'))
      else if (!isDeepStrictEqual(asStored(run.query('ticket')), ticket))
        wrong.push(said('its run knows something else than its log'))
      if (isLate(ticket, this.clock.now)) wrong.push(said('is late'))
    } else if (alive) wrong.push(said('its run does not end'))
    return wrong
  }

  /** Each message has arrived once, or a person knows that it may not have. */
  #wrongOutside(): string[] {
    const { arrived, doubted } = this.borders.peer
    const log = [...this.store.tickets.values()].flatMap((one) => one.log)
    const taken = new Set(
      log.flatMap(({ type, data }) =>
        type === 'messageCancelled' ? [(data as { messageId: string }).messageId] : [],
      ),
    )
    return log.flatMap(({ type, data }) => {
      if (type !== 'messageQueued') return []
      const { messageId } = data as { messageId: string }
      const times = arrived.get(messageId) ?? 0
      if (times === 1 || doubted.has(messageId) || (times === 0 && taken.has(messageId))) return []
      return [`the message ${messageId} has arrived ${times} times`]
    })
  }
}

/** Something should have happened to it a while ago. */
const isLate = (ticket: Ticket, now: number): boolean =>
  plannedTimers(ticket).some(({ at }) => Date.parse(at) < now - HOUR) ||
  ticket.pending.some(({ notBefore }) => Date.parse(notBefore) < now - HOUR)

/** A call that comes to nothing comes to `undefined` in life, too. */
const asStoredAnswer = (answer: unknown): unknown =>
  answer === undefined ? undefined : asStored(answer)
