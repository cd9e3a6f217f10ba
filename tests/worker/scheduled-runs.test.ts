import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { TASK_QUEUE } from '../../platform/temporal/connection.ts'
import { renewScheduledRuns } from '../../worker/scheduled-runs.ts'
import { eventually } from '../harness/eventually.ts'
import { WholeWorkers } from '../workflows/support/whole-worker.ts'

describe('a scheduled run that cannot go on', () => {
  let workers: WholeWorkers

  before(async () => {
    workers = await WholeWorkers.open()
    await workers.start()
  })
  after(() => workers?.close())

  const statusOf = async (workflowId: string): Promise<string> =>
    (await workers.client.workflow.getHandle(workflowId).describe()).status.name

  it('is ended by the workers and begun anew: of reconcile, which would find it otherwise, and of a schedule', async () => {
    const { client } = workers
    // Code breaks on these inputs, so each of the run's workflow tasks fails.
    const broken = [null]
    const workflowId = 'reconcile-that-stands-still'
    await client.workflow.start('reconcileWorkflow', {
      workflowId,
      taskQueue: TASK_QUEUE,
      args: broken,
    })
    const action = {
      type: 'startWorkflow' as const,
      workflowType: 'slaReplanWorkflow',
      taskQueue: TASK_QUEUE,
    }
    const schedule = await client.schedule.create({
      scheduleId: 'replan-of-the-test',
      spec: {},
      action: { ...action, workflowId: 'replan-of-the-test', args: broken },
    })
    await schedule.trigger()
    const stuck = await eventually('its run has begun', async () => {
      const first = (await schedule.describe()).info.recentActions[0]?.action
      return first?.type === 'startWorkflow' && first.workflow.workflowId
    })
    await schedule.update((known) => ({ ...known, action: { ...action, args: [] } }))

    const ended: string[] = []
    await eventually('both are ended', async () => {
      ended.push(...(await renewScheduledRuns(client)))
      return ended.length >= 2
    })
    assert.deepEqual(ended.toSorted(), [workflowId, stuck].toSorted())
    for (const id of ended) assert.equal(await statusOf(id), 'TERMINATED')
    await eventually('reconcile has begun anew', async () => {
      const query = `WorkflowId STARTS_WITH 'reconcile-at-start-'`
      return (await client.workflow.count(query)).count > 0
    })
    await eventually('the schedule has begun its run anew, and it is done', async () => {
      const { info } = await schedule.describe()
      const last = info.recentActions.at(-1)?.action
      if (last?.type !== 'startWorkflow' || last.workflow.workflowId === stuck) return false
      return (await statusOf(last.workflow.workflowId)) === 'COMPLETED'
    })
    await schedule.delete()
  })

  it('is left alone where it can', async () => {
    // None of these workers has its activity.
    const { client } = workers
    const waits = await client.workflow.start('warrantyWatchWorkflow', {
      workflowId: 'warranty-watch-that-waits',
      taskQueue: TASK_QUEUE,
    })
    await eventually('it is listed', async () => {
      const query = `WorkflowId = '${waits.workflowId}' AND ExecutionStatus = 'Running'`
      return (await client.workflow.count(query)).count === 1
    })
    assert.deepEqual(await renewScheduledRuns(client), [])
    assert.equal(await statusOf(waits.workflowId), 'RUNNING')
    await waits.terminate('the test is over')
  })
})
