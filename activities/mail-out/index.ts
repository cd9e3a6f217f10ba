import { ApplicationFailure, Context } from '@temporalio/activity'
import type { Logger } from 'pino'
import type { BlobStore } from '../../platform/postgres/blobs.ts'
import { isDatabaseAway } from '../../platform/postgres/database-away.ts'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import type { SmtpTimeouts } from '../../platform/smtp/account.ts'
import type { DeliveryActivities } from '../../workflows/ticket/activities.ts'
import { deliver } from './deliver.ts'
import { MessageLocks } from './delivery-locks.ts'
import { senderContact } from './sender-contact.ts'
import { SmtpSessions } from './smtp-pool.ts'

export interface MailOutDependencies {
  db: OpenDatabase
  blobs: BlobStore
  /** Opens stored passwords and DKIM keys. */
  secretKey: Buffer
  /** Without it, departments that have no sender write into the local outbox. */
  defaultSmtpUrl?: string | undefined
  defaultFrom: string
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Shorter waits, in tests. */
  timeouts?: SmtpTimeouts
}

/**
 * How often a delivery says that its worker lives: a worker that was killed is noticed by the
 * workflow's heartbeat timeout.
 */
const HEARTBEAT_MS = 4_000

/** The mail-out activities, bound to this process. */
export function mailOutActivities({
  timeouts,
  ...dependencies
}: MailOutDependencies): DeliveryActivities {
  const delivery = {
    ...dependencies,
    locks: new MessageLocks(dependencies.db.pool),
    sessions: new SmtpSessions(timeouts, senderContact(dependencies.db)),
  }
  return {
    async deliverMessage(order) {
      const context = Context.current()
      const alive = setInterval(() => {
        context.heartbeat()
      }, HEARTBEAT_MS)
      try {
        return await deliver(delivery, order, context.cancellationSignal)
      } catch (error) {
        throw isDatabaseAway(error) ? untilItIsBack(error) : error
      } finally {
        clearInterval(alive)
      }
    },
  }
}

/** The pauses between attempts grow for mail servers that are away: our own database is waited for. */
const untilItIsBack = (error: unknown): ApplicationFailure =>
  ApplicationFailure.create({
    message: String(error),
    type: 'DatabaseAway',
    ...(error instanceof Error ? { cause: error } : {}),
    nextRetryDelay: '15 seconds',
  })
