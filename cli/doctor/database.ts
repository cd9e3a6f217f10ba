import fs from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import { QuietClient } from '../../platform/postgres/quiet-client.ts'
import { textOf } from '../../scripts/create-database.mjs'
import { projectRoot } from '../../scripts/environment.mjs'
import { at, type Finding, ok, problem, warning } from './finding.ts'

const ABOUT = 'database'
/** Below these a night of mail may fill the disk. Bytes. */
const LITTLE_ROOM = 2 * 1024 ** 3
const NO_ROOM = 256 * 1024 ** 2
/** Seconds between this machine's clock and the server's. */
const SKEW = 5
/** Of major versions: what the statements use. */
const OLDEST_POSTGRES = 14

/**
 * Reachable, migrated to this version, with its clock right, and not about to run out of connections.
 * @param embeddedIn DATA_DIR, when it is the embedded one.
 */
export async function checkDatabase(databaseUrl: string): Promise<Finding[]> {
  const client = new QuietClient({ connectionString: databaseUrl, connectionTimeoutMillis: 8_000 })
  const findings: Finding[] = []
  try {
    const asked = Date.now()
    await client.connect()
    const { rows } = await client.query<ServerRow>(SERVER)
    const server = rows[0]!
    findings.push(
      ok(ABOUT, `PostgreSQL ${server.version} answers; it holds ${megabytes(server.size)}`),
    )
    if (Number.parseInt(server.version) < OLDEST_POSTGRES)
      findings.push(
        problem(
          ABOUT,
          `PostgreSQL ${server.version} is too old`,
          `Use ${OLDEST_POSTGRES} or newer; npm run backup and npm run restore carry the data over.`,
        ),
      )
    findings.push(...skewOf(ABOUT, server.now, asked, Date.now()))
    if (server.used > server.most * 0.9)
      findings.push(
        warning(
          ABOUT,
          `${server.used} of ${server.most} connections are in use`,
          'Raise max_connections, or run fewer processes: each takes about a dozen.',
        ),
      )
    findings.push(await migrationsOf(client))
  } catch (error) {
    findings.push(
      problem(
        ABOUT,
        `no connection: ${textOf(error)}`,
        'Check address, user and password in DATABASE_URL, and that PostgreSQL runs; the embedded one says why in DATA_DIR/logs/postgres.log.',
      ),
    )
  } finally {
    await client.end().catch(() => undefined)
  }
  return findings
}

interface ServerRow {
  version: string
  size: number
  now: Date
  used: number
  most: number
}

const SERVER = `
  SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
         pg_database_size(current_database())::float8 AS size,
         clock_timestamp() AS now,
         (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
         current_setting('max_connections')::int AS most`

async function migrationsOf(client: pg.Client): Promise<Finding> {
  const known = fs
    .readdirSync(path.join(projectRoot, 'prisma/migrations'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  const { rows: found } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
  )
  const { rows } = found[0]?.there
    ? await client.query<{ name: string; whole: boolean }>(
        `SELECT migration_name AS name, finished_at IS NOT NULL AS whole FROM _prisma_migrations
          WHERE rolled_back_at IS NULL`,
      )
    : { rows: [] }
  const half = rows.filter(({ whole }) => !whole)
  if (half.length > 0)
    return problem(
      ABOUT,
      `the migration ${half[0]?.name} did not come to its end`,
      'Restore the last backup, then migrate again.',
    )
  const applied = new Set(rows.map(({ name }) => name))
  const missing = known.filter((name) => !applied.has(name))
  if (missing.length > 0)
    return problem(
      ABOUT,
      `${missing.length} migrations are missing, ${missing[0]} first`,
      'Run npm run migrate; npm start does it by itself.',
    )
  const unknown = [...applied].filter((name) => !known.includes(name))
  if (unknown.length > 0)
    return problem(
      ABOUT,
      `it was migrated by a newer Guichet (${unknown[0]})`,
      'Run that version or a newer one.',
    )
  return ok(ABOUT, `all ${known.length} migrations are applied`)
}

/**
 * @param at what the other clock said, at some moment between `asked` and `answered`.
 */
export function skewOf(about: string, at: Date, asked: number, answered: number): Finding[] {
  const seconds = Math.max(asked - at.getTime(), at.getTime() - answered, 0) / 1000
  return seconds < SKEW
    ? []
    : [
        warning(
          about,
          `its clock and this machine's are ${Math.round(seconds)} s apart`,
          'Set both by NTP: reminders, deadlines and links go by them.',
        ),
      ]
}

/** @param folder where the embedded servers keep their data. */
export function checkRoom(folder: string): Finding[] {
  const { bavail, bsize } = fs.statfsSync(folder)
  const free = bavail * bsize
  const found = `${megabytes(free)} are free`
  if (free < NO_ROOM) return at(folder, [problem('disk', found, ROOM)])
  return at(folder, [free < LITTLE_ROOM ? warning('disk', found, ROOM) : ok('disk', found)])
}

const ROOM =
  'Make room, or move DATA_DIR to a larger disk: a full one stops mail and tickets (nothing is lost).'

export const megabytes = (bytes: number): string =>
  bytes < 10 * 1024 ** 3
    ? `${Math.round(bytes / 1024 ** 2)} MB`
    : `${Math.round(bytes / 1024 ** 3)} GB`
