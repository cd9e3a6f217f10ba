import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import {
  compareOpenTickets,
  namesWhereCountsDiffer,
  type NumberRange,
  type RunningTickets,
} from '../../../application/tickets/running-tickets.ts'
import { type OpenDatabase, openDatabase } from '../../../platform/postgres/database.ts'
import { type FreshDatabase, freshDatabase } from '../../harness/database.ts'

const FIRST = 1001
/** Every fourth of these tickets is closed. */
const TICKETS = 1_600
const OPEN = 1_200
const isOpen = (number: number): boolean => number % 4 !== 0
const numbers = Array.from({ length: TICKETS }, (_, i) => FIRST + i)

describe('tickets are compared with the workflows that run', () => {
  let database: FreshDatabase
  let db: OpenDatabase
  before(async () => {
    database = await freshDatabase()
    db = openDatabase(database.url)
    const department = randomUUID()
    await db.pool.query(`INSERT INTO department (id, name) VALUES ($1, 'IT')`, [department])
    await db.pool.query(
      `INSERT INTO ticket (number, version, subject, status, priority, department_id, requester_email, opened_at, updated_at, last_message_at, state)
       SELECT number, 1, '', CASE WHEN number % 4 = 0 THEN 'closed' ELSE 'new' END::"TicketStatus", 'normal', $1, 'anna@client.example', at, at, at, '{}'
         FROM unnest($2::int[]) AS number, (SELECT now() - interval '1 hour' AS at) AS hour`,
      [department, numbers],
    )
  })
  after(async () => {
    await db?.close()
    await database?.drop()
  })

  let running: Set<number>
  let counted: number
  let listed: number
  beforeEach(() => {
    running = new Set(numbers.filter(isOpen))
    counted = listed = 0
  })
  const within = ({ after, to }: NumberRange): Set<number> =>
    new Set([...running].filter((number) => number > after && number <= (to ?? Infinity)))
  const server: RunningTickets = {
    count(range) {
      counted++
      return Promise.resolve(within(range).size)
    },
    numbers(range) {
      listed += within(range).size
      return Promise.resolve(within(range))
    },
  }
  const compare = (cuts = 2) => compareOpenTickets((work) => work(db), server, cuts)

  it('by counts alone where all is well, however many there are', async () => {
    assert.deepEqual(await compare(), { open: OPEN, withoutWorkflow: 0, surplus: 0 })
    assert.deepEqual({ counted, listed }, { counted: 10, listed: 0 })
  })

  it('with no more counts than may be asked for, whatever is missing', async () => {
    running.clear()
    assert.deepEqual(await compare(1), { open: OPEN, withoutWorkflow: OPEN, surplus: 0 })
    assert.equal(counted, 10)
    counted = 0
    assert.deepEqual(await compare(), { open: OPEN, withoutWorkflow: OPEN, surplus: 0 })
    assert.equal(counted, 10 + 10 * 2)
  })

  it('by name where the counts differ: one that is missing is found beside one too many', async () => {
    running.delete(1_801)
    running.add(1_204)
    assert.deepEqual(await compare(), { open: OPEN, withoutWorkflow: 1, surplus: 1 })
    assert.ok(listed <= 202, `${listed} were listed`)
  })

  it('before the first that is open and after the last, too', async () => {
    running.add(numbers.at(-1)!)
    assert.equal(isOpen(numbers.at(-1)!), false)
    assert.equal((await compare()).surplus, 1)
  })

  it('by name where they are few, so that nothing hides anything', async () => {
    await db.pool.query(`UPDATE ticket SET status = 'closed' WHERE number > 1100`)
    try {
      running = new Set(numbers.filter((number) => isOpen(number) && number <= 1100))
      running.delete(1_001)
      running.add(1_104)
      assert.deepEqual(await compare(), { open: 75, withoutWorkflow: 1, surplus: 1 })
      running.clear()
      await db.pool.query(`UPDATE ticket SET status = 'closed'`)
      running.add(1_001)
      assert.deepEqual(await compare(), { open: 0, withoutWorkflow: 0, surplus: 1 })
    } finally {
      await db.pool.query(`UPDATE ticket SET status = 'new' WHERE number % 4 <> 0`)
    }
  })

  describe('page by page', () => {
    const open = numbers.filter(isOpen)
    const page = open.slice(300, 800)
    const range = { after: open[299]!, to: page.at(-1)! }
    const differing = () => namesWhereCountsDiffer(server, page, range)

    it('by counts of a hundred alone where all is well', async () => {
      assert.equal(await differing(), null)
      assert.deepEqual({ counted, listed }, { counted: 5, listed: 0 })
    })

    it('by name where one is missing or too many, at every place of the page', async () => {
      for (const at of [0, 99, 100, 250, 499]) {
        const number = page[at]!
        running.delete(number)
        assert.equal((await differing())?.has(number), false, `${number} is missing`)
        running.add(number)
      }
      const closed = numbers.find((number) => !isOpen(number) && number > page[120]!)!
      running.add(closed)
      assert.equal((await differing())?.has(closed), true)
    })

    it('by name where they are few', async () => {
      const few = page.slice(0, 100)
      const names = await namesWhereCountsDiffer(server, few, {
        after: range.after,
        to: few.at(-1)!,
      })
      assert.deepEqual([...(names ?? [])], few)
    })
  })

  it('only where it is certain: what has just changed may not be listed yet', async () => {
    running.delete(1_001)
    await db.pool.query(
      `UPDATE ticket SET updated_at = now() + interval '1 hour' WHERE number = 1001`,
    )
    try {
      assert.equal((await compare()).withoutWorkflow, 0)
    } finally {
      await db.pool.query(
        `UPDATE ticket SET updated_at = now() - interval '1 hour' WHERE number = 1001`,
      )
    }
  })
})
