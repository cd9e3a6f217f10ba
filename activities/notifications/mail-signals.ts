import type { Client } from '@temporalio/client'
import {
  mailNotifications,
  type NotificationRecipient,
} from '../../application/notifications/notification-mail-workflow.ts'
import type { NotificationsToMail } from './projection.ts'

/**
 * Tells the workflows of notification mail what was written, beside the commands that wrote it: no
 * ticket waits for this. What is lost here, `reconcile` finds.
 */
export class MailSignals {
  /** Times of which a person's workflow is being told, or will be by the next signal. */
  private readonly untold = new Map<NotificationRecipient, Date[]>()
  private readonly sending = new Set<Promise<void>>()

  constructor(
    private readonly client: Client,
    private readonly log: { warn: (facts: object, text: string) => void },
  ) {}

  /** Returns at once. */
  send(written: readonly NotificationsToMail[]): void {
    for (const { recipient, dueAt } of written) {
      const before = this.untold.get(recipient)
      if (before) {
        before.push(dueAt)
        continue
      }
      this.untold.set(recipient, [dueAt])
      const sent = this.tell(recipient).finally(() => this.sending.delete(sent))
      this.sending.add(sent)
    }
  }

  /** Resolves when everything has left. */
  async settled(): Promise<void> {
    await Promise.all(this.sending)
  }

  private async tell(recipient: NotificationRecipient): Promise<void> {
    try {
      for (let times; (times = this.untold.get(recipient)?.splice(0)) && times.length > 0;)
        await mailNotifications(
          this.client,
          recipient,
          times.reduce((a, b) => (a < b ? a : b)),
        )
    } catch (error) {
      this.log.warn(
        { error: error instanceof Error ? error.message : String(error) },
        'a notification’s mail could not be handed to Temporal; it will be found',
      )
    } finally {
      this.untold.delete(recipient)
    }
  }
}
