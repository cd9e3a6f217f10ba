import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { after, afterEach, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  compareTicketWithLog,
  signalTicket,
  ticketWorkflowId,
} from '../../../application/tickets/ticket-workflow.ts'
import { RENEWED } from '../../../activities/tickets/workflow-loss.ts'
import type { Command, CommandName, CommandPayload } from '../../../domain/commands.ts'
import { searchAttributeNames, searchAttributeTypes } from '../../../domain/search-attributes.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import { registerSearchAttributes } from '../../../platform/temporal/connection.ts'
import { eventually } from '../../harness/eventually.ts'
import { WholeWorkers } from '../support/whole-worker.ts'

/** What was given to a killed worker comes again only when Temporal misses it. Milliseconds. */
const AFTER_A_KILL = 300_000

describe('a ticket whose workflow was ended by hand, or lost, says once that it runs again', () => {
  let workers: WholeWorkers
  const department = { id: randomUUID(), name: 'IT' }
  let last = 2000

  before(async () => {
    workers = await WholeWorkers.open()
    await workers.sql(`INSERT INTO department (id, name) VALUES ($1, 'IT')`, [department.id])
  })
  afterEach(() => workers.stop())
  after(() => workers?.close())

  const handleOf = (number: number) => workers.client.workflow.getHandle(ticketWorkflowId(number))
  const send = <N extends CommandName>(
    number: number,
    name: N,
    payload: CommandPayload<N>,
    over: Partial<Command> = {},
  ): Promise<void> =>
    signalTicket(workers.client, { number, resume: name !== 'openTicket' }, name, {
      id: randomUUID(),
      actor: SYSTEM,
      payload,
      ...over,
    })
  const types = async (number: number): Promise<string[]> =>
    (
      await workers.sql<{ type: string }>(
        'SELECT type FROM ticket_event WHERE ticket_number = $1 ORDER BY no',
        [number],
      )
    ).map(({ type }) => type)
  const reasons = async (number: number): Promise<string[]> =>
    (
      await workers.sql<{ reason: string }>(
        `SELECT data->>'reason' AS reason FROM ticket_event
         WHERE ticket_number = $1 AND type = 'workflowResumed' ORDER BY no`,
        [number],
      )
    ).map(({ reason }) => reason)
  const happened = (number: number, ...wanted: string[]) =>
    eventually(
      `${wanted.join(' and ')} in #${number}`,
      async () => {
        const found = await types(number)
        if (wanted.every((type) => found.includes(type))) return true
        throw new Error(found.join(', '))
      },
      AFTER_A_KILL,
    )
  /** What was sent before is decided: the workflow takes its commands one after another. */
  async function settled(number: number): Promise<void> {
    const preview = randomUUID()
    await send(number, 'addNote', { noteId: randomUUID(), preview })
    await eventually(
      'what was sent last is done',
      async () =>
        (
          await workers.sql(
            `SELECT 1 FROM ticket_event WHERE ticket_number = $1 AND data->>'preview' = $2`,
            [number, preview],
          )
        ).length > 0,
      AFTER_A_KILL,
    )
  }
  async function opened(): Promise<number> {
    const number = ++last
    await send(number, 'openTicket', {
      subject: `Ticket ${number}`,
      requester: { email: 'anna@client.example', name: 'Anna' },
      department,
      priority: 'normal',
      channel: 'api',
    })
    await happened(number, 'ticketOpened')
    return number
  }
  const urgent = (number: number, over: Partial<Command> = {}) =>
    send(number, 'changePriority', { priority: 'urgent' }, over)
  /** Ends a worker of its own right after the commit of an event of this type. */
  async function killedAtCommitOf(type: string): Promise<void> {
    const script = fileURLToPath(new URL('../support/dying-worker.ts', import.meta.url))
    const dying = spawn(
      process.execPath,
      ['--import', 'tsx', script, workers.database.url, workers.namespace, type],
      { stdio: 'inherit' },
    )
    const [, signal] = (await once(dying, 'exit')) as [number | null, string | null]
    assert.equal(signal, 'SIGKILL')
  }

  it('when a command revives it, which is carried out, also when meant for the version before', async () => {
    await workers.start()
    const number = await opened()
    await handleOf(number).terminate('by hand')
    await urgent(number, { expectedVersion: 1 })
    await happened(number, 'priorityChanged', 'workflowResumed')
    await settled(number)
    assert.deepEqual(await types(number), [
      'ticketOpened',
      'priorityChanged',
      'workflowResumed',
      'noteAdded',
    ])
    assert.deepEqual(await reasons(number), ['terminated'])
    await handleOf(number).cancel()
    await eventually(
      'it is cancelled',
      async () => (await handleOf(number).describe()).status.name === 'CANCELLED',
    )
    await settled(number)
    await settled(number)
    assert.deepEqual(await reasons(number), ['terminated', 'cancelled'], 'one for each ending')
  })

  it('when the log wakes it, or its next run is ended before it could say so', async () => {
    await workers.start()
    const number = await opened()
    await workers.stop()
    await handleOf(number).terminate('by hand')
    await compareTicketWithLog(workers.client, { number })
    await handleOf(number).terminate('again')
    await compareTicketWithLog(workers.client, { number })
    await workers.start()
    await happened(number, 'workflowResumed')
    await settled(number)
    assert.deepEqual(await reasons(number), ['terminated'])
  })

  it('when it was deleted, or failed, and a command is quicker than reconcile: with the true reason', async () => {
    await workers.start()
    const [deleted, failed] = [await opened(), await opened()]
    await workers.client.workflowService.deleteWorkflowExecution({
      namespace: workers.namespace,
      workflowExecution: { workflowId: ticketWorkflowId(deleted) },
    })
    await eventually('it is deleted', () =>
      handleOf(deleted)
        .describe()
        .then(
          () => false,
          () => true,
        ),
    )
    await handleOf(failed).terminate(RENEWED)
    for (const number of [deleted, failed]) {
      await urgent(number)
      await happened(number, 'priorityChanged', 'workflowResumed')
    }
    assert.deepEqual(await reasons(deleted), ['missing'])
    assert.deepEqual(await reasons(failed), ['failed'])
  })

  it('when several commands and reconcile find it at once', async () => {
    await workers.start()
    const numbers = await Promise.all(Array.from({ length: 8 }, opened))
    await Promise.all(numbers.map((number) => handleOf(number).terminate('by hand')))
    await Promise.all([
      workers.reconcile({ everyTicket: true }),
      ...numbers.flatMap((number) => [urgent(number), urgent(number)]),
      workers.reconcile({ everyTicket: true }),
    ])
    for (const number of numbers) await happened(number, 'priorityChanged', 'workflowResumed')
    await workers.reconcile({ everyTicket: true })
    for (const number of numbers) {
      await settled(number)
      assert.deepEqual(await reasons(number), ['terminated'], `#${number}`)
    }
  })

  it('when the worker dies between the commit of the line and Temporal, and writes it twice', async () => {
    await workers.start()
    const number = await opened()
    await workers.stop()
    await handleOf(number).terminate('by hand')
    await urgent(number)
    await killedAtCommitOf('workflowResumed')
    assert.equal((await reasons(number)).length, 1)
    await workers.start(({ persistEvents }) => ({
      persistEvents: async (batch: Parameters<typeof persistEvents>[0]) => {
        await persistEvents(batch)
        return persistEvents(batch)
      },
    }))
    await settled(number)
    assert.equal((await reasons(number)).length, 1)
    assert.equal((await types(number)).filter((type) => type === 'priorityChanged').length, 1)
  })

  it('and says nothing where a closed ticket is worked on again: its workflow had come to its end', async () => {
    await workers.start()
    const closed = async (): Promise<number> => {
      const number = await opened()
      await send(number, 'changeStatus', { status: 'closed', reason: 'agent' })
      await eventually(
        'its workflow ends',
        async () => (await handleOf(number).describe()).status.name === 'COMPLETED',
      )
      return number
    }
    const [number, other] = [await closed(), await closed()]
    await send(number, 'changeStatus', { status: 'open', reason: 'agent' })
    await settled(number)
    assert.deepEqual(await reasons(number), [])

    await workers.stop()
    await send(other, 'changeStatus', { status: 'open', reason: 'agent' })
    await killedAtCommitOf('statusChanged')
    await workers.start()
    await settled(other)
    assert.deepEqual(await reasons(other), [], 'nor when its worker dies over it')
  })

  it('when a lost store’s search attributes come back later than its first command', async () => {
    const { connection, namespace } = workers
    await workers.start()
    const number = await opened()
    await workers.stop()
    await connection.operatorService.removeSearchAttributes({
      namespace,
      searchAttributes: [...searchAttributeNames],
    })
    await workers.client.workflowService.deleteWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: ticketWorkflowId(number) },
    })
    await eventually('it is deleted', () =>
      handleOf(number)
        .describe()
        .then(
          () => false,
          () => true,
        ),
    )
    await urgent(number)
    await workers.start()
    await happened(number, 'priorityChanged', 'workflowResumed')
    await eventually('its tasks fail', async () => {
      const { raw } = await handleOf(number).describe()
      return (raw.pendingWorkflowTask?.attempt ?? 0) >= 3
    })
    await eventually('Health shows it meanwhile', async () => {
      assert.equal((await workers.reconcile()).renewedTickets, 0)
      const noted = await workers.sql(
        'SELECT 1 FROM stuck_ticket WHERE ticket_number = $1 AND well_at IS NULL',
        [number],
      )
      return noted.length === 1
    })
    await registerSearchAttributes(connection, namespace, searchAttributeTypes)
    await settled(number)
    await workers.reconcile()
    assert.deepEqual(await reasons(number), ['missing'])
  })
})
