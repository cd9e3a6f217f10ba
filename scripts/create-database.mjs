import pg from 'pg'

/** A server that does not answer, or does not let a database be made. */
export class DatabaseError extends Error {
  code = 'database-unreachable'
}

/**
 * Makes the database when its server has none of that name.
 * @param {string} databaseUrl
 * @throws {DatabaseError}
 */
export async function createDatabaseWhenMissing(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    if (/** @type {{code?: string}} */ (error).code !== '3D000')
      throw new DatabaseError(
        `No connection to the database of DATABASE_URL: ${textOf(error)}. Check its address, user and password, and that it runs.`,
      )
    await createDatabase(databaseUrl)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * @param {string} databaseUrl
 * @throws {DatabaseError}
 */
async function createDatabase(databaseUrl) {
  const server = new URL(databaseUrl)
  const name = decodeURIComponent(server.pathname.slice(1))
  server.pathname = '/postgres'
  const client = new pg.Client({ connectionString: server.href })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
  } catch (error) {
    // Another start made it in between (42P04, or 23505 when both were at it in the same moment):
    // what was wanted.
    if (!['42P04', '23505'].includes(/** @type {{code?: string}} */ (error).code ?? ''))
      throw new DatabaseError(
        `The database "${name}" does not exist and cannot be made: ${textOf(error)}. Create it, or name an existing one in DATABASE_URL.`,
      )
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * pg hides the reason of a refused connection in an AggregateError.
 * @param {unknown} error
 * @returns {string}
 */
export function textOf(error) {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('; ')
  const message = error instanceof Error ? error.message : String(error)
  return message || String(/** @type {{code?: string}} */ (error).code ?? error)
}
