import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { Client, Connection } from '@temporalio/client'
import { ensureSchedules, schedules } from '../../../application/schedules.ts'
import { TASK_QUEUE } from '../../../platform/temporal/connection.ts'
import type { AnnouncedEndings, AssetActivities } from '../../../workflows/schedules/activities.ts'
import { workflowBundle } from '../../harness/workflow-bundle.ts'
import { freshNamespace } from '../../harness/guichet.ts'
import { serverOf, withoutTestServer } from '../../harness/needs.ts'
import { Workers } from '../../../worker/workers.ts'

describe('the warranty watch', () => {
  it('has one schedule, whoever makes it', async (t) => {
    const address = serverOf('TEST_TEMPORAL_ADDRESS')
    const namespace = await freshNamespace(address)
    const connection = await Connection.connect({ address })
    t.after(() => connection.close())
    const client = new Client({ connection, namespace })
    await Promise.all([ensureSchedules(client), ensureSchedules(client)])
    await ensureSchedules(client)
    const { spec, action } = await client.schedule
      .getHandle(schedules.warrantyWatch.scheduleId)
      .describe()
    assert.deepEqual(
      [action.type === 'startWorkflow' && action.workflowType, spec.calendars?.length],
      ['warrantyWatchWorkflow', 1],
    )
  })

  describe('its workflow', { skip: withoutTestServer }, () => {
    let environment: TestWorkflowEnvironment
    let worker: Workers
    let running: Promise<void>
    let attempts = 0

    before(async () => {
      Runtime.install({ logger: new DefaultLogger('ERROR') })
      environment = await TestWorkflowEnvironment.createTimeSkipping({
        server: {
          executable: {
            type: 'existing-path',
            path: process.env['TEST_TEMPORAL_TEST_SERVER'] ?? '',
          },
        },
      })
      const activities: AssetActivities = {
        announceEndings: () =>
          ++attempts < 3
            ? Promise.reject(new Error('the database is away'))
            : Promise.resolve({ tickets: attempts === 3 ? [1001] : [] }),
      }
      worker = await Workers.create({
        connection: environment.nativeConnection,
        taskQueue: TASK_QUEUE,
        activities: { ...activities },
        workflowBundle: workflowBundle(),
      })
      running = worker.run()
    })
    after(async () => {
      worker?.shutdown()
      await running
      await environment?.teardown()
    })

    it('tries again until it is done, and run twice opens nothing anew', async () => {
      const run = (workflowId: string) =>
        environment.client.workflow.execute<() => Promise<AnnouncedEndings>>(
          'warrantyWatchWorkflow',
          { workflowId, taskQueue: TASK_QUEUE },
        )
      assert.deepEqual(await run('watch-1'), { tickets: [1001] })
      assert.deepEqual(await run('watch-2'), { tickets: [] })
    })
  })
})
