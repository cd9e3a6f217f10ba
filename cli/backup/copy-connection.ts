import type pg from 'pg'
import { QuietClient } from '../../platform/postgres/quiet-client.ts'

/**
 * A connection of its own, over which tables go by COPY for as long as it takes.
 * @param databaseUrl a PostgreSQL connection URL.
 * @param name what the server's own lists call it.
 * @throws what the database says when it cannot be reached within 20 seconds.
 */
export async function openCopyConnection(databaseUrl: string, name: string): Promise<pg.Client> {
  const client = new QuietClient({
    connectionString: databaseUrl,
    application_name: name,
    keepAlive: true,
    connectionTimeoutMillis: 20_000,
  })
  await client.connect()
  return client
}
