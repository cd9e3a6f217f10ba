import {
  condition,
  continueAsNew,
  defineSignal,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { activitiesOn } from '../activities-on.ts'
import type { SlaReplanActivities, SlaReplanInput } from './activities.ts'

export const slaSettingsChanged = defineSignal('slaSettingsChanged')

const { renewPlans, replanTickets } = activitiesOn<SlaReplanActivities>('errands', {
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
})

/**
 * Puts changed service levels, calendars and waiting policies to every ticket that is not closed,
 * page by page. A change that comes meanwhile begins anew; tickets that go by it already are passed
 * over.
 */
export async function slaReplanWorkflow({ renew = false }: SlaReplanInput = {}): Promise<void> {
  let changes = 0
  setHandler(slaSettingsChanged, () => {
    changes++
  })
  if (renew)
    await renewPlans.executeWithOptions({ summary: 'clock changes reach a further year' }, [])
  let done = 0
  for (let seen = -1; seen !== changes;) {
    seen = changes
    let after: number | null = 0
    while (after !== null && seen === changes) {
      setCurrentDetails(`${done} tickets go by the settings of now; next after #${after}.`)
      const page: { tickets: number; last: number | null } = await replanTickets.executeWithOptions(
        { summary: `tickets after #${after}` },
        [{ after }],
      )
      done += page.tickets
      after = page.last
    }
    if (seen !== changes && workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof slaReplanWorkflow>({})
    // Signals of the same moment are one change.
    if (seen !== changes) await condition(() => false, 100)
  }
  setCurrentDetails(`${done} tickets were planned anew.`)
}
