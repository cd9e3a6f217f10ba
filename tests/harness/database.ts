import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import pg from 'pg'
import { migrate } from '../../scripts/migrate.mjs'
import { serverOf } from './needs.ts'

/** A database of a test's own, migrated. */
export interface FreshDatabase {
  url: string
  /** Ends what is still connected and removes it. */
  drop: () => Promise<void>
}

/**
 * Makes a fresh database with the newest schema, copied from a template that the first test of a
 * run migrates.
 */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = serverOf('TEST_DATABASE_URL')
  const template = `template_${schemaHash()}`
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server, async (client) => {
    await client.query('SELECT pg_advisory_lock(7246002)')
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [
      template,
    ])
    if (!rowCount) {
      // Under another name until it is whole: a run that is stopped here must not leave a
      // half-migrated template.
      await client.query(`DROP DATABASE IF EXISTS ${template}_new`)
      await migrate(databaseOf(server, `${template}_new`))
      await client.query(`ALTER DATABASE ${template}_new RENAME TO ${template}`)
    }
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  })
  return {
    url: databaseOf(server, name),
    drop: () => dropDatabase(server, name),
  }
}

const dropDatabase = (server: string, name: string): Promise<void> =>
  onServer(server, async (client) => {
    await leaveTaking(client, name)
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  })

/** The address of a database that is not there yet, on the same server. */
export function absentDatabase(): FreshDatabase {
  const server = serverOf('TEST_DATABASE_URL')
  const name = `test_${randomBytes(6).toString('hex')}`
  return { url: databaseOf(server, name), drop: () => dropDatabase(server, name) }
}

/**
 * Waits a moment for connections that are closing already: ended by the server while they say
 * goodbye, they would fail a test that is over.
 */
async function leaveTaking(client: pg.Client, name: string): Promise<void> {
  for (let looked = 0; looked < 20; looked++) {
    const { rowCount } = await client.query('SELECT 1 FROM pg_stat_activity WHERE datname = $1', [
      name,
    ])
    if (!rowCount) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

async function onServer(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseOf(url, 'postgres') })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

function databaseOf(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** Of every migration and function. */
function schemaHash(): string {
  const folder = new URL('../../prisma/', import.meta.url)
  const hash = createHash('sha256')
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.sql')) hash.update(name).update(fs.readFileSync(new URL(name, folder)))
  }
  return hash.digest('hex').slice(0, 12)
}
