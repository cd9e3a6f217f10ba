// What a ticket's workflow reaches outside of itself, with everything that may go wrong there: an
// attempt is lost before it has done anything, or after it has; a server is away for hours.
import type {
  DeliveryInput,
  DeliveryResult,
  JobInput,
  PersistBatch,
  PreparedCommand,
  UnwrittenCommand,
} from '../../../workflows/ticket/activities.ts'
import type { MailboxInput } from '../../../workflows/mailbox/activities.ts'
import type { TicketJob } from '../../../domain/ticket-jobs.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import type { Random } from '../random.ts'
import type { VirtualClock } from './clock.ts'
import type { MailAccounts } from './mail-accounts.ts'
import type { Store } from './store.ts'
import type { TwoTickets } from './two-tickets.ts'
import { type CallOptions, failed, type WorkflowRun } from './temporal-workflow.ts'

/** How often something goes wrong: parts of one. */
export interface Weather {
  /** An attempt that never began. */
  lost: number
  /** One whose effect stays, and of which nobody hears. */
  unheard: number
}

export interface Peer {
  /** How often each message has arrived outside. */
  arrived: Map<string, number>
  /** Messages of which a person is told that they may have arrived twice. */
  doubted: Set<string>
}

const SECOND = 1_000
/** Until an attempt that is lost is noticed, in milliseconds. */
const NOTICED = 30 * SECOND

export class Borders {
  readonly peer: Peer = { arrived: new Map(), doubted: new Set() }
  readonly #sending = new Set<string>()
  readonly #ended = new Map<string, DeliveryResult>()
  /** Until when a server is away. */
  databaseAway = 0
  smtpAway = 0
  attempts = 0

  constructor(
    private readonly clock: VirtualClock,
    private readonly store: Store,
    private readonly random: Random,
    public weather: Weather,
    private readonly between: TwoTickets,
    private readonly accounts: MailAccounts,
  ) {}

  /**
   * As often as its options have it.
   * @throws ActivityFailure when no attempt is left.
   */
  async call(
    run: WorkflowRun,
    name: string,
    args: unknown[],
    { local, retry = {}, cancelled = () => false }: CallOptions,
  ): Promise<unknown> {
    const most = retry.maximumAttempts ?? Infinity
    for (let attempt = 1, pause = SECOND; ; attempt++, pause = Math.min(pause * 2, 900 * SECOND)) {
      const unwanted = (): boolean => run.over || cancelled()
      const answer = await this.#attempt(name, args[0], local, unwanted)
      // The run is not there any more; a local activity ends with it, another's answer has no reader.
      if (unwanted()) return new Promise(() => undefined)
      if (answer !== LOST) return answer
      if (attempt >= most) throw failed(name, 'no attempt came to anything')
      await this.#pause(pause)
    }
  }

  async #attempt(
    name: string,
    input: unknown,
    local: boolean,
    unwanted: () => boolean,
  ): Promise<unknown> {
    this.attempts++
    await this.#pause(this.random.between(1, local ? 20 : 400))
    if (this.random.chance(this.weather.lost)) {
      await this.#pause(this.random.between(0, NOTICED))
      return LOST
    }
    const answer = await this.#work(name, input, unwanted)
    if (answer === LOST || !this.random.chance(this.weather.unheard)) return answer
    await this.#pause(this.random.between(0, NOTICED))
    return LOST
  }

  #work(name: string, input: unknown, unwanted: () => boolean): unknown {
    if (name !== 'deliverMessage' && this.clock.now < this.databaseAway) return LOST
    switch (name) {
      case 'persistEvents':
        return this.store.persist(input as PersistBatch)
      case 'loadTicket':
        return this.store.load(input as number)
      case 'keepUnwritten':
        this.store.keep(input as UnwrittenCommand)
        return undefined
      case 'settleJobs': {
        const { ticketNumber, jobs } = input as { ticketNumber: number; jobs: TicketJob[] }
        this.store.settle(ticketNumber, jobs)
        return undefined
      }
      case 'lossOfRunBefore':
        return 'missing'
      case 'deliverMessage':
        return this.#deliver(input as DeliveryInput)
      case 'writeReminder':
      case 'askRuleApprovals':
      case 'planServiceLevel':
        return this.#carryOut(input as JobInput)
      case 'takeMergeStep': {
        const job = input as JobInput
        if (!this.between.take(job)) return LOST
        this.store.settle(job.ticketNumber, [job])
        return []
      }
      case 'watchMailbox':
        return this.accounts
          .watch(input as MailboxInput, unwanted)
          .then((outcome) => outcome ?? LOST)
      case 'reconcileMailbox':
        return this.accounts.compare(input as MailboxInput) ?? LOST
      case 'retryQuarantined':
        return this.accounts.retry(input as { mailId: string }) ?? LOST
      default:
        throw new Error(`${name}: the simulation has no such activity.`)
    }
  }

  /** Some come to a command; the others to nothing, and then nothing is owed any more. */
  #carryOut(job: JobInput): PreparedCommand[] {
    if (job.kind === 'reminder' || job.eventNo % 3 === 0) return preparedNote(job)
    this.store.settle(job.ticketNumber, [job])
    return []
  }

  /** As activities/mail-out: what an attempt before this one has begun and not ended is doubtful. */
  #deliver({ messageId }: DeliveryInput): DeliveryResult | typeof LOST {
    const ended = this.#ended.get(messageId)
    if (ended) return ended
    if (this.clock.now < this.smtpAway) return LOST
    if (this.#sending.has(messageId)) {
      this.#sending.delete(messageId)
      this.peer.doubted.add(messageId)
      return { outcome: 'doubtful', detail: [] }
    }
    this.#sending.add(messageId)
    const dropped = this.random.chance(this.weather.unheard)
    // The connection was lost before the mail was taken, or after.
    if (!dropped || this.random.chance(0.5))
      this.peer.arrived.set(messageId, (this.peer.arrived.get(messageId) ?? 0) + 1)
    if (dropped) return LOST
    this.#sending.delete(messageId)
    const sent: DeliveryResult = { outcome: 'sent', detail: [] }
    this.#ended.set(messageId, sent)
    return sent
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(ms, resolve)
    })
  }
}

/** An attempt of which nobody hears. */
const LOST = Symbol('lost')

/** Whatever may run twice gives the same command twice. */
const preparedNote = ({ ticketNumber, kind, eventNo }: JobInput): PreparedCommand[] => {
  const id = `job-${ticketNumber}-${kind}-${eventNo}`
  return [
    {
      name: 'addNote',
      command: {
        id,
        actor: SYSTEM,
        payload: { noteId: idOf(ticketNumber, eventNo), preview: id },
      },
    } as unknown as PreparedCommand,
  ]
}

const idOf = (number: number, eventNo: number): string =>
  `00000000-0000-4000-9000-${String(number * 10_000 + eventNo).padStart(12, '0')}`
