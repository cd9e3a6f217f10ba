import {
  type Driver,
  Kysely,
  PostgresDialect,
  PostgresDriver,
  type PostgresPool,
  type PostgresPoolClient,
} from 'kysely'
import pg from 'pg'
import type { DB } from '../../prisma/generated/database.ts'
import { type DatabaseBounds, KEEP_ALIVE, SERVER_KEEP_ALIVE } from './bounds.ts'
import { BoundedClient } from './bounded-client.ts'
import { nameOf } from './raw-statement.ts'

/**
 * What statements are written on: the process's database, or a transaction in it. Rows and
 * parameters are typed from prisma/schema.
 */
export type Database = Kysely<DB>

export interface DatabaseOptions {
  /** The pool's most. */
  connections?: number
  bounds?: DatabaseBounds
  /** What the server's own lists call the connections. */
  name?: string
}

/**
 * The database of this process, over one pool of connections.
 * @param url a PostgreSQL connection URL.
 */
export function openDatabase(
  url: string,
  { connections = 10, bounds = {}, name }: DatabaseOptions = {},
): OpenDatabase {
  const pool = new pg.Pool({
    Client: BoundedClient,
    connectionString: url,
    max: connections,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE,
    options: SERVER_KEEP_ALIVE,
    connectionTimeoutMillis: bounds.connect ?? 0,
    statement_timeout: bounds.statement ?? 0,
    lock_timeout: bounds.lock ?? 0,
    idle_in_transaction_session_timeout: bounds.idleInTransaction ?? 0,
    ...(bounds.answer === undefined ? {} : { query_timeout: bounds.answer }),
    ...(name === undefined ? {} : { application_name: name }),
  })
  // A server that restarts ends idle connections; the pool replaces them at the next query.
  pool.on('error', () => undefined)
  return new OpenDatabase(pool)
}

export class OpenDatabase extends Kysely<DB> {
  /** @param pool for what needs a connection of its own: LISTEN, locks of a session. */
  constructor(readonly pool: pg.Pool) {
    super({ dialect: new Dialect(preparing(pool)) })
  }

  /** Ends the pool when its last statement is over. */
  async close(): Promise<void> {
    await this.destroy()
    if (!this.pool.ending) await this.pool.end()
  }
}

class Dialect extends PostgresDialect {
  constructor(private readonly pool: PostgresPool) {
    super({ pool })
  }

  override createDriver(): Driver {
    return new TruthfulDriver({ pool: this.pool })
  }
}

/** A transaction fails with what failed in it, also when the connection is gone. */
class TruthfulDriver extends PostgresDriver {
  /**
   * The server undoes what a lost connection had begun, and the driver throws the connection away.
   * That it could not be told so must not hide why the transaction failed.
   */
  override async rollbackTransaction(
    connection: Parameters<PostgresDriver['rollbackTransaction']>[0],
  ): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => undefined)
  }
}

/** The pool, whose connections prepare the statements that have a name. */
function preparing(pool: pg.Pool): PostgresPool {
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect()
      const wrapped =
        known.get(client) ??
        named(client, (destroy) => {
          client.release(destroy)
        })
      known.set(client, wrapped)
      return wrapped
    },
  }
}

/** A raw statement goes by its name, so that a connection reads and plans it once. */
function named(
  client: Pick<pg.ClientBase, 'query'>,
  release: (destroy?: boolean) => void,
): PostgresPoolClient {
  const query = (text: string, values: unknown[]): Promise<pg.QueryResult> => {
    const name = nameOf(text)
    return name === undefined ? client.query(text, values) : client.query({ name, text, values })
  }
  // Without Kysely's second form, which reads a cursor: nothing here does.
  return { query: query as unknown as PostgresPoolClient['query'], release }
}
