import pg from 'pg'

/** What keeps the database from doing what it was asked, though nothing is wrong with what was asked. */
export type DatabaseTrouble =
  /** It is away, does not answer in time, or is busy with others: it passes. */
  | 'silent'
  /** It answers, and takes nothing: no space, or a copy that is read only. */
  | 'not-writable'
  /** It lacks a table, a column or a right: a migration is about to bring it, or was not run. */
  | 'outdated'

/**
 * The one table of what an SQLSTATE means to whoever asked; the longest beginning that fits counts.
 * PostgreSQL's manual, appendix A. What stands in none of them lies in the data (data-error.ts) or in
 * our own statements, and comes again at every attempt.
 */
export const troubleBySqlState: Readonly<Record<string, DatabaseTrouble>> = {
  // Connections.
  '08': 'silent',
  // Somebody has changed the password, or pg_hba.conf.
  '28': 'silent',
  // Transactions that got into each other's way: serialization, deadlock.
  '40': 'silent',
  // A transaction that stood still was ended.
  '25P03': 'silent',
  '25P04': 'silent',
  // A prepared statement, or a cursor, that went with its connection behind a pooler.
  '26': 'silent',
  // Something is in use, or locked.
  '55': 'silent',
  // An operator or a bound has ended it: shutdown, restart, cancelled, dropped.
  '57': 'silent',
  '53300': 'silent',
  // A standby, or a server that was set so.
  '25006': 'not-writable',
  // Disk, memory, limits of the configuration.
  '53': 'not-writable',
  // The system below: input and output, files that are gone.
  '58': 'not-writable',
  // Pages or indexes that are damaged.
  XX001: 'not-writable',
  XX002: 'not-writable',
  // No such database, schema, table, column, function, type; no right to it.
  '3D': 'outdated',
  '3F': 'outdated',
  '42P01': 'outdated',
  '42703': 'outdated',
  '42883': 'outdated',
  '42704': 'outdated',
  '42501': 'outdated',
}

/** Errors of the way to the server: Node's, and our own bound. */
const AWAY =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|database-silent)$/

/** What pg says without a code. */
const AWAY_IN_WORDS =
  /^(Connection terminated|Client .* is not queryable|timeout exceeded when trying to connect|Query read timeout)/

/** A statement that a connection had planned before a migration: the next connection plans it anew. */
const PLANNED_BEFORE = /^cached plan must not change result type/

/**
 * @param error what a statement, or connecting, threw.
 * @returns null where it is no fault of the database: trying again would end the same.
 */
export function databaseTrouble(error: unknown): DatabaseTrouble | null {
  if (error instanceof AggregateError)
    return error.errors.some((one) => databaseTrouble(one) !== null) ? 'silent' : null
  if (!(error instanceof Error)) return null
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (AWAY.test(code) || AWAY_IN_WORDS.test(error.message)) return 'silent'
  if (!isFromServer(error)) return null
  const known = troubleBySqlState[code] ?? troubleBySqlState[code.slice(0, 2)]
  if (known) return known
  // Whatever else ends a connection: of the data no error does.
  if (error.severity === 'FATAL' || error.severity === 'PANIC') return 'silent'
  return PLANNED_BEFORE.test(error.message) ? 'outdated' : null
}

/** Also one that another copy of pg made, or that was put together anew. */
const isFromServer = (error: Error): error is Error & { severity?: string } =>
  error instanceof pg.DatabaseError || 'severity' in error
