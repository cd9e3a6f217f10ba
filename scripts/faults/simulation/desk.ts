// A desk by a clock of its own: tickets' real workflows, people who ask and ask again, `reconcile`,
// and what goes wrong. At the end, what must hold.
import { isDeepStrictEqual } from 'node:util'
import { plannedTimers } from '../../../domain/areas.ts'
import { isAtRest } from '../../../domain/tickets/lifecycle.ts'
import type { Ticket, TicketWorkflowInput } from '../../../domain/ticket.ts'
import type { MailboxWorkflowInput } from '../../../workflows/mailbox/activities.ts'
import { Random } from '../random.ts'
import { Borders } from './borders.ts'
import { VirtualClock } from './clock.ts'
import { MailAccounts } from './mail-accounts.ts'
import { asStored, type SentCommand, Store } from './store.ts'
import { type Asked, Story } from './story.ts'
import { type Surroundings, WorkflowRun } from './temporal-workflow.ts'
import { messagesIn, TwoTickets, wrongBetween } from './two-tickets.ts'

export interface SimulationOptions {
  seed: number
  days: number
  /** Tickets opened in a day. */
  tickets: number
  /**
   * What this desk lacks, to see what it is for: `reconcile` looks after what stands still, the
   * `fence` lets nobody write on a version that is not the last, `comparison` finds mail that a watch
   * has missed, `second-step` is what the other ticket does of a merge or split.
   */
  without?: string
}

export interface SimulationReport {
  tickets: number
  commands: number
  /** Tickets that are merged, and splits that stand. */
  merged: number
  split: number
  /** Mails that the comparison has found. */
  found: number
  events: number
  attempts: number
  runs: number
  faults: Record<string, number>
  /** What does not hold. */
  wrong: string[]
}

/** The workflows' own code. */
export interface Workflows {
  ticket: (input: TicketWorkflowInput) => Promise<void>
  mailbox: (input: MailboxWorkflowInput) => Promise<void>
}

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
const MAILBOXES = ['it@desk.test', 'hr@desk.test']
/** How long whoever sends a mail's command waits for its answer, in seconds. */
const PATIENCE = 20
/** Part of what is asked that concerns two tickets. */
const BETWEEN = 0.06
/** What comes right comes right within this, when nothing goes wrong any more: timers of waiting, too. */
const CALM = 60 * DAY

export class SimulatedDesk {
  readonly clock = new VirtualClock('2026-01-05T08:00:00.000Z')
  readonly store: Store
  readonly borders: Borders
  readonly accounts: MailAccounts
  readonly #between: TwoTickets
  readonly #mailboxes = new Map<string, WorkflowRun>()
  readonly #random: Random
  readonly #story: Story
  readonly #runs = new Map<number, WorkflowRun>()
  readonly #sent: SentCommand[] = []
  /** Mails by their commands: to which ticket, and when that was known. */
  readonly #routed: { id: string; number: number; at: number }[] = []
  #undecided = new Set<SentCommand>()
  #tickets = 1000
  #runCount = 0
  #uuids = 0
  #calm = false
  readonly faults: Record<string, number> = {}
  readonly broken: string[] = []

  constructor(
    private readonly workflows: Workflows,
    private readonly options: SimulationOptions,
  ) {
    this.store = new Store(() => this.clock.now, options.without !== 'fence')
    this.#random = new Random(`simulation ${options.seed}`)
    this.accounts = new MailAccounts(
      this.clock,
      new Random(`accounts ${options.seed}`),
      () => this.clock.now < this.borders.databaseAway,
      options.without !== 'comparison',
    )
    this.#between = new TwoTickets(
      this.store,
      () => this.clock.now,
      ({ number, name, command }, resume) => {
        if (this.#isLost('step lost')) return
        this.#signal(number, name, asStored(command), resume)
      },
      options.without !== 'second-step',
    )
    this.borders = new Borders(
      this.clock,
      this.store,
      new Random(`borders ${options.seed}`),
      { lost: 0.02, unheard: 0.02 },
      this.#between,
      this.accounts,
    )
    this.#story = new Story(new Random(`story ${options.seed}`), () => this.clock.now)
  }

  async run(): Promise<SimulationReport> {
    const { days } = this.options
    const end = this.clock.now + days * DAY
    for (const id of MAILBOXES) {
      this.accounts.open(id)
      this.#watch(id)
    }
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
      ...this.#betweenThem(),
      found: this.accounts.found,
      events: [...this.store.tickets.values()].reduce((sum, { log }) => sum + log.length, 0),
      attempts: this.borders.attempts,
      runs: this.#runCount,
      faults: this.faults,
      wrong: [...this.broken, ...this.#wrong()],
    }
  }

