import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client'

/** A workflow that a schedule starts again and again. */
export interface ScheduledWorkflow {
  scheduleId: string
  spec: ScheduleOptions['spec']
  workflowType: string
  args?: unknown[]
  taskQueue: string
  /** What it is for, in one line for the operator. */
  summary: string
  /** How late a run may be made up for that was due while the server was away. */
  catchupWindow: NonNullable<ScheduleOptions['policies']>['catchupWindow']
  /** Raised when anything above changes: then schedules that are there are brought up to date. */
  revision: number
}

/**
 * Creates a schedule, or brings one of an earlier version up to date: at every worker's start. What
 * an operator set on it (paused, a note, other times) stays until then.
 */
export async function ensureSchedule(client: Client, scheduled: ScheduledWorkflow): Promise<void> {
  const { scheduleId, spec, workflowType, args = [], taskQueue, summary, revision } = scheduled
  const action = {
    type: 'startWorkflow' as const,
    workflowType,
    workflowId: scheduleId,
    taskQueue,
    args,
    staticSummary: summary,
    memo: { revision },
  }
  const policies = {
    overlap: ScheduleOverlapPolicy.SKIP,
    catchupWindow: scheduled.catchupWindow ?? '1 minute',
  }
  try {
    await client.schedule.create({ scheduleId, spec, action, policies, memo: { summary } })
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
    const handle = client.schedule.getHandle(scheduleId)
    const known = (await handle.describe()).action.memo?.['revision']
    if (known === revision) return
    await handle.update(({ state }) => ({ spec, action, policies, state }))
  }
}
