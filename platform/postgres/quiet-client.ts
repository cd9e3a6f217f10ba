import pg from 'pg'

/**
 * A connection whose loss fails the statement under way, or the next one, and nothing else. A server
 * that restarts, or ends a connection, is told of by an `error` as well, more than once and also
 * between two statements; without a listener it would end the process. This one listens from its
 * making on, so whoever borrows a connection adds and removes listeners of its own only, by name.
 */
export class QuietClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    this.on('error', () => undefined)
  }
}
