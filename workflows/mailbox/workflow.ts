import {
  ActivityCancellationType,
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import { activitiesOn } from '../activities-on.ts'
import type { MailboxActivities, MailboxWorkflowInput, WatchOutcome } from './activities.ts'

export const settingsChangedSignal = defineSignal('settingsChanged')
export const retryMailSignal = defineSignal<[string]>('retryMail')
export const stopSignal = defineSignal('stop')

const RECONCILE_EVERY = '1 hour'
/**
 * The first comparison waits this long: while a mailbox cannot be opened or its connection does not
 * last, there is nothing to compare.
 */
const RECONCILE_FIRST = '10 seconds'
/** A connection that lasts shorter than this is reopened more and more slowly. Seconds. */
const STEADY = 60

const watching = activitiesOn<Pick<MailboxActivities, 'watchMailbox'>>('mailboxes', {
  // The activity lasts as long as its connection. A worker that dies is noticed by its missing
  // heartbeat.
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '60 seconds' },
})
const comparing = activitiesOn<Pick<MailboxActivities, 'reconcileMailbox'>>('mailboxes', {
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  // What does not work now is compared in the next hour; the watch tells the administrator what is
  // wrong.
  retry: { initialInterval: '10 seconds', backoffCoefficient: 3, maximumAttempts: 3 },
})
const retrying = activitiesOn<Pick<MailboxActivities, 'retryQuarantined'>>('errands', {
  startToCloseTimeout: '5 minutes',
  retry: { maximumInterval: '60 seconds', maximumAttempts: 10 },
})

/**
 * One mailbox, one durable process, one watch at a time wherever it runs: watches, reconnects,
 * compares server and ledger every hour. Ends when there is nothing to watch; a change of settings
 * starts it again.
 */
export async function mailboxWorkflow({
  mailboxId,
  address,
  retries = [],
}: MailboxWorkflowInput): Promise<void> {
  const toRetry = [...retries]
  let stopped = false
  let changes = 0
  let current = new CancellationScope()
  setHandler(settingsChangedSignal, () => {
    changes++
    current.cancel()
  })
  setHandler(retryMailSignal, (mailId) => {
    if (isShortText(mailId)) toRetry.push(mailId)
  })
  setHandler(stopSignal, () => {
    stopped = true
    current.cancel()
  })

  const beside = new CancellationScope()
  const retryLoop = quietly(beside.run(() => retryMails(toRetry)))
  for (let brief = 0; !stopped;) {
    const seen = changes
    setCurrentDetails(`Watching **${address}**.`)
    current = new CancellationScope()
    const outcome = await ended(current.run(() => watchAndCompare(mailboxId, address)))
    if (changes !== seen && !stopped) continue
    if (outcome?.end === 'not-watched') break
    if (workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > 4000) {
      beside.cancel()
      await retryLoop
      await condition(allHandlersFinished)
      await continueAsNew<typeof mailboxWorkflow>({ mailboxId, address, retries: toRetry })
    }
    if (outcome?.end !== 'lost') continue
    brief = outcome.seconds < STEADY ? Math.min(brief + 1, 6) : 0
    setCurrentDetails(`**${address}** is being reconnected.\n\n${outcome.reason}`)
    current = new CancellationScope()
    await quietly(
      current.run(() => sleep(1000 * 2 ** brief, { summary: 'before the next connection' })),
    )
  }
  setCurrentDetails(
    `**${address}** is not watched: switched off, deleted, or served by the built-in receiver alone.`,
  )
  await condition(() => toRetry.length === 0, '5 minutes')
  beside.cancel()
  await retryLoop
}

/**
 * The watch, with a comparison at its start and every hour beside it. The end of the watch ends
 * both.
 */
async function watchAndCompare(mailboxId: string, address: string): Promise<WatchOutcome> {
  const comparison = new CancellationScope()
  const compared = quietly(
    comparison.run(async () => {
      await sleep(RECONCILE_FIRST, { summary: 'before the first comparison with the server' })
      for (;;) {
        await quietlyFailing(
          comparing.reconcileMailbox.executeWithOptions(
            { summary: `compare ${address} with the ledger` },
            [{ mailboxId }],
          ),
        )
        await sleep(RECONCILE_EVERY, { summary: 'until the next comparison with the server' })
      }
    }),
  )
  try {
    return await watching.watchMailbox.executeWithOptions({ summary: `watch ${address}` }, [
      { mailboxId },
    ])
  } finally {
    comparison.cancel()
    await compared
  }
}

/** What operators type may be anything; whether there is such a mail the activity knows. */
const isShortText = (value: unknown): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= 64

async function retryMails(toRetry: string[]): Promise<void> {
  for (;;) {
    await condition(() => toRetry.length > 0)
    const mailId = toRetry[0]!
    await quietlyFailing(
      retrying.retryQuarantined.executeWithOptions({ summary: `try mail ${mailId} again` }, [
        { mailId },
      ]),
    )
    toRetry.shift()
  }
}

/**
 * @returns what the watch came to; null when it was cancelled, or ended in a way that only another
 *   try can mend.
 */
async function ended(watch: Promise<WatchOutcome>): Promise<WatchOutcome | null> {
  try {
    return await watch
  } catch (error) {
    if (isCancellation(error)) return null
    if (error instanceof ActivityFailure)
      return { end: 'lost', reason: error.cause?.message ?? error.message, seconds: 0 }
    throw error
  }
}

async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isCancellation(error)) throw error
  }
}

async function quietlyFailing(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error
  }
}
