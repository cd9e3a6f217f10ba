import pg from 'pg'

/**
 * SQLSTATE classes of what lies in the data and is the same at every attempt: a row twice in one
 * statement (21), data exceptions (22), broken constraints (23, 44), exceeded limits (54). Everything
 * else is the moment's: a connection, a lock, a server that stops, space, a table that a migration is
 * about to bring. PostgreSQL's manual, appendix A.
 */
const DATA = /^(21|22|23|44|54)/

/**
 * Whether trying again is in vain: the data itself is at fault, or our own code breaks on it. Told
 * from errors of the moment, which pass.
 * @param error what writing to the database threw.
 */
export function isDataError(error: unknown): error is Error {
  if (error instanceof pg.DatabaseError) return DATA.test(error.code ?? '')
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError
}

/**
 * @returns the error in words for an admin. Without PostgreSQL's detail, which repeats whole rows.
 */
export const dataErrorText = (error: Error): string =>
  error instanceof pg.DatabaseError && error.code !== undefined
    ? `SQLSTATE ${error.code}: ${error.message}`
    : error.message
