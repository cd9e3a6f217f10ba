import { isCancellation, proxyLocalActivities, TemporalFailure } from '@temporalio/workflow'
import { activitiesOn } from '../activities-on.ts'
import type { TicketJob, TicketJobKind } from '../../domain/ticket-jobs.ts'
import type { JobInput, PreparedCommand, TicketJobActivities } from './activities.ts'
import type { InboxItem } from './inbox.ts'

/** Short work on the database goes with the workflow task that owes it. */
const atOnce = proxyLocalActivities<TicketJobActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 1 },
})

/**
 * What did not work at once is tried again until it does, and seen in the Temporal UI meanwhile. Only
 * this time tells that its worker died over it; another ticket is waited for at most 25 seconds.
 */
const lasting = activitiesOn<TicketJobActivities>('errands', {
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 hour' },
})

interface Work {
  activity: keyof TicketJobActivities
  summary: string
  /** Needs nothing but the database. */
  short: boolean
}

const works: Record<TicketJobKind, Work> = {
  approvals: { activity: 'askRuleApprovals', summary: 'approvals that rules want', short: true },
  slaPlan: { activity: 'planServiceLevel', summary: 'service levels of now', short: true },
  reminder: { activity: 'writeReminder', summary: 'writes the mail of waiting', short: true },
  mergeStep: {
    activity: 'takeMergeStep',
    summary: 'the other ticket takes its step',
    short: false,
  },
}

/**
 * What the ticket owes after its events, each carried out once at a time. What it comes to is a
 * command in the ticket's own inbox.
 */
export class TicketJobs {
  /** Owed until their commands are decided. */
  private readonly owed = new Map<string, TicketJob>()
  private asking = 0

  constructor(
    private readonly ticketNumber: number,
    private readonly inbox: InboxItem[],
  ) {}

  /** How many are not decided yet: the ticket does not end before. */
  get count(): number {
    return this.owed.size
  }

  /** Nothing is decided before a rule has been asked once: nobody gets past its approval. */
  get hold(): boolean {
    return this.asking > 0
  }

  /** Takes up what is owed and not under way. */
  add(jobs: readonly TicketJob[]): void {
    for (const job of jobs) {
      if (this.owed.has(keyOf(job))) continue
      this.owed.set(keyOf(job), job)
      void this.carryOut(job).catch((error: unknown) => {
        if (!isCancellation(error)) throw error
      })
    }
  }

  /** @returns the jobs that are done once the batch is decided. */
  doneBy(batch: readonly InboxItem[]): TicketJob[] {
    return batch.flatMap(({ job }) => job ?? [])
  }

  /** Their commands are decided, and the log knows it. */
  settle(jobs: readonly TicketJob[]): void {
    for (const job of jobs) this.owed.delete(keyOf(job))
  }

  private async carryOut(job: TicketJob): Promise<void> {
    const asked = this.holdFor(job)
    try {
      const commands = await this.prepared(job, asked)
      if (commands.length === 0) this.owed.delete(keyOf(job))
      // Before what came meanwhile: it follows from what was decided before that.
      this.inbox.unshift(
        ...commands.map((prepared, i): InboxItem => ({
          ...prepared,
          quiet: true,
          ...(i === commands.length - 1 ? { job } : {}),
        })),
      )
    } finally {
      asked()
    }
  }

  /** @returns lets go of the inbox; may be called twice. */
  private holdFor({ kind }: TicketJob): () => void {
    if (kind !== 'approvals') return () => undefined
    this.asking++
    let held = true
    return () => {
      if (held) this.asking--
      held = false
    }
  }

  private async prepared(
    { kind, eventNo }: TicketJob,
    failedOnce: () => void,
  ): Promise<PreparedCommand[]> {
    const { activity, summary, short } = works[kind]
    const input: [JobInput] = [{ ticketNumber: this.ticketNumber, kind, eventNo }]
    if (short) {
      try {
        return await atOnce[activity].executeWithOptions({ summary }, input)
      } catch (error) {
        if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error
        failedOnce()
      }
    }
    return lasting[activity].executeWithOptions({ summary }, input)
  }
}

const keyOf = ({ kind, eventNo }: TicketJob): string => `${kind}-${eventNo}`
