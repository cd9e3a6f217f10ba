/** How long the database may take, in milliseconds. What is left out may take as long as it does. */
export interface DatabaseBounds {
  /** To get a connection: a new one, or one that is in use. */
  connect?: number
  /** To carry out a statement, by the server's own clock. */
  statement?: number
  /** To get a lock, of a row or an advisory one. */
  lock?: number
  /** Between two statements of a transaction: whoever began it hangs, and holds its locks. */
  idleInTransaction?: number
  /**
   * Until a statement is answered, by this process's clock: longer than the statement may take. A
   * server that is stopped, or a way to it that was cut without a word, never answers.
   */
  answer?: number
}

/** Somebody waits for the answer. */
export const interactive: DatabaseBounds = {
  connect: 5_000,
  statement: 20_000,
  lock: 10_000,
  idleInTransaction: 30_000,
  answer: 25_000,
}

/** Temporal tries again what takes longer. */
export const background: DatabaseBounds = {
  connect: 30_000,
  statement: 60_000,
  lock: 30_000,
  idleInTransaction: 60_000,
  answer: 70_000,
}

/** A connection that says nothing is asked by TCP whether it is still there. Milliseconds. */
export const KEEP_ALIVE = 10_000

/**
 * The same of the server, which gives up a process that is not there any more, with its locks, within
 * half a minute and not after the system's two hours.
 */
export const SERVER_KEEP_ALIVE =
  '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000'
