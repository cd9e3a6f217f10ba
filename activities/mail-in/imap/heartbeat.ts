import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { ImapFailure } from '../../../platform/imap/failure.ts'

/**
 * How often a lasting activity says that its worker lives. Well below the workflow's heartbeat
 * timeout. Milliseconds.
 */
const HEARTBEAT_MS = 3_000

/**
 * A wrong password is not tried again every few seconds: providers lock the account. A change of
 * settings starts the watch at once.
 */
const AFTER_REFUSAL = '2 minutes'

/**
 * Runs an activity that lasts as long as a connection, with heartbeats; a cancelled one gets its
 * signal.
 * @param closing the process ends: the activity ends now and is taken up by another worker, or by
 *   this one's successor.
 * @throws ApplicationFailure in words for the operator, who reads it in the Temporal UI.
 */
export async function withHeartbeats<T>(
  closing: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const context = Context.current()
  if (closing.aborted) throw handedOver()
  const beat = setInterval(() => {
    context.heartbeat()
  }, HEARTBEAT_MS)
  try {
    context.heartbeat()
    const result = await work(AbortSignal.any([context.cancellationSignal, closing]))
    // Whatever it came to was brought about by the end of this process.
    if (closing.aborted) throw handedOver()
    return result
  } catch (error) {
    if (error instanceof ImapFailure) throw inWords(error)
    throw error
  } finally {
    clearInterval(beat)
  }
}

const handedOver = (): ApplicationFailure =>
  ApplicationFailure.create({
    message: 'This worker is stopping; the next one goes on.',
    type: 'worker-stopping',
    nextRetryDelay: '1 second',
  })

const inWords = (failure: ImapFailure): ApplicationFailure =>
  ApplicationFailure.create({
    message: failure.message,
    type: failure.code,
    ...(failure.needsSettings ? { nextRetryDelay: AFTER_REFUSAL } : {}),
  })
