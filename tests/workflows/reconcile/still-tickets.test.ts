import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { defaultPayloadConverter } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { ticketByTicket } from '../../../activities/tickets/ticket-by-ticket.ts'
import { ticketWorkflowId } from '../../../application/tickets/ticket-workflow.ts'
import type { Command, CommandName, CommandPayload } from '../../../domain/commands.ts'
import type { StartFacts } from '../../../domain/ticket.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import { reportedRuns, reportsProblems } from '../../../platform/temporal/failing-runs.ts'
import { projectedWorkflows } from '../../api/support/projected-workflows.ts'
import { outgoing } from '../../domain/given.ts'
import { eventually } from '../../harness/eventually.ts'
import { OrderedTickets } from '../support/ordered-tickets.ts'
import { WholeWorkers } from '../support/whole-worker.ts'

const script = fileURLToPath(new URL('../support/dying-worker.ts', import.meta.url))

describe('a ticket that stands still is found', () => {
  let workers: WholeWorkers
  let tickets: OrderedTickets

  before(async () => {
    workers = await WholeWorkers.open()
    tickets = await OrderedTickets.open(workers)
    await workers.start()
  })
  after(() => workers?.close())

  const send = <N extends CommandName>(facts: StartFacts, name: N, payload: CommandPayload<N>) =>
    tickets.send(facts, name, payload)
  const order = () => tickets.order()
  const happened = (number: number, type: string) => tickets.happened(number, type)

  describe('one whose run cannot go on', () => {
    const handleOf = (number: number) => workers.client.workflow.getHandle(ticketWorkflowId(number))
    /** A signal that no code takes: from then on each workflow task fails. */
    const wedge = (number: number) =>
      workers.client.workflowService.signalWorkflowExecution({
        namespace: workers.namespace,
        workflowExecution: { workflowId: ticketWorkflowId(number) },
        signalName: '__temporal_no_code_takes_this',
      })
    const stuck = async (): Promise<{ number: number; renewals: number }[]> =>
      workers.sql(
        `SELECT ticket_number AS number, renewals FROM stuck_ticket WHERE well_at IS NULL ORDER BY 1`,
      )

    it('is found by itself and gets a new one from the log, with what came meanwhile; Health knows until it is well', async () => {
      const [waits, told] = [await order(), await order()]
      for (const number of [waits, told]) await happened(number, 'ticketOpened')
      // Of the first one only a timer and mails would ever ask for anything.
      for (const number of [waits, told]) await wedge(number)
      // Not kept by anybody: as an operator sends it.
      await send({ number: told, resume: true }, 'changePriority', { priority: 'urgent' })
      let renewed = 0
      await eventually('both are found', async () => {
        renewed += (await workers.reconcile()).renewedTickets
        return renewed >= 2
      })
      await happened(told, 'priorityChanged')
      for (const number of [waits, told]) {
        await happened(number, 'workflowResumed')
        assert.deepEqual(
          await workers.sql(
            `SELECT data->>'reason' AS reason FROM ticket_event WHERE ticket_number = $1 AND type = 'workflowResumed'`,
            [number],
          ),
          [{ reason: 'failed' }],
        )
      }
      await send({ number: waits, resume: true }, 'changePriority', { priority: 'low' })
      await happened(waits, 'priorityChanged')
      await eventually('both are known to be well', async () => {
        await workers.reconcile()
        return (await stuck()).length === 0
      })
      assert.deepEqual(
        (
          await workers.sql<{ renewals: number }>(
            'SELECT renewals FROM stuck_ticket WHERE ticket_number = ANY($1)',
            [[waits, told]],
          )
        ).map(({ renewals }) => renewals),
        [1, 1],
      )
    })

    it('is found also when its first failing task was in the hands of a worker that stood still', async (t) => {
      const number = await order()
      await happened(number, 'ticketOpened')
      await workers.stop()
      // Another worker alone has the ticket, and stops with the task that nobody can do in hand.
      const other = spawn(
        process.execPath,
        ['--import', 'tsx', script, workers.database.url, workers.namespace, 'no event'],
        { stdio: 'inherit' },
      )
      t.after(() => other.kill('SIGKILL'))
      await send({ number, resume: true }, 'changePriority', { priority: 'high' })
      await happened(number, 'priorityChanged')
      other.kill('SIGSTOP')
      await wedge(number)
      await eventually('the task timed out', async () => {
        const { raw } = await handleOf(number).describe()
        return (raw.pendingWorkflowTask?.attempt ?? 0) >= 2
      })
      other.kill('SIGKILL')
      await workers.start()
      // Tasks that were not answered are no reason at once: the worker may have woken meanwhile.
      await eventually('it is renewed', async () => (await workers.reconcile()).renewedTickets > 0)
      await happened(number, 'workflowResumed')
    })

    it('is renewed also when its history holds megabytes, and keeps nobody else from it', async () => {
      const [huge, other] = [await order(), await order()]
      for (const number of [huge, other]) await happened(number, 'ticketOpened')
      for (const number of [huge, other]) await wedge(number)
      await send({ number: huge, resume: true }, 'changePriority', { priority: 'urgent' })
      for (const _ of [1, 2, 3, 4, 5, 6])
        await workers.client.workflowService.signalWorkflowExecution({
          namespace: workers.namespace,
          workflowExecution: { workflowId: ticketWorkflowId(huge) },
          signalName: 'addNote',
          input: { payloads: [defaultPayloadConverter.toPayload('x'.repeat(1_500_000))] },
        })
      let renewed = 0
      await eventually('both are renewed', async () => {
        renewed += (await workers.reconcile()).renewedTickets
        return renewed >= 2
      })
      for (const number of [huge, other]) await happened(number, 'workflowResumed')
      await happened(huge, 'priorityChanged')
    })

    it('is renewed though another step of the same run fails', async (t) => {
      const number = await order()
      await happened(number, 'ticketOpened')
      await wedge(number)
      await eventually('it is stuck', async () => {
        const { raw } = await handleOf(number).describe()
        return (raw.pendingWorkflowTask?.attempt ?? 0) >= 3
      })
      // Seen before, however late the server lists it.
      await workers.sql(
        `INSERT INTO stuck_ticket (ticket_number, run_id, since) VALUES ($1, '', now())`,
        [number],
      )
      await workers.sql('ALTER TABLE behind_ticket RENAME TO behind_ticket_away')
      const back = () =>
        workers.sql('ALTER TABLE IF EXISTS behind_ticket_away RENAME TO behind_ticket')
      t.after(back)
      await assert.rejects(workers.reconcile({ everyTicket: true }), 'the run is seen to fail')
      assert.deepEqual(
        await workers.sql('SELECT renewals FROM stuck_ticket WHERE ticket_number = $1', [number]),
        [{ renewals: 1 }],
      )
      await back()
      await happened(number, 'workflowResumed')
    })

    it('is noted with the reason when it cannot be seen to, and the others are', async () => {
      const [bad, good] = [await order(), await order()]
      for (const number of [bad, good]) await happened(number, 'ticketOpened')
      const done: number[] = []
      await new MockActivityEnvironment().run(() =>
        ticketByTicket(
          workers.db,
          [{ number: bad }, { number: good }],
          () => undefined,
          ({ number }) => {
            if (number === bad) return Promise.reject(new Error('no history'))
            done.push(number)
            return Promise.resolve()
          },
          1,
        ),
      )
      assert.deepEqual(done, [good])
      const noted = (number: number) =>
        workers.sql(
          'SELECT reason FROM stuck_ticket WHERE ticket_number = $1 AND well_at IS NULL',
          [number],
        )
      assert.deepEqual(await noted(bad), [{ reason: 'no history' }])
      assert.deepEqual(await noted(good), [])
      await workers.reconcile()
      assert.deepEqual(await noted(bad), [], 'it is well')
    })

    it('is not asked for where the server does not know how to report it', async () => {
      assert.deepEqual(await reportedRuns(workers.client, 1, 'OfANewerServer'), [])
      assert.equal(await reportsProblems(workers.client), true, 'this one does')
    })

    it('is left alone where it can', async () => {
      const number = await order()
      await happened(number, 'ticketOpened')
      const { runId } = await handleOf(number).describe()
      await workers.reconcile({ everyTicket: true })
      assert.equal((await handleOf(number).describe()).runId, runId)
    })

    it('gets the next one ever later when that cannot go on either, and Health says since when', async () => {
      const number = await order()
      await happened(number, 'ticketOpened')
      const renewedBy = async (): Promise<void> => {
        await wedge(number)
        await eventually('it is stuck', async () => {
          const { raw } = await handleOf(number).describe()
          return (raw.pendingWorkflowTask?.attempt ?? 0) >= 3
        })
      }
      await renewedBy()
      await eventually('it is renewed', async () => {
        await workers.reconcile()
        return (await stuck()).some((row) => row.number === number && row.renewals === 1)
      })
      await happened(number, 'workflowResumed')
      await renewedBy()
      // Only just, however long this machine took.
      await workers.sql(
        `UPDATE stuck_ticket SET renewed_at = now() + interval '1 hour' WHERE ticket_number = $1`,
        [number],
      )
      const { runId } = await handleOf(number).describe()
      await workers.reconcile()
      assert.equal((await handleOf(number).describe()).runId, runId, 'not at once')
      assert.deepEqual(await stuck(), [{ number, renewals: 1 }])
      await workers.sql(
        `UPDATE stuck_ticket SET renewed_at = now() - interval '1 hour' WHERE ticket_number = $1`,
        [number],
      )
      await eventually('it is renewed again', async () => {
        await workers.reconcile()
        return (await stuck()).every((row) => row.renewals === 2)
      })
    })
  })

  describe('one that owes by the log what its workflow does not know', () => {
    /** A command of which its workflow never hears: its store is behind, or it lost its task. */
    const written = async <N extends CommandName>(
      number: number,
      name: N,
      payload: CommandPayload<N>,
    ): Promise<void> => {
      const command: Command<N> = { id: randomUUID(), actor: SYSTEM, payload }
      await projectedWorkflows(workers.db.pool).execute({ number, resume: true }, name, command)
    }

    it('a timer that is late and a message that waits for its sending are done once reconcile has looked', async () => {
      const [timer, message] = [await order(), await order()]
      for (const number of [timer, message]) await happened(number, 'ticketOpened')
      await written(timer, 'snooze', { until: new Date(Date.now() + 2_000).toISOString() })
      const id = randomUUID()
      await workers.sql(
        `INSERT INTO message (id, ticket_number, direction, state, from_address, subject, date)
         VALUES ($1, $2, 'outbound', 'queued', 'it@help.example', 'Re', now())`,
        [id, message],
      )
      await written(message, 'reply', outgoing({ messageId: id }))
      assert.equal((await workers.reconcile()).wokenTickets, 0, 'not while it may be under way')
      await workers.sql(
        `UPDATE ticket SET timer_at = now() - interval '10 minutes' WHERE number = $1`,
        [timer],
      )
      await workers.sql(`UPDATE message SET created_at = now() - interval '1 hour' WHERE id = $1`, [
        id,
      ])
      assert.equal((await workers.reconcile()).wokenTickets, 2)
      await happened(timer, 'snoozeEnded')
      await happened(message, 'messageSent')
      assert.equal((await workers.reconcile()).wokenTickets, 0)
      assert.deepEqual(await workers.sql('SELECT 1 FROM behind_ticket'), [], 'it is forgotten')
    })

    it('one that is late for a reason is told again ever later, and not for ever', async () => {
      const number = await order()
      await happened(number, 'ticketOpened')
      await workers.sql(
        `UPDATE ticket SET timer_at = now() - interval '1 hour' WHERE number = $1`,
        [number],
      )
      const hour = (): Promise<unknown> =>
        workers.sql(`UPDATE behind_ticket SET woken_at = now() - interval '2 hours'`)
      for (const woken of [1, 1, 1, 1, 1, 1, 0, 0]) {
        assert.equal((await workers.reconcile()).wokenTickets, woken)
        assert.equal((await workers.reconcile()).wokenTickets, 0, 'not at once')
        await hour()
      }
      await workers.sql('UPDATE ticket SET timer_at = NULL WHERE number = $1', [number])
    })
  })
})
