import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { finished } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { advisoryLocks } from '../../platform/postgres/advisory-locks.ts'
import { projectRoot } from '../../scripts/environment.mjs'
import { readArchive, sha256 } from './archive-reader.ts'
import { ArchiveError, type Manifest } from './contract.ts'
import { openCopyConnection } from './copy-connection.ts'
import { BOOKKEEPING, target } from './snapshot.ts'

/** The database that is to be restored into is not one that may be written to. */
export class TargetError extends Error {
  readonly code = 'restore-refused'
}

/**
 * Puts what a backup holds into a database, in one transaction: the tables as the backup's version
 * had them, their rows, then their references. Whatever goes wrong, and whenever, the database
 * stays as it was. Migrating to this version is a step of its own, afterwards.
 * @param replace what is in the database may be thrown away.
 * @param last within the transaction, when everything is there.
 * @throws ArchiveError, TargetError
 */
export async function loadArchive(
  databaseUrl: string,
  file: string,
  {
    replace,
    last,
    progress,
  }: {
    replace: boolean
    last?: (client: pg.Client) => Promise<void>
    progress?: (table: string) => void
  },
): Promise<void> {
  const client = await openCopyConnection(databaseUrl, 'guichet-restore')
  try {
    await client.query(SETTINGS)
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.migration])
    await clear(client, replace)
    await load(client, file, progress)
    await last?.(client)
    await client.query('COMMIT')
  } finally {
    // Without COMMIT the server takes everything back.
    await client.end().catch(() => undefined)
  }
}

const SETTINGS = `
  SET statement_timeout = 0;
  SET lock_timeout = '20s';
  SET idle_in_transaction_session_timeout = 0;
  SET client_encoding = 'UTF8';
  SET client_min_messages = warning`

async function load(
  client: pg.Client,
  file: string,
  progress: ((table: string) => void) | undefined,
): Promise<void> {
  let columns = new Map<string, string[]>()
  let references: Reference[] = []
  let open: TableWriter | undefined
  const read = await readArchive(file, {
    async manifest(manifest) {
      columns = new Map(manifest.tables.map((table) => [table.name, table.columns]))
      await createTables(client, manifest)
      references = await dropReferences(client)
    },
    async rows(table, chunk) {
      if (open?.table !== table) {
        await open?.finish()
        open = new TableWriter(client, table, columns.get(table) ?? [])
        progress?.(table)
      }
      await open.write(chunk)
    },
  })
  await open?.finish()
  for (const { table, name, definition } of references)
    await client.query(
      `ALTER TABLE ${pg.escapeIdentifier(table)} ADD CONSTRAINT ${pg.escapeIdentifier(name)} ${definition}`,
    )
  for (const { name, value, called } of read.manifest.sequences)
    await client.query('SELECT setval(quote_ident($1)::regclass, $2, $3)', [name, value, called])
  for (const [table, { rows }] of Object.entries(read.checks.tables)) {
    const found = await client.query<{ n: string }>(
      `SELECT count(*)::text AS n FROM ${pg.escapeIdentifier(table)}`,
    )
    if (found.rows[0]?.n !== String(rows))
      throw new ArchiveError(
        `Table "${table}" has ${found.rows[0]?.n} rows after restoring, and ${rows} in the backup. Nothing was changed.`,
      )
  }
}

/** One table's COPY. */
class TableWriter {
  readonly #copy
  readonly #done: Promise<void>

  constructor(
    client: pg.Client,
    readonly table: string,
    columns: readonly string[],
  ) {
    this.#copy = client.query(copyFrom(`COPY ${target(table, columns)} FROM STDIN`))
    this.#done = finished(this.#copy)
    this.#done.catch(() => undefined)
  }

