import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import type { WorkflowHandle } from '@temporalio/client'
import { signalMailbox } from '../../../application/mail-in/mailbox-workflow.ts'
import { TASK_QUEUE } from '../../../platform/temporal/connection.ts'
import type { MailboxActivities, WatchOutcome } from '../../../workflows/mailbox/activities.ts'
import { eventually } from '../../harness/eventually.ts'
import { withoutTestServer } from '../../harness/needs.ts'
import { workflowBundle } from '../../harness/workflow-bundle.ts'
import { Workers } from '../../../worker/workers.ts'

/**
 * The mailbox's workflow on the time-skipping server: what it does about how watches end. The
 * watches themselves are given.
 */
describe('the mailbox workflow', { skip: withoutTestServer }, () => {
  let environment: TestWorkflowEnvironment
  let worker: Workers
  let running: Promise<void>
  let watches: { mailboxId: string; cancelled: boolean }[] = []
  let comparisons = 0
  let retried: string[] = []
  let script: (WatchOutcome | Error | 'until cancelled')[] = []

  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') })
    const path = process.env['TEST_TEMPORAL_TEST_SERVER'] ?? ''
    environment = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path } },
    })
    const activities: MailboxActivities = {
      async watchMailbox({ mailboxId }) {
        const watch = { mailboxId, cancelled: false }
        watches.push(watch)
        const next = script.shift() ?? 'until cancelled'
        if (next instanceof Error) throw next
        if (next !== 'until cancelled') return next
        const beat = setInterval(() => {
          Context.current().heartbeat()
        }, 200)
        await Context.current().cancelled.catch(() => undefined)
        clearInterval(beat)
        watch.cancelled = true
        return { end: 'stopped' }
      },
      reconcileMailbox: () => {
        comparisons++
        return Promise.resolve({ onServer: 0, fetched: 0, withoutEnd: 0 })
      },
      retryQuarantined: ({ mailId }) => {
        retried.push(mailId)
        return Promise.resolve(true)
      },
    }
    worker = await Workers.create({
      connection: environment.nativeConnection,
      taskQueue: TASK_QUEUE,
      activities,
      workflowBundle: workflowBundle(),
    })
    running = worker.run()
  })
  after(async () => {
    worker?.shutdown()
    await running
    await environment?.teardown()
  })
  beforeEach(() => {
    watches = []
    comparisons = 0
    retried = []
    script = []
  })

  async function start(...ends: typeof script): Promise<{ id: string; handle: WorkflowHandle }> {
    script = ends
    const id = randomUUID()
    await environment.client.workflow.start('mailboxWorkflow', {
      workflowId: `mailbox-${id}`,
      taskQueue: TASK_QUEUE,
      args: [{ mailboxId: id, address: 'it@desk.test' }],
      staticSummary: 'Mailbox it@desk.test',
    })
    return { id, handle: environment.client.workflow.getHandle(`mailbox-${id}`) }
  }
  const watched = (count: number) => eventually(`${count} watches`, () => watches.length >= count)
  const stop = async (id: string, handle: WorkflowHandle): Promise<void> => {
    await signalMailbox(environment.client, id, 'stop')
    await handle.result()
  }

  it('watches, compares at its start, and ends when told to', async () => {
    const { id, handle } = await start()
    await watched(1)
    await eventually('compared', () => comparisons === 1)
    await stop(id, handle)
    assert.equal(watches.length, 1)
    await eventually('the watch is told', () => watches[0]!.cancelled)
  })

  it('begins anew at once when the settings change', async () => {
    const { id, handle } = await start()
    await watched(1)
    await signalMailbox(environment.client, id, 'settingsChanged')
    await watched(2)
    assert.equal((await handle.describe()).status.name, 'RUNNING')
    await stop(id, handle)
  })

  it('reconnects when the connection was lost, more and more slowly when it never lasts', async () => {
    const lost: WatchOutcome = { end: 'lost', reason: 'The connection was lost.', seconds: 0 }
    const { id, handle } = await start(lost, lost, lost)
    await eventually('three times lost', async () => {
      await environment.sleep('1 second')
      return watches.length >= 4
    })
    await stop(id, handle)
  })

  it('tries again by itself when the mailbox cannot be opened', async () => {
    const { id, handle } = await start(
      ApplicationFailure.create({ message: 'Nothing answers.', type: 'connection-refused' }),
    )
    await eventually('tried again', async () => {
      await environment.sleep('1 second')
      return watches.length >= 2
    })
    await stop(id, handle)
  })

  it('ends when there is nothing to watch, and begins again when that changes', async () => {
    const { id, handle } = await start({ end: 'not-watched' })
    await handle.result()
    await signalMailbox(environment.client, id, 'settingsChanged')
    await watched(2)
    await stop(id, environment.client.workflow.getHandle(`mailbox-${id}`))
  })

  it('tries a quarantined mail again beside the watch, and for a mailbox that is not watched', async () => {
    const { id, handle } = await start()
    await watched(1)
    // Whatever somebody types into the Temporal UI is no mail, and holds none up.
    for (const garbage of ['', 'x'.repeat(100_000), 7, null, { mail: 1 }])
      await signalMailbox(environment.client, id, 'retryMail', garbage as string)
    await signalMailbox(environment.client, id, 'retryMail', 'mail-1')
    await eventually('tried', () => retried.includes('mail-1'))
    assert.deepEqual(retried, ['mail-1'])
    assert.equal(watches.length, 1)
    await stop(id, handle)
    script = [{ end: 'not-watched' }]
    await signalMailbox(environment.client, id, 'retryMail', 'mail-2')
    await eventually('tried', () => retried.includes('mail-2'))
    await environment.client.workflow.getHandle(`mailbox-${id}`).result()
  })
})
