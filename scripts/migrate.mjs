// Brings a database up to the newest schema: `node scripts/migrate.mjs` with DATABASE_URL. Makes
// the database when the server has none of that name. Safe to repeat and safe when two run at once.
// First the migrations, then the functions and triggers of prisma/functions, a file for each area,
// in which today's version of each stands. Prisma's schema engine runs here as WebAssembly, so no
// download is needed.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { createDatabaseWhenMissing, textOf } from './create-database.mjs'
import { parseEnvironment, projectRoot } from './environment.mjs'

/** One number for the advisory lock, known to every Guichet that may migrate the same database. */
export const MIGRATION_LOCK = 7_246_001

/** Migrating failed. The message says which migration and what to do. */
export class MigrationError extends Error {
  code = 'migration-failed'
}

/**
 * Applies every migration, and every file of functions, that the database does not have yet.
 * @param {string} databaseUrl
 * @returns {Promise<string[]>} the names of those applied now
 */
export async function migrate(databaseUrl) {
  await createDatabaseWhenMissing(databaseUrl)
  const lock = new pg.Client({ connectionString: databaseUrl })
  lock.on('error', () => undefined)
  await lock.connect()
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    // Loading the engine takes longer than all the rest of a start.
    const applied = (await hasEveryMigration(lock)) ? [] : await applyMigrations(databaseUrl)
    return [...applied, ...(await applyFunctions(lock))]
  } finally {
    await lock.end()
  }
}

/**
 * Whether the schema engine has nothing to do. Of a migration that failed it says what is to be done.
 * @param {pg.Client} client
 */
async function hasEveryMigration(client) {
  const { rows: tables } = await client.query(
    `SELECT 1 FROM pg_class WHERE oid = to_regclass('_prisma_migrations')`,
  )
  if (tables.length === 0) return false
  /** @type {{ rows: { name: string, state: 'applied' | 'failed' | 'rolled back' }[] }} */
  const { rows } = await client.query(
    `SELECT migration_name AS name, CASE WHEN rolled_back_at IS NOT NULL THEN 'rolled back'
                                         WHEN finished_at IS NULL THEN 'failed'
                                         ELSE 'applied' END AS state
     FROM _prisma_migrations`,
  )
  if (rows.some(({ state }) => state === 'failed')) return false
  const applied = new Set(rows.flatMap(({ name, state }) => (state === 'applied' ? [name] : [])))
  return migrationsOnDisk().migrationDirectories.every(({ path: name }) => applied.has(name))
}

/** @param {string} databaseUrl */
async function applyMigrations(databaseUrl) {
  const { PrismaPg } = await import('@prisma/adapter-pg')
  const { bindMigrationAwareSqlAdapterFactory } = await import('@prisma/driver-adapter-utils')
  const { SchemaEngine } = await loadSchemaEngine()
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  pool.on('error', () => undefined)
  const factory = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool))
  const engine = await SchemaEngine.new(
    { datamodels: filesIn('prisma/schema', '.prisma').map(({ name, text }) => [name, text]) },
    () => undefined,
    factory,
  )
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: migrationsOnDisk(),
      filters: { externalTables: [], externalEnums: [] },
    })
    return appliedMigrationNames
  } catch (error) {
    throw new MigrationError(
      `A migration failed: ${textOf(error)}\nNothing else was changed. Restore the backup or correct what it names, then start again.`,
    )
  } finally {
    engine.free()
    await pool.end()
  }
}

/**
 * Creates or replaces the functions and triggers of every file that is not as the database last saw
 * it, all or none. A function may be written before those that it calls. What a migration itself
 * needs, it creates with the text that it has then; what is no longer wanted, or changes its
 * parameters or result, a migration drops.
 * @param {pg.Client} client
 * @returns {Promise<string[]>} the names of the files applied now
 */
async function applyFunctions(client) {
  /** @type {string[]} */
  const applied = []
  let current = ''
  await client.query('BEGIN; SET LOCAL check_function_bodies = off')
  try {
    await client.query(
      'CREATE TABLE IF NOT EXISTS _sql_functions (file text PRIMARY KEY, sha256 text NOT NULL)',
    )
    for (const { name, text } of filesIn('prisma/functions', '.sql')) {
      current = `functions/${name}`
      const { rowCount: changed } = await client.query(
        `INSERT INTO _sql_functions AS seen (file, sha256) VALUES ($1, $2)
         ON CONFLICT (file) DO UPDATE SET sha256 = EXCLUDED.sha256 WHERE seen.sha256 <> EXCLUDED.sha256`,
        [name, createHash('sha256').update(text).digest('hex')],
      )
      if (!changed) continue
      await client.query(text)
      applied.push(current)
    }
    await client.query('COMMIT')
    return applied
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw new MigrationError(
      `prisma/${current} failed: ${textOf(error)}\nNo function was changed. Correct what it names, then start again.`,
    )
  }
}

/**
 * @param {string} folder
 * @param {string} extension
 */
function filesIn(folder, extension) {
  const at = path.join(projectRoot, folder)
  return fs
    .readdirSync(at)
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => ({ name, text: fs.readFileSync(path.join(at, name), 'utf8') }))
}

/** @type {Promise<typeof import('@prisma/schema-engine-wasm')> | undefined} */
let loaded

/** Once in a process: a second one would take over what the first has in hand, and wait for ever. */
const loadSchemaEngine = () => (loaded ??= instantiateSchemaEngine())

/**
 * Loads the engine by hand, since Node 20 has no import of .wasm files.
 * @returns {Promise<typeof import('@prisma/schema-engine-wasm')>}
 */
async function instantiateSchemaEngine() {
  const require = createRequire(import.meta.url)
  const glue = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const background = await import(pathToFileURL(glue).href)
  const module = new WebAssembly.Module(fs.readFileSync(glue.replace(/\.js$/, '.wasm')))
  // The engine leaves a ten-second timer behind (its own lock's timeout), which must not keep this
  // process alive.
  const timers = Object.keys(background).filter((name) => name.startsWith('__wbg_setTimeout_'))
  const unheld = Object.fromEntries(
    timers.map((name) => [
      name,
      (/** @type {() => void} */ run, /** @type {number} */ after) =>
        setTimeout(run, after >>> 0).unref(),
    ]),
  )
  const instance = new WebAssembly.Instance(module, {
    './schema_engine_bg.js': { ...background, ...unheld },
  })
  background.__wbg_set_wasm(instance.exports)
  const start = instance.exports['__wbindgen_start']
  if (typeof start === 'function') start()
  return background
}

function migrationsOnDisk() {
  const baseDir = path.join(projectRoot, 'prisma/migrations')
  const folders = fs
    .readdirSync(baseDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  return {
    baseDir,
    lockfile: {
      path: 'migration_lock.toml',
      content: fs.readFileSync(path.join(baseDir, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: folders.map((folder) => ({
      path: folder,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: /** @type {const} */ ('ok'),
          value: fs.readFileSync(path.join(baseDir, folder, 'migration.sql'), 'utf8'),
        },
      },
    })),
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  try {
    const { externalDatabaseUrl } = parseEnvironment(process.env)
    if (!externalDatabaseUrl)
      throw new MigrationError(
        'DATABASE_URL is missing: npm start migrates the embedded database by itself.',
      )
    const applied = await migrate(externalDatabaseUrl)
    console.log(applied.length ? `applied ${applied.join(', ')}` : 'the database is up to date')
  } catch (error) {
    console.error(error instanceof Error && 'code' in error ? error.message : error)
    process.exitCode = 1
  }
}