  async write(chunk: Buffer): Promise<void> {
    if (!this.#copy.write(chunk)) await Promise.race([once(this.#copy, 'drain'), this.#done])
  }

  async finish(): Promise<void> {
    this.#copy.end()
    await this.#done
  }
}

/** Tables, types and sequences as the migrations of the backup make them. */
async function createTables(client: pg.Client, { migrations }: Manifest): Promise<void> {
  await client.query(MIGRATIONS_TABLE)
  for (const { name, sha256: checksum } of migrations) {
    await client.query(migrationText(name, checksum))
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, now(), $3, 1)`,
      [randomUUID(), checksum, name],
    )
  }
  // Some migrations fill in what every help desk begins with; in the backup it is as it became.
  const filled = (await tableNames(client)).filter((name) => name !== MIGRATIONS)
  await client.query(`TRUNCATE ${filled.map((name) => pg.escapeIdentifier(name)).join(', ')}`)
}

const MIGRATIONS = '_prisma_migrations'

/** As Prisma's schema engine makes it, which looks there for what was applied. */
const MIGRATIONS_TABLE = `
  CREATE TABLE _prisma_migrations (
    id varchar(36) PRIMARY KEY NOT NULL,
    checksum varchar(64) NOT NULL,
    finished_at timestamptz,
    migration_name varchar(255) NOT NULL,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`

/**
 * @throws ArchiveError when this Guichet does not have the migration, or has another one of that
 *   name.
 */
export function migrationText(name: string, checksum: string): string {
  const file = path.join(projectRoot, 'prisma/migrations', path.basename(name), 'migration.sql')
  if (!fs.existsSync(file))
    throw new ArchiveError(
      `The backup was made by a newer Guichet: it knows the migration ${name}, this one does not. Take that version, then restore. Nothing was changed.`,
    )
  const text = fs.readFileSync(file, 'utf8')
  if (sha256(text) !== checksum)
    throw new ArchiveError(
      `The backup's migration ${name} is another one than this Guichet's. Restore with the version that made the backup, then upgrade. Nothing was changed.`,
    )
  return text
}

interface Reference {
  table: string
  name: string
  definition: string
}

/** Rows come table by table; what they refer to may come later. */
async function dropReferences(client: pg.Client): Promise<Reference[]> {
  const { rows } = await client.query<Reference>(
    `SELECT r.relname::text AS table, c.conname::text AS name, pg_get_constraintdef(c.oid) AS definition
       FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
      WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace
      ORDER BY r.relname, c.conname`,
  )
  for (const { table, name } of rows)
    await client.query(
      `ALTER TABLE ${pg.escapeIdentifier(table)} DROP CONSTRAINT ${pg.escapeIdentifier(name)}`,
    )
  return rows
}

/** @throws TargetError when something is there that may not be thrown away. */
async function clear(client: pg.Client, replace: boolean): Promise<void> {
  const names = await tableNames(client)
  if (names.length === 0) return
  if (!names.includes(MIGRATIONS) || !names.includes('ticket_event'))
    throw new TargetError(
      'The database holds tables that are not of Guichet. Restore into an empty one: name another in DATABASE_URL.',
    )
  await refuseWhileInUse(client)
  if (!replace)
    for (const name of names)
      if (!MADE_BY_A_START.has(name) && (await hasRows(client, name)))
        throw new TargetError(
          `The database is not empty: table "${name}" has rows. Restore into an empty one, or throw away what is there with --replace. Nothing was changed.`,
        )
  await dropEverything(client)
}

/** Filled by migrating and by the first start, before anybody has done anything. */
const MADE_BY_A_START = new Set([
  ...BOOKKEEPING,
  'process_beat',
  'resolution',
  'setting',
  'setup_link',
  'sla_revision',
])

async function tableNames(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class
      WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
        AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')`,
  )
  return rows.map(({ name }) => name)
}

async function hasRows(client: pg.Client, table: string): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT 1 FROM ${pg.escapeIdentifier(table)} LIMIT 1`)
  return rowCount !== 0
}

/** Processes that run would go on with what is no longer so. */
export async function refuseWhileInUse(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  )
  const others = rows[0]?.n ?? 0
  if (others > 0)
    throw new TargetError(
      `${others} other connections use this database. Stop every API and worker process, and whatever else is connected, then restore. Nothing was changed.`,
    )
}

/**
 * Everything in the schema, but what belongs to an extension; what is part of something else, such as
 * the sequence of an identity column, goes with it.
 */
async function dropEverything(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `WITH ours AS (SELECT current_schema()::regnamespace AS schema),
          kept AS (SELECT classid, objid FROM pg_depend WHERE deptype IN ('e', 'i'))
     SELECT format('DROP %s IF EXISTS %s CASCADE',
                   CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                   oid::regclass) AS statement
       FROM pg_class, ours WHERE relnamespace = schema AND relkind IN ('r', 'p', 'v', 'm', 'S')
        AND ('pg_class'::regclass, oid) NOT IN (SELECT classid, objid FROM kept)
     UNION ALL
     SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure)
       FROM pg_proc, ours WHERE pronamespace = schema
        AND ('pg_proc'::regclass, oid) NOT IN (SELECT classid, objid FROM kept)
     UNION ALL
     SELECT format('DROP TYPE IF EXISTS %s CASCADE', oid::regtype)
       FROM pg_type, ours WHERE typnamespace = schema AND typtype = 'e'
        AND ('pg_type'::regclass, oid) NOT IN (SELECT classid, objid FROM kept)`,
  )
  for (const { statement } of rows) await client.query(statement)
}
