import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import Fastify from 'fastify'
import { sql } from 'kysely'
import pg from 'pg'
import { MessageLocks } from '../../../activities/mail-out/delivery-locks.ts'
import { answerError } from '../../../api/http/error-handler.ts'
import { BoundedDatabase } from '../../../platform/postgres/bounded-database.ts'
import { type OpenDatabase, openDatabase } from '../../../platform/postgres/database.ts'
import { ListenConnection } from '../../../platform/postgres/listen-connection.ts'
import { QuietClient } from '../../../platform/postgres/quiet-client.ts'
import { eventually } from '../../harness/eventually.ts'
import { freshDatabase } from '../../harness/database.ts'

/** An `error` that nobody listens to ends a process; here it fails the test under way. */
describe('connections that the database ends', () => {
  it('of every kind, lent out, end no process, and new ones take their place', async (t) => {
    const server = await Server.open(t)
    const db = server.database(12)
    const bounded = new BoundedDatabase(server.url, { name: 'bounded', connections: 2 })
    server.onEnd(() => bounded.close())
    await bounded.within(300_000, ({ pool }) => Promise.resolve(server.watch(pool)))
    const listening = new ListenConnection(db.pool, ['word'], { warn: () => undefined })
    server.onEnd(() => listening.close())
    await listening.listen({ heard: () => undefined })
    const locks = new MessageLocks(db.pool)
    for (let round = 0; round < 8; round++) {
      await eventually('it is listened again', () => listening.connected)
      // The connection of this lock goes back to the pool, and the next borrower has it.
      assert.equal(await locks.during('earlier', () => Promise.resolve('sent')), 'sent')
      const gate = new Gate()
      server.onEnd(() => gate.open())
      const alone = new QuietClient({ connectionString: server.url })
      await alone.connect()
      server.onEnd(() => alone.end())
      const giveBack = await server.lend(db.pool)
      const locked = locks.during('later', () => gate.passed.then(() => 'sent'))
      const lost = Promise.allSettled([
        pausing(db, gate),
        bounded.within(300_000, (inTime) => pausing(inTime, gate)),
        db.transaction().execute((transaction) => sleep.execute(transaction)),
        bounded.within(300_000, (inTime) => sleep.execute(inTime)),
        sleep.execute(db),
      ])
      await eventually('statements are under way', () => server.has(3, 'wait_event', 'PgSleep'))
      await eventually('transactions pause', () => server.has(2, 'state', 'idle in transaction'))
      // One more is being made.
      const made = db.pool.connect().then(
        (client) => client.release(true),
        () => undefined,
      )
      await server.endAll()
      await unusable(alone)
      gate.open()
      assert.deepEqual(
        (await lost).map(({ status }) => status),
        Array<string>(5).fill('rejected'),
      )
      assert.equal(await locked, 'sent')
      giveBack()
      await made
      await eventually('the database is used again', () => sql`SELECT 1`.execute(db))
    }
  })

  it('after a delivery had them, end no process of whoever borrows them next', async (t) => {
    const server = await Server.open(t)
    const { pool } = server.database(1)
    const locks = new MessageLocks(pool)
    for (let round = 0; round < 3; round++) {
      await locks.during('one', () => Promise.resolve())
      const giveBack = await server.lend(pool)
      await server.endAll()
      giveBack()
    }
  })

  it('are replaced for the next delivery', async (t) => {
    const server = await Server.open(t)
    const { pool } = server.database(1)
    const locks = new MessageLocks(pool)
    const first = locks.during('one', async () => {
      await server.endAll()
      assert.equal(await locks.during('two', () => Promise.resolve('sent')), 'sent')
      return 'sent'
    })
    assert.equal(await first, 'sent')
  })
})