  #betweenThem(): { merged: number; split: number } {
    const tickets = [...this.store.tickets.values()].map(({ ticket }) => ticket)
    return {
      merged: tickets.filter(({ mergedInto }) => mergedInto).length,
      split: tickets.reduce((sum, { splitOff }) => sum + (splitOff?.length ?? 0), 0),
    }
  }

  #openTickets(end: number): void {
    const next = (): void => {
      if (this.clock.now > end) return
      this.#mail(this.#story.opening(), () => {
        const number = this.#newNumber()
        this.#live(number, end)
        return number
      })
      this.clock.after((this.#random.next() * 2 * DAY) / this.options.tickets, next)
    }
    next()
  }

  readonly #newNumber = (): number => ++this.#tickets

  /** @param route asked for its ticket when it is taken in. */
  #mail({ name, command }: Asked, route: () => number): void {
    this.accounts.deliver(this.#random.one(MAILBOXES), {
      id: command.id,
      takeIn: () => {
        const number = route()
        this.#routed.push({ id: command.id, number, at: this.clock.now })
        const answerBy = Math.ceil(this.clock.now / SECOND) + PATIENCE
        this.#send({ number, name, command: { ...command, answerBy } })
      },
    })
  }

  /** People ask things of a ticket for some days. */
  #live(number: number, end: number): void {
    const until = Math.min(end, this.clock.now + this.#random.next() * ASKED_WITHIN)
    const ask = (): void => {
      if (this.clock.now > until) return
      this.#ask(number)
      // Much of what is asked comes together.
      const pause = this.#random.chance(0.3) ? 30 * SECOND : this.#random.next() * DAY
      this.clock.after(pause, ask)
    }
    this.clock.after(this.#random.next() * HOUR, ask)
  }

  #ask(number: number): void {
    if (this.#random.chance(BETWEEN)) {
      const asked = this.#story.between(number, this.store, this.#newNumber)
      if (asked) this.#send({ number, ...asked })
      return
    }
    const asked = this.#story.next()
    if (asked.name !== 'mailReceived') {
      this.#send({ number, ...asked })
      return
    }
    // An answer to any of its messages, wherever that is by the time it comes.
    const messages = messagesIn(this.store.of(number).log)
    const to = messages.length > 0 ? this.#random.one(messages) : ''
    this.#mail(asked, () => this.#between.placeOf(number, to))
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

  #isLost(what: string): boolean {
    const lost = !this.#calm && this.#random.chance(0.02)
    if (lost) this.#count(what)
    return lost
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
    run.execute(this.workflows.ticket, [input]).then(
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

  /** Starts the watch of a mailbox, as whoever changes its settings does. */
  #watch(mailboxId: string, input: MailboxWorkflowInput = { mailboxId, address: mailboxId }): void {
    this.#runCount++
    const before = this.#mailboxes.get(mailboxId) ?? null
    const run = new WorkflowRun(`mailbox-${mailboxId}`, this.#around, [], before)
    this.#mailboxes.set(mailboxId, run)
    run.execute(this.workflows.mailbox, [input]).then(
      (next) => {
        if (this.#mailboxes.get(mailboxId) !== run) return
        if (next) this.#watch(mailboxId, next.args[0] as MailboxWorkflowInput)
      },
      (error: unknown) => {
        this.broken.push(`the run of ${mailboxId} failed: ${String(error)}`)
      },
    )
  }

  #isWatching(mailboxId: string): boolean {
    return this.#mailboxes.get(mailboxId)?.over === false
  }

  /** Somebody switches it off or on. */
  #switch(mailboxId: string, watched: boolean): void {
    this.accounts.setWatched(mailboxId, watched)
    if (this.#isWatching(mailboxId))
      this.#mailboxes.get(mailboxId)?.signal('settingsChanged', undefined)
    else if (watched) this.#watch(mailboxId)
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
    for (const id of this.accounts.ids)
      if (this.accounts.isWatched(id) && !this.#isWatching(id)) this.#watch(id)
    // An admin looks into quarantine.
    for (const mail of this.accounts.quarantine.keys())
      if (this.#random.chance(0.1) || this.#calm)
        this.#mailboxes.get(this.#random.one(MAILBOXES))?.signal('retryMail', mail)
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
      else if (part < 0.45) this.#loseWatch(this.#random.one(MAILBOXES))
      else if (part < 0.52) {
        this.#count('mailbox switched off')
        const id = this.#random.one(MAILBOXES)
        this.#switch(id, false)
        this.clock.after(hours, () => {
          this.#switch(id, true)
        })
      } else if (part < 0.6) {
        this.#count('mailboxes away')
        this.accounts.away = this.clock.now + hours
      } else if (part < 0.75) {
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

  #loseWatch(mailboxId: string): void {
    this.#count('watch lost')
    const run = this.#mailboxes.get(mailboxId)
    if (run) run.over = true
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
      ...wrongBetween(this.store),
      ...this.#wrongMailboxes(),
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

  #wrongMailboxes(): string[] {
    return [
      ...this.accounts.left().map((id) => `lost: the mail ${id} is on its server alone`),
      ...[...this.accounts.quarantine.keys()].map((id) => `the mail ${id} is in quarantine`),
      ...this.#routed.flatMap(({ id, number, at }) => {
        const merged = this.store.of(number).ticket.mergedInto
        return merged && Date.parse(merged.at) < at - MINUTE
          ? [`the mail of ${id} has come to #${number}, which was merged into #${merged.number}`]
          : []
      }),
      ...this.accounts.ids.flatMap((id) =>
        this.#isWatching(id) === this.accounts.isWatched(id) ? [] : [`${id} is not watched`],
      ),
    ]
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
