import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  sleep,
} from '@temporalio/workflow'
import { z } from 'zod'
import { activitiesOn } from '../activities-on.ts'
import type { NotificationMailActivities, NotificationMailInput } from './activities.ts'

/** @param dueAt ISO time at which what was written is to be mailed. */
export const notificationsWritten = defineSignal<[string]>('notificationsWritten')

/** An operator may have sent it. */
const time = z.iso.datetime()

const { mailNotifications } = activitiesOn<NotificationMailActivities>('notifications', {
  startToCloseTimeout: '3 minutes',
  // As long as mail servers try (RFC 5321 section 4.5.4.1); then they are shown in the app alone.
  scheduleToCloseTimeout: '5 days',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '15 seconds', backoffCoefficient: 2, maximumInterval: '1 hour' },
})

/** After a fault that no further attempt mends by itself. Milliseconds. */
const AFTER_GIVING_UP = 3_600_000

/**
 * The notifications of one person by mail: what comes within a minute goes together, and while the
 * mail server is away what comes later is tried at once. Ends when nothing waits.
 */
export async function notificationMailWorkflow({
  recipient,
}: NotificationMailInput): Promise<void> {
  let told = 0
  let next = Infinity
  setHandler(notificationsWritten, (raw) => {
    const { success, data: dueAt } = time.safeParse(raw)
    if (!success) {
      log.warn('a signal that names no time at which notifications are due is left out')
      return
    }
    told++
    next = Math.min(next, Date.parse(dueAt))
  })
  // Started without being told anything: something was left behind.
  if (!(await condition(() => told > 0, '1 second'))) next = Date.now()
  while (next < Infinity) {
    if (next > Date.now()) {
      await waitUntil(next, () => next)
      continue
    }
    setCurrentDetails('Being mailed now.')
    next = Infinity
    const later = await mail(recipient, () => told)
    // Read afterwards: signals that came meanwhile have told of earlier ones.
    next = Math.min(next, later)
  }
}

/** Waits for a time, or until there is an earlier one. */
async function waitUntil(time: number, next: () => number): Promise<void> {
  setCurrentDetails(`The next mail leaves at ${new Date(time).toISOString()}.`)
  const waiting = new CancellationScope()
  await waiting
    .run(async () => {
      await Promise.race([
        sleep(time - Date.now(), { summary: 'what comes until then goes in the same mail' }),
        condition(() => next() < time),
      ])
      waiting.cancel()
    })
    .catch(unlessCancelled)
}

/**
 * Mails what waits, as often as it takes. What is written meanwhile ends the waiting for another
 * attempt, and begins anew with everything.
 * @returns milliseconds since 1970 of the next mail.
 */
async function mail(recipient: string, told: () => number): Promise<number> {
  const before = told()
  const [mailing, listening] = [new CancellationScope(), new CancellationScope()]
  void listening
    .run(() => condition(() => told() > before))
    .then(() => {
      mailing.cancel()
    })
    .catch(unlessCancelled)
  try {
    const { next } = await mailing.run(() =>
      mailNotifications.executeWithOptions({ summary: 'mail what this person is to be told' }, [
        { recipient },
      ]),
    )
    return next === null ? Infinity : Date.parse(next)
  } catch (error) {
    if (!(error instanceof ActivityFailure || isCancellation(error))) throw error
    // Also an attempt that failed or was lost meanwhile: once cancelled, it is not repeated.
    if (told() > before) return Date.now()
    if (isCancellation(error)) throw error
    return Date.now() + AFTER_GIVING_UP
  } finally {
    listening.cancel()
  }
}

const unlessCancelled = (error: unknown): void => {
  if (!isCancellation(error)) throw error
}
