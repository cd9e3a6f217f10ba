import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before, describe, it } from 'node:test'
import { Client, Connection } from '@temporalio/client'
import { simpleParser } from 'mailparser'
import { hasLostTickets } from '../../../activities/tickets/lost-tickets.ts'
import { persistNotifications } from '../../../activities/notifications/projection.ts'
import type { StartFacts } from '../../../domain/ticket.ts'
import {
  compareOpenTickets,
  endedTickets,
  runningTickets,
} from '../../../application/tickets/running-tickets.ts'
import { notificationMailId } from '../../../application/notifications/notification-mail-workflow.ts'
import { TicketCommands } from '../../../application/tickets/ticket-commands.ts'
import { ticketWorkflowId } from '../../../application/tickets/ticket-workflow.ts'
import type { CommandName, CommandPayload } from '../../../domain/commands.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import { projectedWorkflows } from '../../api/support/projected-workflows.ts'
import { eventually } from '../../harness/eventually.ts'
import { SmtpPeer } from '../../harness/smtp-peer.ts'
import { OrderedTickets } from '../support/ordered-tickets.ts'
import { WholeWorkers } from '../support/whole-worker.ts'

describe('what is owed is done, whatever dies in between', () => {
  let workers: WholeWorkers
  let peer: SmtpPeer
  let tickets: OrderedTickets
  const ida = randomUUID()

  before(async () => {
    peer = await SmtpPeer.start()
    workers = await WholeWorkers.open(peer.url)
    tickets = await OrderedTickets.open(workers)
    await workers.sql(
      `INSERT INTO app_user (id, email, name, role) VALUES ($1, 'ida@help.example', 'Ida', 'admin')`,
      [ida],
    )
  })
  after(async () => {
    await workers?.close()
    await peer?.stop()
  })

  const send = <N extends CommandName>(facts: StartFacts, name: N, payload: CommandPayload<N>) =>
    tickets.send(facts, name, payload)
  const order = () => tickets.order()
  const types = (number: number) => tickets.types(number)
  const happened = (number: number, type: string) => tickets.happened(number, type)
  const owed = async (): Promise<number> => (await workers.sql('SELECT 1 FROM ticket_job')).length
  const rule = async (): Promise<void> => {
    await workers.sql(
      `INSERT INTO ticket_approval_rule (id, name, text, department_id, stages, blocks_resolution, shows_request)
       VALUES ($1, 'Rule', 'May they?', $2, $3, true, false)`,
      [
        randomUUID(),
        tickets.department.id,
        JSON.stringify([{ rule: { kind: 'any' }, approvers: [{ userId: ida }] }]),
      ],
    )
  }

  describe('a rule’s approval', () => {
    before(rule)
    afterEach(() => workers.stop())
    after(() => workers.sql('DELETE FROM ticket_approval_rule'))

    it('is asked before the next command, also when that came with the opening: nobody gets past it', async () => {
      const number = await order()
      await send({ number, resume: true }, 'changeStatus', { status: 'solved', reason: 'agent' })
      await workers.start()
      await happened(number, 'approvalAsked')
      await eventually('nothing is owed', async () => (await owed()) === 0)
      assert.equal((await types(number)).includes('statusChanged'), false)
    })

    it('is asked all the same when the commit that owes it is the last that is heard of a worker', async () => {
      let dying = true
      await workers.start(({ persistEvents }) => ({
        persistEvents: async (batch: Parameters<typeof persistEvents>[0]) => {
          const outcome = await persistEvents(batch)
          if (!dying) return outcome
          dying = false
          throw new Error('the worker dies before anybody hears of it')
        },
      }))
      const number = await order()
      await happened(number, 'approvalAsked')
      await eventually('nothing is owed', async () => (await owed()) === 0)
    })

    it('is asked when the workflow never heard of it, once reconcile has looked', async () => {
      await workers.start()
      const number = await order()
      await happened(number, 'approvalAsked')
      await eventually('nothing is owed', async () => (await owed()) === 0)
      await workers.sql(
        `INSERT INTO ticket_job (ticket_number, kind, event_no, created_at) VALUES ($1, 'approvals', 1, now() - interval '1 minute')`,
        [number],
      )
      await workers.sql(
        `INSERT INTO ticket_approval_rule (id, name, text, department_id, stages, blocks_resolution, shows_request)
         SELECT $1, 'Second', text, department_id, stages, true, false FROM ticket_approval_rule`,
        [randomUUID()],
      )
      assert.equal((await workers.reconcile()).wokenTickets, 1)
      await eventually('the second rule has asked', async () => {
        const asked = (await types(number)).filter((type) => type === 'approvalAsked')
        return asked.length === 2 && (await owed()) === 0
      })
      assert.equal((await workers.reconcile()).wokenTickets, 0)
    })
  })

  describe('a ticket’s workflow', () => {
    before(() => workers.start())
    after(() => workers?.stop())
    const compared = () =>
      compareOpenTickets((work) => work(workers.db), runningTickets(workers.client), 1)

    it('that was cancelled, terminated or deleted is started again, and the history says so once', async () => {
      const numbers = [await order(), await order(), await order(), await order()]
      for (const number of numbers) await happened(number, 'ticketOpened')
      const [cancelled, terminated, deleted, whole] = numbers.map((number) =>
        workers.client.workflow.getHandle(ticketWorkflowId(number)),
      )
      await cancelled?.cancel()
      await terminated?.terminate('by hand')
      await workers.client.workflowService.deleteWorkflowExecution({
        namespace: workers.namespace,
        workflowExecution: { workflowId: deleted?.workflowId ?? '' },
      })
      await eventually('the server lists no more than one of them', async () => {
        const { count } = await workers.client.workflow.count(
          `WorkflowType = 'ticketWorkflow' AND ExecutionStatus = 'Running' AND TicketNumber >= ${numbers[0]}`,
        )
        return count === 1
      })
      await workers.sql(`UPDATE ticket SET updated_at = now() - interval '2 minutes'`)
      let resumed = 0
      await eventually('all three are found', async () => {
        resumed += (await workers.reconcile()).resumedTickets
        return resumed >= 3
      })
      for (const number of numbers.slice(0, 3)) await happened(number, 'workflowResumed')
      await workers.reconcile({ everyTicket: true })
      assert.deepEqual(
        await workers.sql(
          `SELECT ticket_number AS number, data->>'reason' AS reason FROM ticket_event WHERE type = 'workflowResumed' ORDER BY 1`,
        ),
        ['cancelled', 'terminated', 'missing'].map((reason, i) => ({
          number: numbers[i],
          reason,
        })),
      )
      for (const handle of [cancelled, terminated, deleted, whole])
        assert.equal((await handle?.describe())?.status.name, 'RUNNING')
    })

    it('that is missing is found although a closed ticket has left one that runs, and that one ends', async () => {
      const [surplus, missing] = [await order(), await order()]
      for (const number of [surplus, missing]) await happened(number, 'ticketOpened')
      // What its workflow has not heard of.
      await projectedWorkflows(workers.db.pool).execute(
        { number: surplus, resume: true },
        'changeStatus',
        {
          id: randomUUID(),
          actor: SYSTEM,
          payload: { status: 'closed', reason: 'agent' },
        },
      )
      await workers.client.workflow.getHandle(ticketWorkflowId(missing)).terminate('by hand')
      await workers.sql(`UPDATE ticket SET updated_at = now() - interval '2 minutes'`)
      const open = await workers.sql(`SELECT 1 FROM ticket WHERE status <> 'closed'`)
      await eventually('as many are listed as tickets are open', async () => {
        const numbers = await runningTickets(workers.client).numbers({ after: 0, to: null })
        return numbers.size === open.length && numbers.has(surplus) && !numbers.has(missing)
      })
      const { withoutWorkflow, surplus: left } = await compared()
      assert.deepEqual({ withoutWorkflow, left }, { withoutWorkflow: 1, left: 1 }, 'for Health')

      const { resumedTickets, endedRuns } = await workers.reconcile()
      assert.deepEqual({ resumedTickets, endedRuns }, { resumedTickets: 1, endedRuns: 1 })
      await happened(missing, 'workflowResumed')
      await eventually('the run of the closed ticket has ended', async () => {
        const handle = workers.client.workflow.getHandle(ticketWorkflowId(surplus))
        return (await handle.describe()).status.name === 'COMPLETED'
      })
      await eventually('nothing differs any more', async () => {
        const after = await compared()
        return after.withoutWorkflow === 0 && after.surplus === 0
      })
    })

    it('that was terminated a moment ago is found by its name, whatever the counts say', async () => {
      const number = await order()
      await happened(number, 'ticketOpened')
      await workers.client.workflow.getHandle(ticketWorkflowId(number)).terminate('by hand')
      await eventually('it is found', () => hasLostTickets(workers, false))
      await eventually('it is resumed', async () => (await workers.reconcile()).resumedTickets >= 1)
      await happened(number, 'workflowResumed')
      assert.equal(await hasLostTickets(workers, false), false, 'it runs')
    })

    it('of a closed ticket goes on while a message is on its way', async () => {
      const number = await order()
      await happened(number, 'ticketOpened')
      await workers.sql(
        `INSERT INTO message (id, ticket_number, direction, state, from_address, subject, date)
         VALUES (gen_random_uuid(), $1, 'outbound', 'queued', 'it@help.example', 'Hello', now())`,
        [number],
      )
      await workers.sql(
        `UPDATE ticket SET status = 'closed', updated_at = now() - interval '2 minutes' WHERE number = $1`,
        [number],
      )
      assert.deepEqual(await endedTickets(workers.db, [number]), [])
      await workers.sql('DELETE FROM message WHERE ticket_number = $1', [number])
      assert.deepEqual(await endedTickets(workers.db, [number]), [{ number }])
      await workers.sql(`UPDATE ticket SET status = 'new' WHERE number = $1`, [number])
    })

    it('that runs and knows less than the log, because an older store was put back, takes it up', async () => {
      const number = await order()
      await happened(number, 'ticketOpened')
      const priority = async (): Promise<string> =>
        (await workers.client.workflow.getHandle(ticketWorkflowId(number)).query<Ticket>('ticket'))
          .priority
      await workers.reconcile()
      // What the store has forgotten: the last run, and a command.
      await projectedWorkflows(workers.db.pool).execute(
        { number, resume: true },
        'changePriority',
        {
          id: randomUUID(),
          actor: SYSTEM,
          payload: { priority: 'urgent' },
        },
      )
      const [mark] = await workers.sql<{ value: { workflowId: string; runId: string } }>(
        `SELECT value FROM setting WHERE key = 'temporalMark'`,
      )
      const { workflowId, runId } = mark!.value
      await workers.client.workflowService.deleteWorkflowExecution({
        namespace: workers.namespace,
        workflowExecution: { workflowId, runId },
      })
      await eventually(
        'the run is forgotten',
        () =>
          workers.client.workflow
            .getHandle(workflowId, runId)
            .describe()
            .then(
              () => false,
              () => true,
            ),
        300_000,
      )
      assert.equal(await priority(), 'normal')
      assert.ok((await workers.reconcile()).wokenTickets >= 1)
      await eventually('it knows', async () => (await priority()) === 'urgent')
      assert.equal((await workers.reconcile()).wokenTickets, 0, 'once')
    })
  })

  describe('a command that was kept', () => {
    afterEach(() => workers.stop())
    const kept = async (): Promise<number> =>
      (await workers.sql('SELECT 1 FROM kept_command')).length
    const late = () => workers.sql(`UPDATE kept_command SET sent_at = now() - interval '1 hour'`)
    const asked = async (
      number: number,
      priority: 'low' | 'high' | 'urgent',
      commands = workers.commands,
    ): Promise<void> => {
      const command = { id: randomUUID(), actor: SYSTEM, payload: { priority } }
      await assert.rejects(
        commands.execute({ number, resume: true }, 'changePriority', command, { answerMs: 1_000 }),
        { code: 'command-kept' },
      )
    }
    const priorities = async (number: number): Promise<string[]> =>
      (
        await workers.sql<{ to: string }>(
          `SELECT data->>'to' AS to FROM ticket_event WHERE ticket_number = $1 AND type = 'priorityChanged' ORDER BY no`,
          [number],
        )
      ).map(({ to }) => to)
    const opened = async (): Promise<number> => {
      await workers.start()
      const number = await order()
      await happened(number, 'ticketOpened')
      return number
    }

    it('is done although its run was ended by hand before it was decided', async () => {
      const number = await opened()
      await workers.stop()
      await asked(number, 'urgent')
      assert.equal(await kept(), 1)
      await workers.client.workflow.getHandle(ticketWorkflowId(number)).terminate('by hand')
      await workers.start()
      assert.equal((await workers.reconcile()).resentCommands, 0, 'not while it may be on its way')
      await late()
      assert.equal((await workers.reconcile()).resentCommands, 1)
      await happened(number, 'priorityChanged')
      assert.equal(await kept(), 0, 'what is answered is kept no more')
      assert.equal((await workers.reconcile()).resentCommands, 0)
    })

    it('is done before what was asked later, although a run that was ended by hand has lost it', async () => {
      const number = await opened()
      await workers.stop()
      await asked(number, 'low')
      await asked(number, 'high')
      await workers.client.workflow.getHandle(ticketWorkflowId(number)).terminate('by hand')
      await asked(number, 'urgent')
      await workers.start()
      await eventually('all is done', async () => (await priorities(number)).length === 3)
      assert.deepEqual(await priorities(number), ['low', 'high', 'urgent'])
      assert.equal(await kept(), 0, 'what is written is kept no more')
    })

    it('is done although Temporal’s server did not take it, before what was asked later', async (t) => {
      const number = await opened()
      const connection = Connection.lazy({ address: '127.0.0.1:1' })
      t.after(() => connection.close())
      const away = new TicketCommands(new Client({ connection }), workers.commands.answers)
      await asked(number, 'high', away)
      const [row] = await workers.sql<{ due: boolean }>(
        `SELECT sent_at < now() - interval '1 minute' AS due FROM kept_command`,
      )
      assert.equal(row?.due, true, 'as soon as reconcile runs')
      const later = { id: randomUUID(), actor: SYSTEM, payload: { priority: 'urgent' as const } }
      await workers.commands.execute({ number, resume: true }, 'changePriority', later)
      assert.deepEqual(await priorities(number), ['high', 'urgent'])
      assert.equal((await workers.reconcile()).resentCommands, 0)
      await asked(number, 'low', away)
      assert.equal((await workers.reconcile()).resentCommands, 1)
      await eventually('it is done', async () => (await priorities(number)).length === 3)
      assert.equal(await kept(), 0)
    })

    it('is promised only when the database has it; else nobody knows whether it will be done', async () => {
      const number = await opened()
      await workers.stop()
      const command = { id: randomUUID(), actor: SYSTEM, payload: { priority: 'low' as const } }
      await workers.sql('ALTER TABLE kept_command RENAME TO gone')
      await assert.rejects(
        workers.commands.execute({ number, resume: true }, 'changePriority', command, {
          answerMs: 1_000,
        }),
        { code: 'outcome-unknown' },
      )
      await workers.sql('ALTER TABLE gone RENAME TO kept_command')
      await workers.start()
      await eventually('Temporal had it', async () => (await priorities(number)).length === 1)
    })

    it('is done although its run cannot go on, by a new one that goes on from the log', async () => {
      const number = await opened()
      const { workflowId } = workers.client.workflow.getHandle(ticketWorkflowId(number))
      await workers.client.workflowService.signalWorkflowExecution({
        namespace: workers.namespace,
        workflowExecution: { workflowId },
        signalName: '__temporal_no_code_takes_this',
      })
      await asked(number, 'urgent')
      await eventually('its tasks fail', async () => {
        const { raw } = await workers.client.workflow.getHandle(workflowId).describe()
        return (raw.pendingWorkflowTask?.attempt ?? 0) >= 3
      })
      await late()
      assert.equal((await workers.reconcile()).resentCommands, 1)
      await happened(number, 'priorityChanged')
      assert.deepEqual((await types(number)).filter((type) => type === 'workflowResumed').length, 1)
      await late()
      await workers.reconcile()
      assert.equal(await kept(), 0)
    })
  })

  describe('what a worker’s start sees to', () => {
    before(() => workers.start())
    after(() => workers.stop())

    it('is started again within a minute when somebody ended or deleted it: mailboxes and schedules', async () => {
      const mailbox = (host: string | null, enabled = true) => {
        const id = randomUUID()
        return workers
          .sql(
            `INSERT INTO mailbox (id, address, department_id, host, port, enabled) VALUES ($1, $2, $3, $4, 993, $5)`,
            [id, `${id}@desk.example`, tickets.department.id, host, enabled],
          )
          .then(() => workers.client.workflow.getHandle(`mailbox-${id}`))
      }
      const watched = await mailbox('imap.desk.example')
      const others = [await mailbox(null), await mailbox('imap.desk.example', false)]
      assert.equal((await workers.reconcile()).ensured, 1)
      await watched.terminate('by hand')
      const schedule = workers.client.schedule.getHandle('warranty-watch')
      await schedule.delete()
      await eventually('both are there again', async () => {
        await workers.reconcile()
        return (
          (await watched.describe()).status.name === 'RUNNING' &&
          (await schedule.describe()).scheduleId === 'warranty-watch'
        )
      })
      for (const other of others) await assert.rejects(other.describe(), /not found/i)
      await eventually('nothing is missed', async () => (await workers.reconcile()).ensured === 0)
      await watched.terminate('the test is over')
      await workers.sql('UPDATE mailbox SET enabled = false')
    })
  })

  describe('a notification', () => {
    const notify = (number: number, eventNo: number) =>
      persistNotifications(workers.db, number, [
        { eventNo, kind: 'approvalReminder', to: { userId: ida }, data: { subject: 'VPN' } },
        { eventNo, kind: 'approvalAsked', to: { userId: ida }, data: { subject: 'VPN' } },
      ])
    /** A task that went to a worker which has just stopped comes again after three minutes. */
    const allMailed = () =>
      eventually(
        'all are mailed',
        async () =>
          (await workers.sql('SELECT 1 FROM notification WHERE mailed_at IS NULL')).length === 0,
        300_000,
      )

    /** A ticket of which nobody has been told anything yet. */
    const toldOfNothing = async (): Promise<number> => {
      const number = await order()
      await happened(number, 'ticketOpened')
      await workers.sql('DELETE FROM notification')
      peer.mails.length = 0
      return number
    }

    describe('with two workers', () => {
      before(async () => {
        await workers.start()
        await workers.start()
      })
      after(() => workers?.stop())

      it('is mailed by one of two workers, what comes together in one mail', async () => {
        const number = await toldOfNothing()
        workers.mailSignals.send(await notify(number, 1))
        await allMailed()
        assert.equal(peer.mails.length, 1)
        assert.ok((await simpleParser(peer.mails[0]!.raw)).text)
      })

      it('that nobody was told of is mailed once reconcile has looked', async () => {
        const number = await toldOfNothing()
        await notify(number, 1)
        await workers.sql(`UPDATE notification SET due_at = now() - interval '1 minute'`)
        assert.equal((await workers.reconcile()).mailedPeople, 1)
        await allMailed()
      })

      it('waits for the mail server, and goes with what comes then', async () => {
        const number = await toldOfNothing()
        peer.fail({ kind: 'reject', at: 'data', code: 451 })
        workers.mailSignals.send(await notify(number, 1))
        await eventually(
          'the failure is known',
          async () =>
            (await workers.sql('SELECT 1 FROM notification WHERE failure IS NOT NULL')).length > 0,
        )
        workers.mailSignals.send(await notify(number, 2))
        await allMailed()
        assert.equal(peer.mails.length, 1)
      })
    })

    describe('of which is heard while an attempt to mail others is under way', () => {
      afterEach(() => workers.stop())
      const endings: Record<string, () => Promise<{ next: null }>> = {
        'which fails': () => Promise.reject(new Error('421 not now')),
        'which saw nothing of it': () => Promise.resolve({ next: null }),
      }
      for (const [ending, end] of Object.entries(endings))
        it(`${ending}: goes as soon as that has ended, and takes the others along`, async () => {
          let attempts = 0
          let ended = (): void => undefined
          const untilThen = new Promise<void>((resolve) => (ended = resolve))
          await workers.start(({ mailNotifications }) => ({
            mailNotifications: async (input: Parameters<typeof mailNotifications>[0]) => {
              if (++attempts > 1) return mailNotifications(input)
              await untilThen
              return end()
            },
          }))
          const number = await toldOfNothing()
          workers.mailSignals.send(await notify(number, 1))
          await eventually('an attempt is under way', () => attempts === 1)
          workers.mailSignals.send(await notify(number, 2))
          const mailing = workers.client.workflow.getHandle(notificationMailId(ida))
          await eventually('its workflow has heard of it', async () =>
            (await mailing.fetchHistory()).events?.some(
              (event) => event.activityTaskCancelRequestedEventAttributes,
            ),
          )
          ended()
          await allMailed()
          assert.deepEqual({ attempts, mails: peer.mails.length }, { attempts: 2, mails: 1 })
        })
    })
  })
})
