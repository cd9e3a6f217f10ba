import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Command, CommandName, CommandPayload } from '../../../domain/commands.ts'
import { agent } from '../../domain/given.ts'
import { eventually } from '../../harness/eventually.ts'
import { withoutTestServer } from '../../harness/needs.ts'
import { startTicketWorker, type TicketWorker } from './worker.ts'

/** What a ticket's tasks do by themselves, on the time-skipping server with the real projection. */
describe('the tasks of a ticket', { skip: withoutTestServer }, () => {
  let tickets: TicketWorker
  const ida = { id: randomUUID(), name: 'Ida', email: 'ida@desk.example' }
  let number = 0

  before(async () => {
    tickets = await startTicketWorker()
    await tickets.person(ida)
    number = await tickets.open()
  })
  after(() => tickets?.stop())

  const send = <N extends CommandName>(name: N, payload: CommandPayload<N>) =>
    tickets.execute({ number, resume: true }, name, {
      id: randomUUID(),
      actor: agent,
      payload,
    } as Command<N>)
  const task = (title: string, dueAt: string) => ({
    taskId: randomUUID(),
    title,
    assignee: { kind: 'person' as const, ...ida },
    dueAt,
    required: false,
    after: [],
    checklist: [],
    template: null,
  })
  const notified = async (): Promise<string[]> =>
    (
      await tickets.db.pool.query<{ line: string }>(
        `SELECT kind || ' ' || (data->>'title') AS line FROM notification WHERE user_id = $1 ORDER BY event_no`,
        [ida.id],
      )
    ).rows.map((row) => row.line)

  it('tell their assignee once when they are due, at the time that holds by then', async () => {
    const { startTime } = await tickets.client.workflow.getHandle(`ticket-${number}`).describe()
    const at = (hours: number): string =>
      new Date(startTime.getTime() + hours * 3_600_000).toISOString()
    const [due, moved, done] = [
      task('Fit it', at(2)),
      task('Later', at(2)),
      task('Done by then', at(2)),
    ]
    for (const one of [due, moved, done]) await send('addTask', one)
    await send('changeTask', { taskId: moved.taskId, dueAt: at(48) })
    await send('finishTask', { taskId: done.taskId })
    assert.deepEqual(await notified(), [
      'taskAssigned Fit it',
      'taskAssigned Later',
      'taskAssigned Done by then',
    ])
    await tickets.sleep('3 hours')
    await eventually('notified of what is due', async () => (await notified()).length === 4)
    assert.deepEqual((await notified()).slice(3), ['taskDue Fit it'])
    await tickets.sleep('3 days')
    await eventually('notified of what was due later', async () => (await notified()).length === 5)
    assert.deepEqual((await notified()).slice(4), ['taskDue Later'])
  })
})
