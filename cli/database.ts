import fs from 'node:fs'
import path from 'node:path'
import { Children } from '../scripts/launch/children.mjs'
import { openDataFolder } from '../scripts/launch/data-folder.mjs'
import { takeLock } from '../scripts/launch/lock.mjs'
import { postgresPlan } from '../scripts/launch/plans.mjs'
import { freePort } from '../scripts/launch/ports.mjs'
import { databaseUrl, initialise } from '../scripts/launch/postgres.mjs'
import { explain, StepError } from '../scripts/launch/steps.mjs'
import { openDatabase, type OpenDatabase } from '../platform/postgres/database.ts'
import { tell } from './command.ts'
import type { Settings } from './settings.ts'
import { interrupted } from './interrupted.ts'

const START_MS = 120_000

/**
 * Works on this installation's database: the one at DATABASE_URL; else the embedded one, which runs
 * already or is started for this and stopped again.
 * @throws StepError when there is none.
 */
export async function withDatabase<T>(
  { externalDatabaseUrl, dataDir }: Settings,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  if (externalDatabaseUrl !== undefined) return work(externalDatabaseUrl)
  const clusterFolder = path.join(dataDir, 'postgres')
  if (!fs.existsSync(path.join(clusterFolder, 'PG_VERSION')))
    throw new StepError(
      `There is no database in ${dataDir}.`,
      'Set DATA_DIR to where Guichet keeps its data, or DATABASE_URL to a PostgreSQL of your own.',
    )
  const running = runningPort(clusterFolder)
  if (running !== undefined) return work(databaseUrl(dataDir, running))
  return withStoppedGuichet(dataDir, () => withEmbedded(dataDir, work))
}

/** @returns where it is, without user and password. */
export function addressOf(databaseUrl: string): string {
  const { hostname, port, pathname, searchParams } = new URL(databaseUrl)
  const host = hostname || (searchParams.get('host') ?? '')
  return `${host}:${port || '5432'}${decodeURIComponent(pathname)}`
}

/** Says which database a command is about: DATA_DIR may be another than was meant. */
export const tellOfDatabase = (
  { dataDir, externalDatabaseUrl }: Settings,
  databaseUrl: string,
): void => {
  const of = externalDatabaseUrl === undefined ? `of DATA_DIR ${dataDir}` : 'of DATABASE_URL'
  tell(`Database ${addressOf(databaseUrl)}, ${of}.`)
}

/** The same, opened for statements. */
export const withOpenDatabase = <T>(
  settings: Settings,
  work: (db: OpenDatabase) => Promise<T>,
): Promise<T> =>
  withDatabase(settings, async (databaseUrl) => {
    tellOfDatabase(settings, databaseUrl)
    const db = openDatabase(databaseUrl, {
      connections: 2,
      bounds: { connect: 15_000 },
      name: 'guichet-cli',
    })
    try {
      return await work(db)
    } finally {
      await db.close()
    }
  })

/**
 * Holds DATA_DIR for itself, as a start does: none can begin meanwhile.
 * @throws LockedError when Guichet runs there.
 */
export async function withStoppedGuichet<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  const lock = takeLock(dataDir, 'a command of an operator')
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** Starts the embedded PostgreSQL for a while; makes it where there is none. DATA_DIR is held. */
export async function withEmbedded<T>(
  dataDir: string,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  const clusterFolder = await initialise(dataDir)
  return withServer(dataDir, (port) => postgresPlan(dataDir, clusterFolder, port), work)
}

/** Starts a server of this DATA_DIR for a while. */
export async function withServer<T>(
  dataDir: string,
  planOn: (port: number) => ReturnType<typeof postgresPlan>,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  const children = new Children(dataDir, (error) => {
    tell(explain(error))
  })
  try {
    await children.endOrphans()
    const port = await freePort('127.0.0.1')
    await children.start(planOn(port), START_MS)
    return await Promise.race([work(databaseUrl(dataDir, port)), interrupted])
  } finally {
    await children.stop()
  }
}

/** Makes DATA_DIR ready for a database, of the kind that a demo or a real start expects. */
export const prepareDataFolder = ({ dataDir, demo }: Settings): void => {
  openDataFolder(dataDir, demo)
}

/**
 * PostgreSQL's pid file: process in the first line, port in the fourth.
 * @returns undefined when none runs.
 */
function runningPort(clusterFolder: string): number | undefined {
  let lines: string[]
  try {
    lines = fs.readFileSync(path.join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n')
    process.kill(Number(lines[0]), 0)
  } catch (error) {
    // Somebody else's process: it is there all the same.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
    lines = fs.readFileSync(path.join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n')
  }
  return Number(lines[3]) || undefined
}
