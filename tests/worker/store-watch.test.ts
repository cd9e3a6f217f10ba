import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import { StoreWatch } from '../../worker/store-watch.ts'
import { SeenRuns } from '../../worker/seen-runs.ts'
import type { Workers } from '../../worker/workers.ts'
import { eventually } from '../harness/eventually.ts'
import { OrderedTickets } from '../workflows/support/ordered-tickets.ts'
import { WholeWorkers } from '../workflows/support/whole-worker.ts'

/** Events, more than a run that is about to end its task still writes. */
const FAR = 100
/** Longer ago than what has ended is kept, whoever may have deleted it. */
const DAY = 24 * 3_600_000

describe('a store of Temporal', () => {
  let desk: WholeWorkers
  let workers: Workers
  let tickets: OrderedTickets
  let number: number

  before(async () => {
    desk = await WholeWorkers.open()
    workers = await desk.start()
    tickets = await OrderedTickets.open(desk)
    number = await tickets.order()
    await tickets.happened(number, 'ticketOpened')
  })
  after(() => desk?.close())

  const atServer = async (): Promise<{
    workflowId: string
    runId: string
    historyLength: number
  }> => {
    const workflowId = ticketWorkflowId(number)
    const { runId, historyLength } = await desk.client.workflow.getHandle(workflowId).describe()
    return { workflowId, runId, historyLength }
  }
  const ahead = async (
    run: Awaited<ReturnType<typeof atServer>>,
    at?: number,
  ): Promise<boolean> => {
    const seen = new SeenRuns()
    seen.see(run, at)
    return (await seen.ahead(desk.client)) !== null
  }

  it('knows what its workers have done', async () => {
    assert.equal(await workers.seen.ahead(desk.client), null)
  })

  it('was put back when it knows less of a run, or nothing of one that was there lately', async () => {
    const run = await atServer()
    assert.equal(await ahead(run), false)
    assert.equal(await ahead({ ...run, historyLength: run.historyLength + FAR }), true)
    const unknown = { ...run, runId: randomUUID() }
    assert.equal(await ahead(unknown), true)
    assert.equal(await ahead(unknown, Date.now() - DAY), false)
  })

  it('was not for a workflow task that is made again, whose events are not written yet', async () => {
    const run = await atServer()
    assert.equal(await ahead({ ...run, historyLength: run.historyLength + 2 }), false)
  })

  it('that was put back has its workers forget their runs and every ticket compared, and work goes on', async (t) => {
    const run = await atServer()
    workers.seen.see({ ...run, historyLength: run.historyLength + FAR })
    const said: string[] = []
    const watch = new StoreWatch(
      {
        ...desk,
        workers,
        log: {
          warn: (...words: unknown[]) => {
            said.push(String(words.at(-1)))
          },
        },
      },
      100,
    )
    watch.start()
    t.after(() => watch.stop())
    await eventually('it is seen', () => said.some((line) => line.includes('was put back')))
    await tickets.send({ number, resume: true }, 'changePriority', { priority: 'urgent' })
    await tickets.happened(number, 'priorityChanged')
    await eventually('somebody looks for what was left behind', async () => {
      const query = `WorkflowId STARTS_WITH 'reconcile-at-start-'`
      return (await desk.client.workflow.count(query)).count > 0
    })
    assert.equal(await workers.seen.ahead(desk.client), null)
    assert.equal(said.length, 1, said.join('\n'))
    assert.ok(workers.running)
  })
})
