import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { sql } from 'kysely'
import { type DatabaseBounds } from '../../../platform/postgres/bounds.ts'
import { type OpenDatabase, openDatabase } from '../../../platform/postgres/database.ts'
import { ListenConnection } from '../../../platform/postgres/listen-connection.ts'
import { MessageLocks } from '../../../activities/mail-out/delivery-locks.ts'
import { eventually } from '../../harness/eventually.ts'
import { freshDatabase } from '../../harness/database.ts'
import { Relay } from '../../harness/relay.ts'

/** How long an answer may take here. Milliseconds: more than a busy machine needs for `SELECT 1`. */
const ANSWER = 2_000

async function behindRelay(
  t: TestContext,
  connections: number,
  bounds: DatabaseBounds = { connect: ANSWER, answer: ANSWER },
): Promise<{ db: OpenDatabase; relay: Relay }> {
  const { url, drop } = await freshDatabase()
  t.after(drop)
  const relay = await Relay.start(t, url)
  const db = openDatabase(relay.url, { connections, bounds })
  t.after(() => {
    relay.cut()
    return db.close()
  })
  return { db, relay }
}

describe('a database that falls silent without a word', () => {
  it('fails what was asked, and the next question goes over a new connection', async (t) => {
    const { db, relay } = await behindRelay(t, 1)
    for (let round = 0; round < 2; round++) {
      await eventually('the database answers', () => sql`SELECT 1`.execute(db))
      relay.mute()
      await assert.rejects(sql`SELECT 1`.execute(db), { code: 'database-silent' })
      relay.mend()
    }
    await eventually('the database answers', () => sql`SELECT 1`.execute(db))
  })

  it('fails a transaction, a waiting one too, and gives their connections up', async (t) => {
    const { db, relay } = await behindRelay(t, 1)
    const waits = new Gate()
    const begun = new Gate()
    const transaction = db.transaction().execute(async (one) => {
      await sql`SELECT 1`.execute(one)
      begun.open()
      await waits.passed
      await sql`SELECT 2`.execute(one)
    })
    await begun.passed
    relay.mute()
    waits.open()
    const waiting = sql`SELECT 3`.execute(db)
    const [first, second] = await Promise.allSettled([transaction, waiting])
    assert.deepEqual([first.status, second.status], ['rejected', 'rejected'])
    relay.mend()
    await eventually('the database answers', () => sql`SELECT 1`.execute(db))
  })

  it('is noticed by who listens, and it is listened again, with word of the gap', async (t) => {
    const { db, relay } = await behindRelay(t, 2)
    const listening = new ListenConnection(db.pool, ['word'], { warn: () => undefined }, ANSWER)
    t.after(() => {
      listening.close()
    })
    const heard: string[] = []
    await listening.listen({
      heard: (_, payload) => heard.push(payload),
      lost: () => heard.push('lost'),
      regained: () => heard.push('regained'),
    })
    relay.mute()
    await eventually('the loss is noticed', () => heard.includes('lost'))
    relay.mend()
    await eventually('it is listened again', () => heard.includes('regained'))
    await eventually('word is sent', () => sql`SELECT pg_notify('word', 'hello')`.execute(db))
    await eventually('word is heard', () => heard.includes('hello'))
  })

  it('does not keep deliveries from being locked afterwards', async (t) => {
    const { db, relay } = await behindRelay(t, 1)
    const locks = new MessageLocks(db.pool)
    assert.equal(
      await locks.during('one', async () => {
        relay.mute()
        await assert.rejects(
          locks.during('two', () => Promise.resolve('sent')),
          { code: 'database-silent' },
        )
        return 'sent'
      }),
      'sent',
    )
    relay.mend()
    await eventually('a delivery is locked', () =>
      locks.during('one', () => Promise.resolve('sent')),
    )
  })
})

describe('what takes longer than it may', () => {
  const bounds = { statement: 500, lock: 300, idleInTransaction: 500 }

  it('is ended by the server: a statement', async (t) => {
    const { db } = await behindRelay(t, 1, bounds)
    await assert.rejects(sql`SELECT pg_sleep(600)`.execute(db), { code: '57014' })
  })

  it('is ended by the server: waiting for a lock', async (t) => {
    const { db } = await behindRelay(t, 2, { lock: 300 })
    await db.transaction().execute(async (one) => {
      await sql`SELECT pg_advisory_xact_lock(1)`.execute(one)
      await assert.rejects(
        db.transaction().execute((other) => sql`SELECT pg_advisory_xact_lock(1)`.execute(other)),
        { code: '55P03' },
      )
    })
  })

  it('is ended by the server: a transaction in which nothing is asked', async (t) => {
    const { db } = await behindRelay(t, 1, bounds)
    let ended = false
    await assert.rejects(
      db.transaction().execute(async (one) => {
        await sql`SELECT 1`.execute(one)
        await eventually('the server ends it', async () => {
          const other = openDatabase(await urlOf(db))
          const { rows } = await sql<{
            count: string
          }>`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`.execute(
            other,
          )
          await other.close()
          return rows[0]?.count === '0'
        })
        ended = true
        await sql`SELECT 1`.execute(one)
      }),
    )
    assert.ok(ended)
  })
})

const urlOf = (db: OpenDatabase): Promise<string> =>
  Promise.resolve(db.pool.options.connectionString ?? '')

/** What somebody waits for. */
class Gate {
  open!: () => void
  readonly passed = new Promise<void>((resolve) => (this.open = resolve))
}
