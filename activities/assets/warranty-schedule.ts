import { type Client, ScheduleAlreadyRunning } from '@temporalio/client'
import { TASK_QUEUE } from '../../platform/temporal/connection.ts'

export const WARRANTY_SCHEDULE = 'warranty-watch'

/**
 * Has the ends of warranties and licences looked at every day, at five in the morning (UTC). At
 * every worker's start; a schedule that is there, and what an operator changed on it, stays.
 */
export async function ensureWarrantySchedule(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: WARRANTY_SCHEDULE,
      spec: { calendars: [{ hour: 5, comment: 'every day' }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'warrantyWatchWorkflow',
        workflowId: WARRANTY_SCHEDULE,
        taskQueue: TASK_QUEUE,
        args: [],
      },
      policies: { overlap: 'SKIP', catchupWindow: '1 day' },
    })
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
  }
}
