import { type Client, ScheduleOverlapPolicy, type WorkflowExecutionInfo } from '@temporalio/client'
import { ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client'
import { reconcileAtStart } from '../application/reconcile/reconcile-workflow.ts'
import { scheduledTypes, schedules } from '../application/schedules.ts'
import { type FailingRun, failingRun } from '../platform/temporal/failing-runs.ts'
import { NOT_ENDED } from '../platform/temporal/not-ended.ts'

/**
 * Tasks that were only not answered may have been given to a worker that stood still; this worker is
 * there, so a run of which that goes on for so long is stuck. Milliseconds.
 */
const UNANSWERED = 60_000

/**
 * Ends runs of scheduled workflows that cannot go on, and has each begin anew. While one stands still
 * its schedule starts no other, so `reconcile`, which finds every other such run, would not find its
 * own, and a run of each year or day would come only with the next one.
 * @returns the ids of those that were ended.
 */
export async function renewScheduledRuns(client: Client): Promise<string[]> {
  const types = [...scheduledTypes].map((type) => `'${type}'`).join(', ')
  const query = `WorkflowType IN (${types}) AND ${NOT_ENDED}`
  const ended: string[] = []
  for await (const run of client.workflow.list({ query })) {
    const failing = await failingRun(client, run.workflowId)
    if (failing === null || !isStuck(failing)) continue
    if (!(await end(client, run.workflowId, failing))) continue
    ended.push(run.workflowId)
    await beginAnew(client, run)
  }
  return ended
}

const isStuck = ({ failed, since }: FailingRun): boolean =>
  failed || Date.now() - since.getTime() > UNANSWERED

/** @returns false when it has ended already: another worker was quicker, and begins it anew. */
async function end(
  client: Client,
  workflowId: string,
  { runId, reason }: FailingRun,
): Promise<boolean> {
  try {
    await client.workflow
      .getHandle(workflowId, runId)
      .terminate(`It could not go on: ${reason || 'its tasks came to nothing'}`)
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

/** What no schedule has started is found to be missing by `reconcile`, but for `reconcile` itself. */
async function beginAnew(client: Client, run: WorkflowExecutionInfo): Promise<void> {
  const scheduleId = run.searchAttributes['TemporalScheduledById']?.[0]
  if (typeof scheduleId === 'string') await trigger(client, scheduleId)
  else if (run.type === schedules.reconcile.workflowType) await reconcileAtStart(client)
}

/** One that an operator has paused stays so. */
async function trigger(client: Client, scheduleId: string): Promise<void> {
  const schedule = client.schedule.getHandle(scheduleId)
  try {
    if ((await schedule.describe()).state.paused) return
    // The schedule may not have heard yet that the run before has ended.
    await schedule.trigger(ScheduleOverlapPolicy.BUFFER_ONE)
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error
  }
}
