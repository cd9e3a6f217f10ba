import { z } from 'zod'
import type pg from 'pg'
import type { Logger } from 'pino'
import { streamEvent } from '../../domain/tickets/contract.ts'

/** What the database tells of: a ticket's projection was written, or a mailbox's status. */
export type Change =
  | { event: 'ticket'; data: z.infer<typeof streamEvent> }
  | { event: 'mailbox'; data: { id: string } }

const RETRY_MS = 1_000
/** A connection that died without a word is noticed by this. */
const PROBE_MS = 30_000
const mailboxChange = z.object({ id: z.string() })

/**
 * One LISTEN connection for the whole process, taken up by the first listener and given back by the
 * last. When it is lost, listeners are told, because what was said meanwhile was said to nobody.
 */
export class ChangeFeed {
  #listeners = new Set<ChangeListener>()
  #client: pg.PoolClient | undefined
  #connecting: Promise<void> | undefined
  #probe: NodeJS.Timeout | undefined
  #retry: NodeJS.Timeout | undefined

  constructor(
    private readonly pool: pg.Pool,
    private readonly log: Pick<Logger, 'warn'>,
  ) {}

  get listeners(): number {
    return this.#listeners.size
  }

  /**
   * @returns once every later change is heard: how to stop listening. When the database is away,
   *   the listener is told that it ended.
   */
  async listen(listener: ChangeListener): Promise<() => void> {
    this.#listeners.add(listener)
    await this.#connected()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#release()
    }
  }

  /** Ends every listener: the process stops. */
  close(): void {
    for (const listener of [...this.#listeners]) listener.ended()
    this.#listeners.clear()
    this.#release()
  }

  #connected(): Promise<void> {
    if (this.#client && !this.#connecting) return Promise.resolve()
    return (this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined
    }))
  }

  async #connect(): Promise<void> {
    try {
      const client = await this.pool.connect()
      client.on('notification', (message) => {
        this.#take(message)
      })
      client.on('error', () => {
        this.#lost(client)
      })
      client.on('end', () => {
        this.#lost(client)
      })
      this.#client = client
      await client.query('LISTEN ticket; LISTEN mailbox')
      this.#probe = setInterval(() => {
        client.query('SELECT 1').catch(() => {
          this.#lost(client)
        })
      }, PROBE_MS)
      if (this.#listeners.size === 0) this.#release()
    } catch {
      this.#lost(this.#client)
    }
  }

  #lost(client: pg.PoolClient | undefined): void {
    if (client !== this.#client) return
    this.#drop()
    if (this.#listeners.size === 0) return
    this.log.warn('the connection that tells of changes was lost; taking it up again')
    for (const listener of [...this.#listeners]) listener.ended()
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

  #take({ channel, payload = '' }: pg.Notification): void {
    const change = readChange(channel, payload)
    if (change) for (const listener of [...this.#listeners]) listener.changed(change)
  }
}

export interface ChangeListener {
  changed: (change: Change) => void
  /** Changes may have been missed: whoever shows something asks for it anew. */
  ended: () => void
}

function readChange(channel: string, payload: string): Change | null {
  try {
    if (channel === 'ticket')
      return { event: 'ticket', data: streamEvent.parse(JSON.parse(payload)) }
    return {
      event: 'mailbox',
      data: mailboxChange.parse(payload.startsWith('{') ? JSON.parse(payload) : { id: payload }),
    }
  } catch {
    // Anybody with a database connection can notify; what is no change of ours is nobody's.
    return null
  }
}
