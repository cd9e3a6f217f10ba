import { ActivityFailure, ApplicationFailure, CancellationScope, sleep } from '@temporalio/workflow'
import { activitiesOn } from '../activities-on.ts'
import type { Command } from '../../domain/commands.ts'
import {
  type Explanation,
  explanation,
  sentenceOf,
  shortened,
  technically,
} from '../../domain/explanation.ts'
import { DELIVERY_PERIOD } from '../../domain/mail-out/delivery-period.ts'
import type { PendingDelivery } from '../../domain/conversation/state.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { SYSTEM } from '../../domain/vocabulary.ts'
import type { DeliveryActivities, DeliveryResult } from './activities.ts'
import type { InboxItem } from './inbox.ts'

const smtp = activitiesOn<DeliveryActivities>('deliveries', {
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '15 seconds',
  scheduleToCloseTimeout: DELIVERY_PERIOD,
  retry: { initialInterval: '15 seconds', backoffCoefficient: 2, maximumInterval: '30 minutes' },
})

/** Times a doubtful delivery is tried again before a person has to decide. */
const DOUBTFUL_RETRIES = 1

/**
 * Sends what is pending, each message once at a time, and brings the outcome back as a command.
 * @param current the ticket as it stands.
 * @param inbox where outcomes go.
 */
export class Deliveries {
  private readonly underway = new Map<string, CancellationScope>()

  constructor(
    private readonly current: () => Ticket,
    private readonly inbox: InboxItem[],
  ) {}

  get count(): number {
    return this.underway.size
  }

  /** Starts what is pending and not under way; stops what was taken back. */
  reconcile(): void {
    const pending = new Set(this.current().pending.map((p) => p.messageId))
    for (const [id, scope] of this.underway) if (!pending.has(id)) scope.cancel()
    for (const p of this.current().pending) if (!this.underway.has(p.messageId)) this.start(p)
  }

  private start(pending: PendingDelivery): void {
    const scope = new CancellationScope()
    this.underway.set(pending.messageId, scope)
    void scope
      .run(() => this.deliver(pending))
      .catch(() => undefined) // cancelled: the message was taken back
      .finally(() => this.underway.delete(pending.messageId))
  }

  private async deliver({ messageId, notBefore }: PendingDelivery): Promise<void> {
    const held = Date.parse(notBefore) - Date.now()
    if (held > 0) await sleep(held, { summary: 'held back: can still be taken back' })
    for (let attempt = 1; ; attempt++) {
      const { outcome, detail } = await this.transact(messageId)
      const last = attempt > DOUBTFUL_RETRIES
      this.report(messageId, attempt, outcome === 'doubtful' && last ? 'parked' : outcome, detail)
      if (outcome !== 'doubtful' || last) return
    }
  }

  private async transact(messageId: string): Promise<DeliveryResult> {
    const order = { ticketNumber: this.current().number, messageId }
    try {
      return await smtp.deliverMessage.executeWithOptions(
        { summary: `send a message of #${order.ticketNumber}` },
        [order],
      )
    } catch (error) {
      // Every retry of five days was used up, or the activity cannot be retried.
      if (error instanceof ActivityFailure)
        return {
          outcome: 'failed',
          detail: reasonOf(error),
        }
      throw error
    }
  }

  private report(
    messageId: string,
    attempt: number,
    outcome: DeliveryResult['outcome'],
    detail: Explanation,
  ): void {
    // A retry by a person starts a new series: the version keeps its command ids apart.
    const id = `delivery-${messageId}-${this.current().version}-${attempt}`
    const command: Command<'recordDelivery'> = {
      id,
      actor: SYSTEM,
      payload: { messageId, outcome, detail: shortened(detail, 1000), attempt },
    }
    this.inbox.push({ name: 'recordDelivery', command })
  }
}

/** What the last attempt was told; of one that ended otherwise, that it did. */
function reasonOf(failure: ActivityFailure): Explanation {
  for (let cause: Error | undefined = failure; cause; cause = (cause as { cause?: Error }).cause) {
    if (!(cause instanceof ApplicationFailure)) continue
    const told = explanation.safeParse(cause.details?.[0])
    if (told.success) return told.data
  }
  return [sentenceOf('not-delivered'), ...technically(failure.cause?.message ?? '')]
}
