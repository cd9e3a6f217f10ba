import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import type { TicketEvent } from '../../../domain/events.ts'
import { rebuild } from '../../../domain/apply.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import { seedTickets } from '../../../scripts/bench/seeded-tickets.ts'
import { type FreshDatabase, freshDatabase } from '../../harness/database.ts'

const department = { id: '00000000-0000-4000-8000-000000000001', name: 'IT' }
const owner = { id: '00000000-0000-4000-8000-000000000002', name: 'Ida', email: 'ida@example.org' }
let database: FreshDatabase
let db: pg.Pool

before(async () => {
  database = await freshDatabase()
  db = new pg.Pool({ connectionString: database.url, max: 1 })
  await db.query('INSERT INTO department (id, name) VALUES ($1, $2)', [
    department.id,
    department.name,
  ])
})
after(async () => {
  await db?.end()
  await database?.drop()
})

test('seeded tickets are what their own events make of them, as a workflow would have left them', async () => {
  const numbers = await seedTickets(database.url, 60, department, [owner])
  assert.equal(numbers.length, 60)
  const { rows } = await db.query<{
    number: number
    version: number
    status: string
    state: Ticket
    found: boolean
  }>(
    `SELECT number, version, status, state, search @@ to_tsquery('simple', 'hello') AS found FROM ticket ORDER BY number`,
  )
  assert.deepEqual(
    rows.map((r) => r.number),
    numbers,
  )
  for (const { number, version, status, state, found } of rows) {
    const events = await db.query<TicketEvent & { at: Date }>(
      `SELECT no, type, at, actor, command_id AS "commandId", ordinal, data FROM ticket_event WHERE ticket_number = $1 ORDER BY no`,
      [number],
    )
    const rebuilt = rebuild(
      number,
      events.rows.map((e): TicketEvent => ({ ...e, at: new Date(e.at).toISOString() })),
    )
    assert.deepEqual(state, rebuilt)
    assert.equal(version, rebuilt.version)
    assert.equal(status, rebuilt.status)
    assert.ok(found, 'the words of its messages are in the search index')
    const messages = await db.query<{ id: string; event_no: number }>(
      'SELECT id, event_no FROM message WHERE ticket_number = $1',
      [number],
    )
    assert.equal(messages.rows.length, rebuilt.messageCount)
    const received = new Map(
      events.rows.flatMap((e) => (e.type === 'messageReceived' ? [[e.data.messageId, e.no]] : [])),
    )
    for (const message of messages.rows) assert.equal(message.event_no, received.get(message.id))
  }
  assert.ok(new Set(rows.map((r) => r.status)).size >= 4)
})
