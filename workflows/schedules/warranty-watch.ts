import { activitiesOn } from '../activities-on.ts'
import type { AnnouncedEndings, AssetActivities } from './activities.ts'

const { announceEndings } = activitiesOn<AssetActivities>('errands', {
  startToCloseTimeout: '10 minutes',
  // What does not work today is tried again for some hours; tomorrow's run finds what is left.
  scheduleToCloseTimeout: '12 hours',
  retry: { initialInterval: '10 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
})

/**
 * Started every day by the schedule `warranty-watch`: opens tickets for warranties and licences
 * near their end.
 */
export async function warrantyWatchWorkflow(): Promise<AnnouncedEndings> {
  return announceEndings()
}
