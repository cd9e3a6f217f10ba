import { ApplicationFailure, Context } from '@temporalio/activity'
import type { Logger } from 'pino'
import type { BlobStore } from '../../platform/postgres/blobs.ts'
import { databaseTrouble } from '../../platform/postgres/database-trouble.ts'
import type { OpenDatabase } from '../../platform/postgres/database.ts'
import type { SmtpTimeouts } from '../../platform/smtp/account.ts'
import type { DeliveryActivities } from '../../workflows/ticket/activities.ts'
import { AccountBusyError } from './account-queue.ts'
import { deliver } from './deliver.ts'
import { MessageLocks } from './delivery-locks.ts'
import { senderContact } from './sender-contact.ts'
import { SmtpSessions } from './smtp-pool.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'

export interface MailOutDependencies {
  db: OpenDatabase
  blobs: BlobStore
  /** Opens stored passwords and DKIM keys. */
  secretKeys: SecretKeys
  /** Without it, departments that have no sender write into the local outbox. */
  defaultSmtpUrl?: string | undefined
  defaultFrom: string
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Shorter waits, in tests. */
  timeouts?: SmtpTimeouts
  /** Those of the process, where others send too. */
  sessions?: SmtpSessions
}

/**
 * How often a delivery says that its worker lives: a worker that was killed is noticed by the
 * workflow's heartbeat timeout.
 */
const HEARTBEAT_MS = 4_000

/** The mail-out activities, bound to this process. */
export function mailOutActivities({
  timeouts,
  sessions,
  ...dependencies
}: MailOutDependencies): DeliveryActivities {
  const delivery = {
    ...dependencies,
    locks: new MessageLocks(dependencies.db.pool),
    sessions: sessions ?? new SmtpSessions(timeouts, senderContact(dependencies.db)),
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
        throw triedAgain(error, Date.now() - context.info.scheduledTimestampMs)
      } finally {
        clearInterval(alive)
      }
    },
  }
}

/** Pauses between attempts while a mail server takes nothing: the first, and the longest. */
const PAUSE = { first: 15_000, most: 1_800_000 }

/**
 * Says when the next attempt begins, which Temporal would take from the number of attempts: those that
 * came to no mail server do not count.
 * @param age of the order, in milliseconds.
 */
function triedAgain(error: unknown, age: number): unknown {
  if (error instanceof AccountBusyError)
    return later(error, 'AccountBusy', Math.max(error.comeAgain, 1))
  // Our own database is waited for.
  if (databaseTrouble(error)) return later(error, 'DatabaseAway', PAUSE.first)
  if (error instanceof ApplicationFailure && error.type === 'SmtpTemporary')
    return later(
      error,
      error.type,
      Math.min(Math.max(age, PAUSE.first), PAUSE.most),
      error.details ?? [],
    )
  return error
}

const later = (
  error: unknown,
  type: string,
  nextRetryDelay: number,
  details: unknown[] = [],
): ApplicationFailure =>
  ApplicationFailure.create({
    message: error instanceof Error ? error.message : String(error),
    type,
    nextRetryDelay,
    details,
    ...(error instanceof Error && !(error instanceof ApplicationFailure) ? { cause: error } : {}),
  })
