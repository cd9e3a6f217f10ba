import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { CommandRejectedError } from '../../../application/tickets/command-answers.ts'
import { signalTicket } from '../../../application/tickets/ticket-workflow.ts'
import { UNWRITABLE } from '../../../domain/tickets/unwritten-command.ts'
import { agent } from '../../domain/given.ts'
import { eventually } from '../../harness/eventually.ts'
import { withoutTestServer } from '../../harness/needs.ts'
import { startTicketWorker, type TicketWorker } from './worker.ts'

interface Kept {
  id: string
  ticket_number: number
  command_id: string
  name: string
  payload: string
  reason: string
  attempts: number
}

describe('a command that the database cannot take', { skip: withoutTestServer }, () => {
  let tickets: TicketWorker

  before(async () => {
    tickets = await startTicketWorker()
  })
  after(() => tickets?.stop())

  const resume = (number: number) => ({ number, resume: true })
  /** A department that was deleted a moment before: no row can name it. */
  const nowhere = (id: string) => ({
    id,
    actor: agent,
    payload: { department: { id: randomUUID(), name: 'Gone' } },
  })
  const note = (id: string) => ({
    id,
    actor: agent,
    payload: { noteId: randomUUID(), preview: id },
  })

  const lines = async (number: number) =>
    (
      await tickets.db.pool.query<{ type: string; command_id: string; data: { code?: string } }>(
        'SELECT type, command_id, data FROM ticket_event WHERE ticket_number = $1 ORDER BY no',
        [number],
      )
    ).rows
  const kept = async (number: number): Promise<Kept[]> =>
    (
      await tickets.db.pool.query<Kept>(
        'SELECT * FROM unwritten_command WHERE ticket_number = $1 ORDER BY id',
        [number],
      )
    ).rows

  it('is refused at once: who waits is told, the history says so, and the ticket goes on', async () => {
    const number = await tickets.open()
    await assert.rejects(
      tickets.execute(resume(number), 'changeDepartment', nowhere('away')),
      (error) => error instanceof CommandRejectedError && error.code === UNWRITABLE,
    )
    const ticket = await tickets.execute(resume(number), 'addNote', note('after'))
    assert.equal(ticket.department.name, 'IT')
    const [, , refused] = await lines(number)
    assert.deepEqual(
      [refused?.type, refused?.command_id, refused?.data.code],
      ['commandRejected', 'away', UNWRITABLE],
    )
  })

  it('is kept whole, once, with what the database said', async () => {
    const number = await tickets.open()
    const command = nowhere('kept')
    for (let i = 0; i < 3; i++)
      await signalTicket(tickets.client, resume(number), 'changeDepartment', command)
    const [row, ...more] = await eventually('the kept row', async () => {
      const rows = await kept(number)
      return rows.length > 0 && rows
    })
    await tickets.execute(resume(number), 'addNote', note('after'))
    assert.deepEqual(more, [])
    assert.deepEqual(
      [row?.command_id, row?.name, JSON.parse(row?.payload ?? '')],
      ['kept', 'changeDepartment', command.payload],
    )
    assert.match(row?.reason ?? '', /^SQLSTATE 23503: /)
    assert.equal((await kept(number)).length, 1)
  })

  it('is found among others that came with it, which are done in their order', async () => {
    const number = await tickets.open()
    // Taken up together when the workflow's next task comes: held off by none of them.
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map((i) =>
        i === 4
          ? signalTicket(tickets.client, resume(number), 'changeDepartment', nowhere('no 4'))
          : signalTicket(tickets.client, resume(number), 'addNote', note(`no ${i}`)),
      ),
    )
    await eventually('eight lines', async () => (await tickets.history(number)).length === 8)
    const added = (await lines(number)).slice(2)
    assert.deepEqual(added.map(({ command_id }) => command_id).sort(), [
      'no 1',
      'no 2',
      'no 3',
      'no 4',
      'no 5',
      'no 6',
    ])
    assert.deepEqual(
      added.filter(({ type }) => type === 'commandRejected').map(({ command_id }) => command_id),
      ['no 4'],
    )
  })

  it('is not one that only the moment refuses: that is written when it is over, and leaves nothing in the history meanwhile', async () => {
    const number = await tickets.open()
    const handle = tickets.client.workflow.getHandle(`ticket-${number}`)
    const events = async () => (await handle.fetchHistory()).events?.length ?? 0
    await tickets.db.pool.query('ALTER TABLE ticket_event RENAME TO ticket_event_away')
    try {
      await signalTicket(tickets.client, resume(number), 'addNote', note('late'))
      await eventually('it is left to an activity', async () =>
        (await handle.fetchHistory()).events?.some((e) => e.activityTaskScheduledEventAttributes),
      )
      await tickets.sleep('10 seconds')
      const before = await events()
      await tickets.sleep('10 minutes')
      assert.equal(await events(), before)
    } finally {
      await tickets.db.pool.query('ALTER TABLE ticket_event_away RENAME TO ticket_event')
    }
    await tickets.sleep('2 minutes')
    await eventually('the note', async () => (await tickets.history(number)).at(-1) === 'noteAdded')
    assert.deepEqual(await kept(number), [])
  })

  it('leaves no ticket behind that was never opened, and the next command opens it', async () => {
    const number = 900
    const failing = {
      id: 'open-1',
      actor: agent,
      payload: { ...tickets.opening, department: { id: randomUUID(), name: 'Gone' } },
    }
    await assert.rejects(
      tickets.execute({ number, resume: false }, 'openTicket', failing),
      (error) => error instanceof CommandRejectedError && error.code === UNWRITABLE,
    )
    assert.deepEqual(
      (await kept(number)).map(({ name }) => name),
      ['openTicket'],
    )
    await tickets.execute({ number, resume: false }, 'openTicket', {
      id: 'open-2',
      actor: agent,
      payload: tickets.opening,
    })
    assert.deepEqual(await tickets.history(number), ['ticketOpened'])
  })
})
