import type pg from 'pg'

/**
 * One delivery of a message at a time, over all workers: PostgreSQL advisory locks, all held by one
 * connection of this process, so that deliveries that wait for slow mail servers do not use up the
 * pool. A worker that is killed loses its connection, and with it its locks.
 */
export class MessageLocks {
  private readonly held = new Set<string>()
  private keeper: Promise<Keeper> | null = null
  /** A connection runs one statement at a time. */
  private last: Promise<unknown> = Promise.resolve()

  constructor(private readonly pool: pg.Pool) {}

  /**
   * Runs `work` while nobody else delivers this message.
   * @returns its result; null when somebody else does.
   */
  async during<T>(messageId: string, work: () => Promise<T>): Promise<T | null> {
    // The connection is shared, and a lock of one's own connection is always granted: within the
    // process the set decides.
    if (this.held.has(messageId)) return null
    this.held.add(messageId)
    try {
      const { client } = await this.connection()
      if (!(await this.granted(client, 'pg_try_advisory_lock', messageId))) return null
      try {
        return await work()
      } finally {
        // A connection that broke has given its locks back already.
        await this.granted(client, 'pg_advisory_unlock', messageId).catch(() => false)
      }
    } finally {
      this.held.delete(messageId)
      if (this.held.size === 0) await this.release()
    }
  }

  private connection(): Promise<Keeper> {
    this.keeper ??= this.pool.connect().then(
      (client) => {
        const lost = (error: Error): void => {
          this.keeper = null
          client.release(error)
        }
        client.once('error', lost)
        const giveBack = (): void => {
          client.removeListener('error', lost)
          client.release()
        }
        return { client, giveBack }
      },
      (error: unknown) => {
        this.keeper = null
        throw error
      },
    )
    return this.keeper
  }

  private async release(): Promise<void> {
    const keeper = this.keeper
    this.keeper = null
    const kept = await keeper?.catch(() => null)
    kept?.giveBack()
  }

  private granted(
    client: pg.PoolClient,
    lock: 'pg_try_advisory_lock' | 'pg_advisory_unlock',
    messageId: string,
  ): Promise<boolean> {
    const ask = (): Promise<pg.QueryResult<{ granted: boolean }>> =>
      client.query(`SELECT ${lock}(hashtextextended('deliver ' || $1, 0)) AS granted`, [messageId])
    const asked = this.last.then(ask)
    this.last = asked.catch(() => undefined)
    return asked.then(({ rows }) => rows[0]?.granted ?? false)
  }
}

interface Keeper {
  client: pg.PoolClient
  giveBack: () => void
}
