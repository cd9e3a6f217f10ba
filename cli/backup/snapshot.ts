import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { Manifest, TableOf } from './contract.ts'
import { openCopyConnection } from './copy-connection.ts'

/** Kept by migrating, not by a backup: which migrations and functions there are. */
export const BOOKKEEPING = ['_prisma_migrations', '_sql_functions']

/** The database is not one that a backup can be made of. */
export class SnapshotError extends Error {
  readonly code = 'backup-impossible'
}

/**
 * A database as it was in one moment, while work on it goes on: one transaction that only reads
 * (REPEATABLE READ) and holds up nobody but a migration.
 */
export class Snapshot {
  private constructor(
    private readonly client: pg.Client,
    readonly contents: Pick<Manifest, 'postgres' | 'migrations' | 'tables' | 'sequences'>,
  ) {}

  /** @throws SnapshotError when Guichet's tables are not there. */
  static async open(databaseUrl: string): Promise<Snapshot> {
    const client = await openCopyConnection(databaseUrl, 'guichet-backup')
    try {
      await client.query(SETTINGS)
      await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
      return new Snapshot(client, await contentsOf(client))
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
  }

  /** A table's rows as COPY text, in pieces as they come. */
  rows({ name, columns }: TableOf): AsyncIterable<Buffer> {
    return this.client.query(copyTo(`COPY ${target(name, columns)} TO STDOUT`))
  }

  async close(): Promise<void> {
    await this.client.end()
  }
}

/** `"table" ("column", …)`. */
export const target = (table: string, columns: readonly string[]): string =>
  `${pg.escapeIdentifier(table)} (${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`

// Rows in the order they lie in, so that a table that is read again gives the same text; values in
// words that every server reads alike; and as long as it takes.
const SETTINGS = `
  SET synchronize_seqscans = off;
  SET extra_float_digits = 3;
  SET DateStyle = ISO;
  SET IntervalStyle = postgres;
  SET TimeZone = 'UTC';
  SET client_encoding = 'UTF8';
  SET statement_timeout = 0;
  SET lock_timeout = '60s';
  SET idle_in_transaction_session_timeout = 0`

async function contentsOf(client: pg.Client): Promise<Snapshot['contents']> {
  const tables = await tablesOf(client)
  if (!tables.some(({ name }) => name === 'ticket_event'))
    throw new SnapshotError(
      'This database has no tables of Guichet. Is DATABASE_URL the right one? An empty one needs no backup.',
    )
  const names = tables.map(({ name }) => pg.escapeIdentifier(name))
  await client.query(`LOCK TABLE ${names.join(', ')} IN ACCESS SHARE MODE`)
  const { rows: migrations } = await client.query<{ name: string; sha256: string }>(
    `SELECT migration_name AS name, checksum AS sha256 FROM _prisma_migrations
      WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
  )
  const { rows: version } = await client.query<{ server_version: string }>('SHOW server_version')
  return {
    postgres: version[0]?.server_version ?? '',
    migrations,
    tables,
    sequences: await sequencesOf(client),
  }
}

async function tablesOf(client: pg.Client): Promise<TableOf[]> {
  const { rows } = await client.query<TableOf>(
    `SELECT c.relname::text AS name,
            array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '') AS columns
       FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
        AND c.relname <> ALL ($1)
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
      GROUP BY c.oid ORDER BY c.relname`,
    [BOOKKEEPING],
  )
  return rows
}

/** Their numbers only grow, and each is taken before the row that has it is committed. */
async function sequencesOf(client: pg.Client): Promise<Manifest['sequences']> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class
      WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S' ORDER BY relname`,
  )
  const sequences: Manifest['sequences'] = []
  for (const { name } of rows) {
    const { rows: values } = await client.query<{ value: string; called: boolean }>(
      `SELECT last_value::text AS value, is_called AS called FROM ${pg.escapeIdentifier(name)}`,
    )
    for (const { value, called } of values) sequences.push({ name, value, called })
  }
  return sequences
}
