import type pg from 'pg'
import { answeredWithin } from './database-silent.ts'

const RETRY_MS = 1_000
/** A connection that died without a word is noticed by this. */
const PROBE_MS = 10_000

/** Whoever is told of what others say with NOTIFY. */
export interface Listener {
  heard: (channel: string, payload: string) => void
  /** What is said from now on is said to nobody. */
  lost?: () => void
  /** It is heard again: what was said meanwhile is to be looked up. */
  regained?: () => void
}

/**
 * One LISTEN connection for the whole process, taken up by the first listener and given back by the
 * last. One that is lost is taken up again as long as somebody listens.
 */
export class ListenConnection {
  #listeners = new Set<Listener>()
  #client: pg.PoolClient | undefined
  #connecting: Promise<void> | undefined
  #probe: NodeJS.Timeout | undefined
  #retry: NodeJS.Timeout | undefined
  #interrupted = false

  constructor(
    private readonly pool: pg.Pool,
    private readonly channels: readonly string[],
    private readonly log: { warn: (text: string) => void },
    /** Milliseconds between two questions whether it is still there; half of it is for the answer. */
    private readonly every = PROBE_MS,
  ) {}

  /** Is what is said heard? */
  get connected(): boolean {
    return this.#client !== undefined && this.#connecting === undefined
  }

  /**
   * @returns once all that is said later is heard, or the database was found to be away: how to
   *   stop listening.
   */
  async listen(listener: Listener): Promise<() => void> {
    this.#listeners.add(listener)
    await this.#connected()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#release()
    }
  }

  /** The process stops. */
  close(): void {
    this.#listeners.clear()
    this.#release()
  }

  #connected(): Promise<void> {
    if (this.connected) return Promise.resolve()
    return (this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined
    }))
  }

  async #connect(): Promise<void> {
    try {
      const client = await this.pool.connect()
      client.on('notification', ({ channel, payload = '' }) => {
        for (const listener of [...this.#listeners]) listener.heard(channel, payload)
      })
      client.on('error', () => {
        this.#lost(client)
      })
      client.on('end', () => {
        this.#lost(client)
      })
      this.#client = client
      await client.query(this.channels.map((channel) => `LISTEN ${channel}`).join('; '))
      this.#probe = setInterval(() => {
        answeredWithin(this.every / 2, client.query('SELECT 1')).catch(() => {
          this.#lost(client)
        })
      }, this.every)
      if (this.#listeners.size === 0) this.#release()
      else if (this.#interrupted) for (const listener of [...this.#listeners]) listener.regained?.()
      this.#interrupted = false
    } catch {
      this.#lost(this.#client)
    }
  }

  #lost(client: pg.PoolClient | undefined): void {
    if (client !== this.#client) return
    this.#drop()
    if (this.#listeners.size === 0) return
    this.log.warn('the connection that tells of changes was lost; taking it up again')
    this.#interrupted = true
    for (const listener of [...this.#listeners]) listener.lost?.()
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => {
      if (this.#listeners.size > 0) void this.#connected()
    }, RETRY_MS)
  }

  #release(): void {
    clearTimeout(this.#retry)
    this.#drop()
  }

  /** The connection has a LISTEN of its own, so it is closed and not given to anybody else. */
  #drop(): void {
    clearInterval(this.#probe)
    const client = this.#client
    this.#client = undefined
    client?.removeAllListeners('notification')
    client?.release(true)
  }
}
