import {
  ContinueAsNew,
  continueAsNew,
  proxyLocalActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow'
import { activitiesOn } from '../activities-on.ts'
import type {
  LeftBehind,
  LostTicketsPage,
  ReconcileActivities,
  Reconciled,
  ReconcileInput,
} from './activities.ts'

const { lookForLeftBehind } = proxyLocalActivities<ReconcileActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
})
/** A worker that dies with mail in hand is noticed by its missing heartbeat. */
const handling = activitiesOn<ReconcileActivities>('errands', {
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 10 },
})
const mending = activitiesOn<ReconcileActivities>('errands', {
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '30 seconds',
  // The next run finds what this one could not mend.
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 5 },
})

/**
 * The safety net below everything that is told to a workflow after it was written down: started
 * every minute by a schedule, and by each worker at its start. It looks for what is owed although it
 * should be done by now, and has it done; every command is sent with its first id, so that it counts
 * once. Mostly there is nothing, and it ends.
 */
export async function reconcileWorkflow({
  atStart = false,
  everyTicket = false,
  lost,
}: ReconcileInput = {}): Promise<Reconciled> {
  const found = await lookForLeftBehind.executeWithOptions(
    { summary: 'what is owed and should be done by now' },
    [{ atStart }],
  )
  // An older store has forgotten what was sent last, however lately that was.
  const atOnce = atStart || found.restoredStore !== null
  const [
    mail,
    resentCommands,
    owing,
    mailedPeople,
    compared,
    forgetful,
    ,
    renewedTickets,
    ensured,
    behind,
  ] = await eachInItsTurn([
    mails(found, atStart, atOnce),
    found.keptCommands ? mending.resendKeptCommands({ atStart: atOnce }) : 0,
    found.owingTickets ? mending.wakeOwingTickets() : 0,
    found.forgottenNotifications ? mending.mailForgottenNotifications() : 0,
    lost || everyTicket || found.lostTickets ? compareEveryTicket(lost) : null,
    found.restoredStore ? mending.wakeForgetfulTickets(found.restoredStore) : 0,
    found.outdatedPlans ? mending.replanOutdatedTickets() : null,
    found.stuckTickets || everyTicket
      ? mending.renewStuckTickets.executeWithOptions({ summary: 'runs that cannot go on' }, [
          { owing: everyTicket },
        ])
      : 0,
    found.longLived ? mending.ensureLongLived() : 0,
    found.behindTickets ? mending.wakeBehindTickets() : 0,
  ])
  return {
    ...mail,
    resentCommands,
    wokenTickets: owing + forgetful + behind,
    mailedPeople,
    resumedTickets: compared?.resumed ?? 0,
    endedRuns: compared?.ended ?? 0,
    renewedTickets,
    ensured,
  }
}

/**
 * Waits for every step, however the others end: what one cannot do keeps nobody else from being
 * helped.
 * @throws at the end what the first that failed said, so that the run is seen to have failed. One that
 *   goes on in a new run counts more.
 */
async function eachInItsTurn<Steps extends readonly unknown[] | []>(
  steps: Steps,
): Promise<{ -readonly [K in keyof Steps]: Awaited<Steps[K]> }> {
  const ended = await Promise.allSettled(steps)
  const failures = ended.flatMap((one): unknown[] =>
    one.status === 'rejected' ? [one.reason] : [],
  )
  if (failures.length > 0)
    throw failures.find((reason) => reason instanceof ContinueAsNew) ?? failures[0]
  return Promise.all(steps)
}

async function mails(
  { storedMail, unsettledMail }: LeftBehind,
  atStart: boolean,
  atOnce: boolean,
): Promise<Pick<Reconciled, 'routedMails' | 'resentMails'>> {
  const routing =
    storedMail || atStart
      ? handling.routeLeftBehindMail.executeWithOptions(
          { summary: 'stored mails that nobody has in hand' },
          [{ atStart }],
        )
      : Promise.resolve(0)
  // After it, whether it failed or not.
  const resending = routing
    .catch(() => 0)
    .then(() =>
      unsettledMail || atStart
        ? handling.resendUnsettledMail.executeWithOptions(
            { summary: 'mails whose event is missing' },
            [{ atStart: atOnce }],
          )
        : 0,
    )
  const [routedMails, resentMails] = await eachInItsTurn([routing, resending])
  return { routedMails, resentMails }
}

/** @returns how many tickets were started again, and how many runs told to end. */
async function compareEveryTicket(
  page: LostTicketsPage = { after: 0, resumed: 0 },
): Promise<LostTicketsPage> {
  for (let next = page; ;) {
    const { more, ...done } = await mending.resumeLostTickets.executeWithOptions(
      { summary: `open tickets after #${next.after}` },
      [next],
    )
    next = done
    setCurrentDetails(`${done.resumed} tickets started again; next after #${done.after}.`)
    if (!more) return done
    if (workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof reconcileWorkflow>({ lost: next })
  }
}
