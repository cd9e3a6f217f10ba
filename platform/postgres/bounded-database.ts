import type pg from 'pg'
import { answeredWithin, DatabaseSilentError } from './database-silent.ts'
import { type OpenDatabase, openDatabase } from './database.ts'
import { cutOff } from './bounded-client.ts'

/**
 * A few connections of their own for whoever must come to an answer whatever hangs: a server that is
 * stopped keeps its connections open and says nothing, so those that a question waits on are cut off,
 * and the next question takes new ones.
 */
export class BoundedDatabase {
  #current: Connections

  /**
   * @param url a PostgreSQL connection URL.
   * @param options what the server's lists call the connections, and how many there are at most.
   */
  constructor(
    private readonly url: string,
    private readonly options: { name: string; connections: number },
  ) {
    this.#current = this.#open()
  }

  /**
   * @param ms how long the work may take in all.
   * @throws DatabaseSilentError; whatever `work` throws.
   */
  async within<T>(ms: number, work: (db: OpenDatabase) => Promise<T>): Promise<T> {
    const used = this.#current
    try {
      return await answeredWithin(ms, work(used.db))
    } catch (error) {
      if (error instanceof DatabaseSilentError && used === this.#current) {
        this.#current = this.#open()
        leave(used)
      }
      throw error
    }
  }

  /** Ends at once, whatever is under way. */
  close(): void {
    leave(this.#current)
  }

  #open(): Connections {
    const db = openDatabase(this.url, { ...this.options, bounds: { connect: 2_500 } })
    const clients = new Set<pg.PoolClient>()
    db.pool.on('connect', (client) => clients.add(client))
    db.pool.on('remove', (client) => clients.delete(client))
    return { db, clients }
  }
}

interface Connections {
  db: OpenDatabase
  clients: Set<pg.PoolClient>
}

function leave({ db, clients }: Connections): void {
  for (const client of clients) cutOff(client)
  void db.close().catch(() => undefined)
}
