import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { sql } from 'kysely'
import { TASK_QUEUE } from '../../../platform/temporal/connection.ts'
import { CommandRejectedError } from '../../../application/tickets/command-answers.ts'
import { signalTicket } from '../../../application/tickets/ticket-workflow.ts'
import type { DeliveryResult } from '../../../workflows/ticket/activities.ts'
import { eventually } from '../../harness/eventually.ts'
import { withoutTestServer } from '../../harness/needs.ts'
import { agent, outgoing, received, requester, SAM } from '../../domain/given.ts'
import { startTicketWorker, type TicketWorker } from './worker.ts'

/**
 * The ticket's workflow on the time-skipping server, with the real projection; only the mail
 * server's answers are given.
 */
describe('the ticket workflow', { skip: withoutTestServer }, () => {
  let tickets: TicketWorker
  let answers: DeliveryResult[] = []
  const delivered: string[] = []

  before(async () => {
    tickets = await startTicketWorker({
      deliver: (order) => {
        delivered.push(order.messageId)
        return Promise.resolve(answers.shift() ?? { outcome: 'sent', detail: '250 OK' })
      },
    })
  })
  after(() => tickets?.stop())

  const resume = (number: number) => ({ number, resume: true })
  const open = () => tickets.open()
  const history = (number: number) => tickets.history(number)
  const column = (number: number, name: string) => tickets.column(number, name)

  it('writes event log and projection once, however often the same signal comes', async () => {
    const number = 900
    const command = {
      id: `mail-${randomUUID()}`,
      actor: requester,
      payload: {
        message: { ...received(), messageId: randomUUID() },
        opening: tickets.opening,
      },
    }
    for (let i = 0; i < 5; i++)
      await signalTicket(tickets.client, { number, resume: i > 0 }, 'mailReceived', command)
    await eventually('2 events', async () => (await history(number)).length === 2)
    await signalTicket(tickets.client, resume(number), 'addNote', {
      id: 'n',
      actor: agent,
      payload: { noteId: randomUUID(), preview: 'x' },
    })
    await eventually('3 events', async () => (await history(number)).length === 3)
    assert.deepEqual(await history(number), ['ticketOpened', 'messageReceived', 'noteAdded'])
  })

  it('answers an update once its projection is written', async () => {
    const number = await open()
    const after = await tickets.execute(resume(number), 'changePriority', {
      id: 'p1',
      actor: agent,
      payload: { priority: 'urgent' },
    })
    assert.equal(after.priority, 'urgent')
    assert.equal(await column(number, 'priority'), 'urgent')
    const again = await tickets.execute(resume(number), 'changePriority', {
      id: 'p1',
      actor: agent,
      payload: { priority: 'low' },
    })
    assert.equal(again.priority, 'urgent', 'the same command id changes nothing')
  })

  it('refuses a bad update with the rule’s code and writes nothing', async () => {
    const number = await open()
    await tickets.execute(resume(number), 'changeStatus', {
      id: 's',
      actor: agent,
      payload: { status: 'open', reason: 'agent' },
    })
    const lines = await history(number)
    await assert.rejects(
      tickets.execute(resume(number), 'changeStatus', {
        id: 's2',
        actor: agent,
        payload: { status: 'new', reason: 'agent' },
      }),
      (error) => error instanceof CommandRejectedError && error.code === 'status-not-new-again',
    )
    await assert.rejects(
      tickets.execute(resume(number), 'changePriority', {
        id: 's3',
        actor: agent,
        payload: { priority: 'enormous' as 'high' },
      }),
      (error) => error instanceof CommandRejectedError && error.code === 'command-malformed',
    )
    assert.deepEqual(await history(number), lines)
  })

  it('writes a refused or unreadable signal into the history', async () => {
    const number = await open()
    const handle = tickets.client.workflow.getHandle(`ticket-${number}`)
    await handle.signal('retryMessage', {
      id: 'r',
      actor: { kind: 'operator', name: 'Ida' },
      payload: { messageId: randomUUID() },
    })
    await handle.signal('changePriority', 'urgent please')
    await eventually('4 events', async () => (await history(number)).length === 4)
    assert.deepEqual((await history(number)).slice(2), ['commandRejected', 'commandRejected'])

    // By a program with a converter of its own: nobody here can decode it, and nothing stands still.
    const { runId } = await handle.describe()
    const data = new TextEncoder().encode('{')
    for (const encoding of ['json/plain', 'binary/encrypted'])
      await tickets.client.workflowService.signalWorkflowExecution({
        namespace: tickets.client.options.namespace,
        workflowExecution: { workflowId: handle.workflowId },
        signalName: 'changePriority',
        input: { payloads: [{ metadata: { encoding: new TextEncoder().encode(encoding) }, data }] },
      })
    await eventually('6 events', async () => (await history(number)).length === 6)
    assert.deepEqual((await history(number)).slice(4), ['commandRejected', 'commandRejected'])
    assert.equal((await handle.describe()).runId, runId)

    // Of a name that nobody knows: each leaves a line, but not as many as anybody may send.
    for (let i = 0; i < 25; i++) await handle.signal('makeCoffee', { i })
    await handle.signal('changePriority', 'urgent please')
    await eventually('27 events', async () => (await history(number)).length === 27)
    const { rows } = await sql<{ command: string; message: string }>`
      SELECT data->>'command' AS command, data->>'message' AS message FROM ticket_event
      WHERE ticket_number = ${number} AND no = 7`.execute(tickets.db)
    assert.deepEqual(rows, [
      { command: 'makeCoffee', message: 'There is no command “makeCoffee”.' },
    ])
  })

  it('mail of notifications goes on when somebody signals what is no time', async () => {
    const workflowId = 'notification-mail-somebody@client.example'
    const handle = await tickets.client.workflow.signalWithStart('notificationMailWorkflow', {
      workflowId,
      taskQueue: TASK_QUEUE,
      args: [{ recipient: 'somebody@client.example' }],
      signal: 'notificationsWritten',
      signalArgs: [{ undecodable: true }],
    })
    await eventually('it mails what waits', async () => {
      const { raw } = await handle.describe()
      return raw.pendingActivities?.some(
        ({ activityType }) => activityType?.name === 'mailNotifications',
      )
    })
    await handle.terminate('the test is over')
  })

  it('sends a reply once and records what the mail server said', async () => {
    const number = await open()
    const reply = { ...outgoing(), messageId: randomUUID() }
    await tickets.execute(resume(number), 'reply', {
      id: 'a',
      actor: agent,
      payload: reply,
    })
    await eventually('messageSent', async () => (await history(number)).includes('messageSent'))
    assert.equal(delivered.filter((id) => id === reply.messageId).length, 1)
  })

  it('tries a doubtful delivery once more, then parks it for a person', async () => {
    const number = await open()
    const reply = { ...outgoing(), messageId: randomUUID() }
    answers = [
      { outcome: 'doubtful', detail: 'lost after DATA' },
      { outcome: 'doubtful', detail: 'lost again' },
    ]
    await tickets.execute(resume(number), 'reply', {
      id: 'd',
      actor: agent,
      payload: reply,
    })
    await eventually(
      'messageDoubtful twice',
      async () => (await history(number)).filter((t) => t === 'messageDoubtful').length === 2,
    )
    assert.equal(await column(number, 'delivery_trouble'), true)
    await tickets.execute(resume(number), 'retryMessage', {
      id: 'd2',
      actor: agent,
      payload: { messageId: reply.messageId },
    })
    await eventually(
      'messageSent at last',
      async () => (await history(number)).at(-1) === 'messageSent',
    )
    assert.equal(await column(number, 'delivery_trouble'), false)
  })

  it('takes a held reply back before it leaves', async () => {
    const number = await open()
    const reply = { ...outgoing({ holdMs: 600_000 }), messageId: randomUUID() }
    await tickets.execute(resume(number), 'reply', {
      id: 'h',
      actor: agent,
      payload: reply,
    })
    await tickets.execute(resume(number), 'cancelReply', {
      id: 'h2',
      actor: agent,
      payload: { messageId: reply.messageId },
    })
    await tickets.sleep('20 minutes')
    assert.ok(!delivered.includes(reply.messageId))
  })

  it('closes a solved ticket after a week, ends, and is reopened by an answer in a new run', async () => {
    const number = await open()
    await tickets.execute(resume(number), 'changeStatus', {
      id: 'x',
      actor: agent,
      payload: { status: 'solved', reason: 'agent' },
    })
    await tickets.sleep('8 days')
    await eventually('status closed', async () => (await column(number, 'status')) === 'closed')
    const handle = tickets.client.workflow.getHandle(`ticket-${number}`)
    await eventually(
      'the workflow completed',
      async () => (await handle.describe()).status.name === 'COMPLETED',
    )
    await signalTicket(tickets.client, resume(number), 'mailReceived', {
      id: `mail-${randomUUID()}`,
      actor: requester,
      payload: { message: { ...received(), messageId: randomUUID() } },
    })
    await eventually('status open', async () => (await column(number, 'status')) === 'open')
    assert.equal(await column(number, 'message_count'), 2)
  })

  it('does not close a solved ticket that was answered in time', async () => {
    const number = await open()
    await tickets.execute(resume(number), 'changeStatus', {
      id: 'x',
      actor: agent,
      payload: { status: 'solved', reason: 'agent' },
    })
    await tickets.sleep('6 days')
    await signalTicket(tickets.client, resume(number), 'mailReceived', {
      id: `mail-${randomUUID()}`,
      actor: requester,
      payload: { message: { ...received(), messageId: randomUUID() } },
    })
    await eventually('status open', async () => (await column(number, 'status')) === 'open')
    await tickets.sleep('8 days')
    assert.equal(await column(number, 'status'), 'open')
  })

  it('goes on from what is stored when another run has written meanwhile', async () => {
    const number = await open()
    // An earlier run's write whose acknowledgement was lost with its worker.
    await tickets.db.pool.query(
      `INSERT INTO ticket_event (ticket_number, no, type, at, actor, command_id, ordinal, data) VALUES ($1, 3, 'priorityChanged', now(), $2, 'elsewhere', 0, '{"from":"normal","to":"high"}')`,
      [number, JSON.stringify(agent)],
    )
    await tickets.db.pool.query(
      `UPDATE ticket SET version = 3, priority = 'high', state = state || '{"version":3,"priority":"high"}' WHERE number = $1`,
      [number],
    )
    const after = await tickets.execute(resume(number), 'changeOwner', {
      id: 'o',
      actor: agent,
      payload: { owner: SAM },
    })
    assert.equal(after.priority, 'high')
    assert.equal(after.version, 4)
    const repeated = await tickets.execute(resume(number), 'changePriority', {
      id: 'elsewhere',
      actor: agent,
      payload: { priority: 'low' },
    })
    assert.equal(repeated.priority, 'high', 'a command that is already in the log changes nothing')
  })

  it('goes on from what is stored when it believes in events that are not, as after an older store was put back', async () => {
    for (const instead of ['nothing', 'another']) {
      const number = await open()
      const rows = async <Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> =>
        (await tickets.db.pool.query<Row>(sql, [number, ...values])).rows
      const [stored] = await rows('SELECT version, priority, state FROM ticket WHERE number = $1')
      await tickets.execute(resume(number), 'changePriority', {
        id: `believed-${instead}`,
        actor: agent,
        payload: { priority: 'low' },
      })
      await rows('DELETE FROM ticket_event WHERE ticket_number = $1 AND no = 3')
      await rows(
        `UPDATE ticket SET (version, priority, state) = (SELECT version, priority, state FROM jsonb_populate_record(NULL::ticket, $2)) WHERE number = $1`,
        JSON.stringify(stored),
      )
      if (instead === 'another') {
        await rows(
          `INSERT INTO ticket_event (ticket_number, no, type, at, actor, command_id, ordinal, data) VALUES ($1, 3, 'priorityChanged', now(), $2, 'elsewhere', 0, '{"from":"normal","to":"high"}')`,
          JSON.stringify(agent),
        )
        await rows(
          `UPDATE ticket SET version = 3, priority = 'high', state = state || '{"version":3,"lastCommandId":"elsewhere","priority":"high"}' WHERE number = $1`,
        )
      }
      const after = await tickets.execute(resume(number), 'changeOwner', {
        id: `owner-${instead}`,
        actor: agent,
        payload: { owner: SAM },
      })
      assert.equal(after.priority, instead === 'another' ? 'high' : 'normal')
      const log = await rows<{ no: number }>(
        'SELECT no FROM ticket_event WHERE ticket_number = $1 ORDER BY no',
      )
      assert.deepEqual(
        log.map(({ no }) => no),
        log.map((_, i) => i + 1),
        'each number once, and none left out',
      )
    }
  })
})
