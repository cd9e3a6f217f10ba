import { Context } from '@temporalio/activity'
import type { Logger } from 'pino'
import type { BlobStore } from '../../platform/blobs.ts'
import type { Database } from '../../platform/database.ts'
import type { SmtpPatience } from '../../platform/smtp-transport.ts'
import type { DeliveryActivities } from '../../workflows/activity-types.ts'
import { deliver } from './deliver.ts'
import { MessageLocks } from './message-locks.ts'
import { SmtpSessions } from './smtp-sessions.ts'

export interface MailOutDependencies {
  db: Database
  blobs: BlobStore
  /** Opens stored passwords and DKIM keys. */
  secretKey: Buffer
  /** Without it, departments that have no sender write into the local outbox. */
  defaultSmtpUrl?: string | undefined
  defaultFrom: string
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Shorter waits, in tests. */
  patience?: SmtpPatience
}

/**
 * How often a delivery says that its worker lives: a worker that was killed is noticed by the
 * workflow's heartbeat timeout.
 */
const HEARTBEAT_MS = 4_000

/** The mail-out activities, bound to this process. */
export function mailOutActivities({
  patience,
  ...dependencies
}: MailOutDependencies): DeliveryActivities {
  const delivery = {
    ...dependencies,
    locks: new MessageLocks(dependencies.db.pool),
    sessions: new SmtpSessions(patience),
  }
  return {
    async deliverMessage(order) {
      const context = Context.current()
      const alive = setInterval(() => {
        context.heartbeat()
      }, HEARTBEAT_MS)
      try {
        return await deliver(delivery, order, context.cancellationSignal)
      } finally {
        clearInterval(alive)
      }
    },
  }
}
