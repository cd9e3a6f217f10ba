import type { Socket } from 'node:net'
import type pg from 'pg'
import { DatabaseSilentError } from './database-silent.ts'
import { QuietClient } from './quiet-client.ts'

/** A pool's connection, which is closed when a statement was not answered in time. */
export class BoundedClient extends QuietClient {
  readonly #answer: number | undefined

  /** @param config with `query_timeout`, milliseconds in which a statement is to be answered. */
  constructor(config?: pg.ClientConfig) {
    super(config)
    this.#answer = config?.query_timeout
  }

  /**
   * A statement that was not answered still holds the connection: whoever had it next would wait for
   * the same silence.
   * @throws DatabaseSilentError
   */
  override query(...given: unknown[]): never {
    const asked = (super.query as (...given: unknown[]) => unknown).apply(this, given)
    const answer = this.#answer
    if (answer === undefined || !(asked instanceof Promise)) return asked as never
    return asked.catch((error: unknown) => {
      if (!(error instanceof Error) || error.message !== 'Query read timeout') throw error
      cutOff(this)
      throw new DatabaseSilentError(answer)
    }) as never
  }
}

/** A server that says nothing takes no leave either: the socket is closed on this side alone. */
export const cutOff = (client: pg.ClientBase): void =>
  void (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy()