describe('a transaction whose connection is lost', () => {
  it('fails with what failed in it, not with its rolling back', async (t) => {
    const server = await Server.open(t)
    const db = server.database(1)
    const own = new Error('what failed')
    await assert.rejects(
      db.transaction().execute(async () => {
        await server.endAll()
        throw own
      }),
      (error) => error === own,
    )
    await eventually('the database is used again', () => sql`SELECT 1`.execute(db))
  })

  it('is answered as a database that is away, with when to come back', async (t) => {
    const server = await Server.open(t)
    const db = server.database(1)
    const app = Fastify({ logger: false }).setErrorHandler(answerError)
    server.onEnd(() => app.close())
    app.post('/between', async () => {
      await db.transaction().execute(async (transaction) => {
        await server.endAll()
        await sql`SELECT 1`.execute(transaction)
      })
    })
    app.post('/under', async () => {
      await db.transaction().execute(async (transaction) => {
        const asleep = sleep.execute(transaction)
        await Promise.all([asleep, server.endAll()])
      })
    })
    for (const url of ['/between', '/under', '/between', '/under']) {
      const { statusCode, headers, body } = await app.inject({ method: 'POST', url })
      assert.equal(statusCode, 503, `${url}: ${body}`)
      assert.equal((JSON.parse(body) as { code: string }).code, 'database-unreachable')
      assert.ok(Number(headers['retry-after']) > 0)
    }
  })
})

const sleep = sql`SELECT pg_sleep(600)`

/** A transaction that waits between two statements. */
const pausing = (db: OpenDatabase, gate: Gate): Promise<unknown> =>
  db.transaction().execute(async (transaction) => {
    await sql`SELECT 1`.execute(transaction)
    await gate.passed
    await sql`SELECT 1`.execute(transaction)
  })

class Gate {
  open!: () => void
  readonly passed = new Promise<void>((resolve) => (this.open = resolve))
}

/** Waits until this side has noticed that a connection is lost. */
const unusable = (client: pg.Client): Promise<unknown> =>
  eventually('its loss is noticed', () =>
    client.query('SELECT 1').then(
      () => false,
      (error: unknown) => error instanceof Error && /not queryable/.test(error.message),
    ),
  )

/** A database, and a connection beside it that ends all others. */
class Server {
  /** What is opened last is closed first. */
  private readonly ends: (() => unknown)[] = []
  private readonly living = new Set<pg.PoolClient>()

  private constructor(
    readonly url: string,
    private readonly beside: pg.Client,
  ) {}

  static async open(t: TestContext): Promise<Server> {
    const { url, drop } = await freshDatabase()
    const address = new URL(url)
    address.pathname = '/postgres'
    const beside = new pg.Client({ connectionString: address.href })
    const server = new Server(url, beside)
    t.after(async () => {
      // Whatever a failed test has left under way: its pools wait for it.
      await server.terminateAll().catch(() => undefined)
      for (const end of server.ends.reverse()) await end()
    })
    server.onEnd(drop)
    server.onEnd(() => beside.end())
    await beside.connect()
    return server
  }

  onEnd(end: () => unknown): void {
    this.ends.push(end)
  }

  database(connections: number): OpenDatabase {
    const db = openDatabase(this.url, { connections })
    this.onEnd(() => db.close())
    this.watch(db.pool)
    return db
  }

  watch(pool: pg.Pool): void {
    pool.on('connect', (client) => {
      this.living.add(client)
      client.on('end', () => this.living.delete(client))
    })
  }

  async has(count: number, column: 'state' | 'wait_event', value: string): Promise<boolean> {
    const { rowCount } = await this.beside.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND ${column} = $2`,
      [this.name, value],
    )
    return rowCount === count
  }

  /**
   * Borrows a connection.
   * @returns gives it back; at the end of the test at the latest, for its pool waits for it.
   */
  async lend(pool: pg.Pool): Promise<() => void> {
    const client = await pool.connect()
    let lent = true
    const giveBack = (destroy?: boolean): void => {
      if (lent) client.release(destroy)
      lent = false
    }
    this.onEnd(() => giveBack(true))
    return giveBack
  }

  /** Resolves when this side has noticed the loss of all that it had. */
  async endAll(): Promise<void> {
    const had = [...this.living]
    await this.terminateAll()
    await eventually(
      'the loss is noticed',
      () => had.every((client) => !this.living.has(client)),
      60_000,
    )
  }

  private async terminateAll(): Promise<void> {
    await this.beside.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
      [this.name],
    )
  }

  private get name(): string {
    return new URL(this.url).pathname.slice(1)
  }
}
