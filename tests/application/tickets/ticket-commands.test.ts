import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import pg from 'pg'
import {
  ANSWER_CHANNELS,
  CommandRejectedError,
} from '../../../application/tickets/command-answers.ts'
import {
  CommandKeptError,
  type TicketCommands,
} from '../../../application/tickets/ticket-commands.ts'
import type { Command } from '../../../domain/commands.ts'
import { ListenConnection } from '../../../platform/postgres/listen-connection.ts'
import { TicketWorker } from '../../api/support/temporal-worker.ts'
import { agent, ANNA, received } from '../../domain/given.ts'
import { type FreshDatabase, freshDatabase } from '../../harness/database.ts'
import { eventually } from '../../harness/eventually.ts'

const WAIT = { answerMs: 60_000 }

/** A command's way to its ticket and back: real PostgreSQL, real Temporal. */
describe('commands to a ticket', () => {
  let database: FreshDatabase
  let pool: pg.Pool
  let worker: TicketWorker
  let listening: ListenConnection
  let commands: TicketCommands
  let number = 1000
  const department = { id: randomUUID(), name: 'IT' }

  before(async () => {
    database = await freshDatabase()
    pool = new pg.Pool({ connectionString: database.url })
    pool.on('error', () => undefined)
    await pool.query(`INSERT INTO department (id, name) VALUES ($1, 'IT')`, [department.id])
    worker = await TicketWorker.open(pool)
  })
  after(async () => {
    await worker?.close()
    await pool?.end()
    await database?.drop()
  })
  beforeEach(async () => {
    await worker.start()
    listening = hearing(ANSWER_CHANNELS)
    commands = worker.commands(listening, WAIT)
    const message = { ...received(), messageId: randomUUID() }
    const opening = {
      subject: 'Printer',
      requester: ANNA,
      department,
      priority: 'normal' as const,
      channel: 'mail' as const,
    }
    await commands.execute({ number: ++number, resume: false }, 'mailReceived', {
      id: `mail-${randomUUID()}`,
      actor: agent,
      payload: { message, opening },
    })
  })
  afterEach(async () => {
    await worker.stop()
    listening.close()
  })

  const hearing = (channels: readonly string[]) =>
    new ListenConnection(pool, channels, { warn: () => undefined })
  const ticket = () => ({ number, resume: true })
  const note = (id: string = randomUUID()): Command<'addNote'> => ({
    id,
    actor: agent,
    payload: { noteId: randomUUID(), preview: 'A note.' },
  })
  const priority = (to: 'low' | 'normal' | 'high'): Command<'changePriority'> => ({
    id: randomUUID(),
    actor: agent,
    payload: { priority: to },
  })
  const status = (to: 'new' | 'open'): Command<'changeStatus'> => ({
    id: randomUUID(),
    actor: agent,
    payload: { status: to, reason: 'agent' },
  })
  const types = async (): Promise<string[]> =>
    (
      await pool.query<{ type: string }>(
        'SELECT type FROM ticket_event WHERE ticket_number = $1 ORDER BY no',
        [number],
      )
    ).rows.map(({ type }) => type)

  it('are answered with the version that they led to', async () => {
    assert.deepEqual(await commands.execute(ticket(), 'addNote', note()), { version: 3 })
    assert.deepEqual(await commands.execute(ticket(), 'changePriority', priority('high')), {
      version: 4,
    })
    assert.deepEqual(
      await commands.execute(ticket(), 'changePriority', priority('high')),
      { version: 4 },
      'what is so already',
    )
  })

  it('are answered by reading where no notification is heard', async (t) => {
    const deaf = hearing(['something_else'])
    t.after(() => {
      deaf.close()
    })
    const answer = await worker.commands(deaf, WAIT).execute(ticket(), 'addNote', note())
    assert.deepEqual(answer, { version: 3 })
    await assert.rejects(
      worker.commands(deaf, WAIT).execute(ticket(), 'retryMessage', {
        id: randomUUID(),
        actor: agent,
        payload: { messageId: randomUUID() },
      }),
      CommandRejectedError,
    )
  })

  it('are answered when the listening connection dies while they are under way', async () => {
    await worker.stop()
    const answer = commands.execute(ticket(), 'addNote', note())
    await eventually('somebody listens', () => listening.connected)
    const { rowCount } = await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    )
    assert.ok(rowCount)
    await worker.start()
    assert.deepEqual(await answer, { version: 3 })
    await eventually('somebody listens again', () => listening.connected)
    assert.deepEqual(await commands.execute(ticket(), 'addNote', note()), { version: 4 })
  })

  it('are each done once, in one order, when twenty come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => commands.execute(ticket(), 'addNote', note())),
    )
    assert.deepEqual(
      answers.map(({ version }) => version).sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, i) => i + 3),
    )
    assert.equal((await types()).filter((type) => type === 'noteAdded').length, 20)
  })

  it('are done once when the worker dies between their commit and its word of it', async () => {
    await worker.stop()
    let lost = 0
    await worker.start((real) => ({
      async persistEvents(batch) {
        const outcome = await real.persistEvents(batch)
        if (lost++ === 0) throw new Error('the worker was killed here')
        return outcome
      },
    }))
    assert.deepEqual(await commands.execute(ticket(), 'addNote', note()), { version: 3 })
    assert.deepEqual(await commands.execute(ticket(), 'changePriority', priority('low')), {
      version: 4,
    })
    assert.ok(lost > 1)
    assert.deepEqual((await types()).slice(2), ['noteAdded', 'priorityChanged'])
  })

  it('of the same id are one, answered from the log also while no worker runs', async () => {
    const command = note()
    const [first, beside] = await Promise.all([
      commands.execute(ticket(), 'addNote', command),
      commands.execute(ticket(), 'addNote', command),
    ])
    assert.deepEqual([first, beside], [{ version: 3 }, { version: 3 }])
    await worker.stop()
    assert.deepEqual(await commands.execute(ticket(), 'addNote', command), { version: 3 })
    assert.deepEqual((await types()).slice(2), ['noteAdded'])
  })

  it('that are said to be new and are not are done once all the same, and answered', async () => {
    const sent = note()
    const { version } = await commands.execute(ticket(), 'addNote', sent, { isNew: true })
    assert.deepEqual(await commands.execute(ticket(), 'addNote', sent, { isNew: true }), {
      version,
    })
  })

  it('that are refused are answered with code and sentence, leave no line, and may be sent again', async () => {
    await commands.execute(ticket(), 'changeStatus', status('open'))
    const again = status('new')
    const refused = (error: unknown): boolean =>
      error instanceof CommandRejectedError && error.code === 'status-not-new-again'
    await assert.rejects(commands.execute(ticket(), 'changeStatus', again), refused)
    await assert.rejects(commands.execute(ticket(), 'changeStatus', again), refused)
    assert.deepEqual((await types()).slice(2), ['statusChanged'])
    const other = { ...again, payload: { status: 'solved' as const, reason: 'agent' as const } }
    assert.deepEqual(
      await commands.execute(ticket(), 'changeStatus', other),
      { version: 4 },
      'what was refused is decided anew',
    )
  })

  it('that cannot be read are refused before they are sent', async () => {
    const unreadable = priority('high')
    await assert.rejects(
      commands.execute(ticket(), 'changePriority', {
        ...unreadable,
        payload: { priority: 'enormous' as 'high' },
      }),
      (error) => error instanceof CommandRejectedError && error.code === 'command-malformed',
    )
    assert.deepEqual((await types()).slice(2), [])
  })

  it('are kept while no worker runs, and done when one is there again', async () => {
    await worker.stop()
    await assert.rejects(
      commands.execute(ticket(), 'changePriority', priority('high'), { answerMs: 300 }),
      CommandKeptError,
    )
    await worker.start()
    await eventually('it is done', async () => (await types()).includes('priorityChanged'))
  })

  it('that were kept do not take effect for somebody who lost access meanwhile: its sender is told', async () => {
    const lea = { id: randomUUID(), name: 'Lea', email: 'lea@example.com' }
    await pool.query(
      `INSERT INTO app_user (id, email, name, role, active) VALUES ($1, $2, $3, 'admin', true)`,
      [lea.id, lea.email, lea.name],
    )
    const owned = { id: randomUUID(), actor: agent, payload: { owner: lea } }
    await worker.stop()
    await assert.rejects(
      commands.execute(ticket(), 'changeOwner', owned, { answerMs: 300 }),
      CommandKeptError,
    )
    await pool.query('UPDATE app_user SET active = false WHERE id = $1', [lea.id])
    await worker.start()
    await eventually('it is refused', async () => (await types()).includes('commandRejected'))
    assert.ok(!(await types()).includes('ownerChanged'))
    await assert.rejects(
      commands.execute(ticket(), 'changeOwner', owned),
      (error) => error instanceof CommandRejectedError && error.code === 'person-without-access',
    )
  })

  it('show their outcome to operators: a query tells the ticket, the timeline who did what', async () => {
    await commands.execute(ticket(), 'changePriority', priority('high'))
    const handle = commands.client.workflow.getHandle(`ticket-${number}`)
    assert.equal((await handle.query<{ priority: string }>('ticket')).priority, 'high')
    const { events = [] } = await handle.fetchHistory()
    const summaries = (events ?? []).map((event) =>
      Buffer.from(event.userMetadata?.summary?.data ?? []).toString(),
    )
    assert.ok(summaries.includes(`"${agent.name}: changePriority"`), summaries.join())
  })
})
