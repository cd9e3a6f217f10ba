import fs from 'node:fs'
import path from 'node:path'
import { createDatabaseWhenMissing } from '../../scripts/create-database.mjs'
import { parseEnvironment } from '../../scripts/environment.mjs'
import { script } from '../../scripts/launch/commands.mjs'
import { postgresFolder } from '../../scripts/launch/installation.mjs'
import { otherPostgresPlan } from '../../scripts/launch/plans.mjs'
import {
  finishedUpgrade,
  madeBy,
  majorOf,
  packageNote,
  upgradeFolder,
} from '../../scripts/launch/postgres.mjs'
import { StepError } from '../../scripts/launch/steps.mjs'
import { readArchive } from '../backup/archive-reader.ts'
import { fileFor, written } from '../backup/backup.ts'
import { loadArchive } from '../backup/load-archive.ts'
import { type Command, tell, textOf, UsageError, wordsOf } from '../command.ts'
import { withEmbedded, withServer, withStoppedGuichet } from '../database.ts'
import { givenPath, guichetVersion } from '../installation.ts'
import { fetchedFolder, otherBinaries } from './other-binaries.ts'

/** `npm run upgrade-postgres`. */
export const upgradePostgres: Command = {
  summary: 'Carries the embedded database over to the PostgreSQL of this version, while stopped',
  usage: '[--from FOLDER]',
  options: { from: { type: 'string' } },
  async run(given) {
    wordsOf(given)
    const { externalDatabaseUrl, dataDir } = parseEnvironment(process.env)
    if (externalDatabaseUrl !== undefined)
      throw new UsageError(
        'DATABASE_URL is set: a PostgreSQL of your own is upgraded by its own means (pg_upgrade), and Guichet works on it as before.',
      )
    const from = textOf(given, 'from')
    await withStoppedGuichet(dataDir, () =>
      upgrade(dataDir, from === undefined ? undefined : givenPath(from)),
    )
    return 0
  },
}

/**
 * The files that are in use stay as they are until the new ones are whole; then they change places.
 * Ended at any moment, and run again, it comes to the same.
 */
async function upgrade(dataDir: string, from: string | undefined): Promise<void> {
  const clusterFolder = path.join(dataDir, 'postgres')
  const offered = majorOf(path.join(postgresFolder(), 'bin')) ?? ''
  const made = madeBy(clusterFolder)
  const isFinished = fs.existsSync(finishedUpgrade(dataDir))
  if (made === offered) {
    fs.rmSync(upgradeFolder(dataDir), { recursive: true, force: true })
    tell(`The database in ${dataDir} is one of PostgreSQL ${offered} already.`)
    return
  }
  if (made === undefined && !isFinished)
    throw new StepError(`There is no database in ${dataDir}.`, 'Set DATA_DIR to where it is.')
  if (Number(made) > Number(offered))
    throw new StepError(
      `The database in ${clusterFolder} was made by PostgreSQL ${made}, the installed one is ${offered}.`,
      'Take the version of Guichet that ran on it, or a newer one.',
    )
  if (made !== undefined) await carryOver(dataDir, made, from)
  changePlaces(dataDir, made)
  fs.rmSync(fetchedFolder(dataDir), { recursive: true, force: true })
  tell(
    `The database is one of PostgreSQL ${offered} now. What was there before is in ${path.join(dataDir, 'postgres.')}${made ?? '…'}: delete it when all is well.`,
  )
}

async function carryOver(dataDir: string, made: string, from: string | undefined): Promise<void> {
  const clusterFolder = path.join(dataDir, 'postgres')
  const bin = await otherBinaries(made, from, dataDir)
  const file = fileFor(`${path.join(dataDir, 'backups')}${path.sep}`)
  await withServer(
    dataDir,
    (port) => otherPostgresPlan(bin, dataDir, clusterFolder, port),
    async (databaseUrl) => {
      // The key stays where it is.
      const request = { version: guichetVersion(), keys: null, passphrase: undefined }
      await written(file, { databaseUrl, ...request })
    },
  )
  const { checks } = await readArchive(file)
  tell(`Read from PostgreSQL ${made}: ${file}, ${checks.tables['ticket']?.rows ?? 0} tickets.`)
  const folder = upgradeFolder(dataDir)
  fs.rmSync(folder, { recursive: true, force: true })
  // As root the server has an account of its own, which has to pass through.
  fs.mkdirSync(folder, { mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  fs.copyFileSync(path.join(dataDir, 'postgres.password'), path.join(folder, 'postgres.password'))
  await withEmbedded(folder, async (databaseUrl) => {
    await createDatabaseWhenMissing(databaseUrl)
    await loadArchive(databaseUrl, file, { replace: false })
    await script('migrate.mjs', [], { DATABASE_URL: databaseUrl })
  })
  fs.writeFileSync(finishedUpgrade(dataDir), `${made}\n`)
}

/** @param made undefined: it was interrupted after the first of the two. */
function changePlaces(dataDir: string, made: string | undefined): void {
  const clusterFolder = path.join(dataDir, 'postgres')
  const folder = upgradeFolder(dataDir)
  if (made !== undefined) {
    const aside = `${clusterFolder}.${made}`
    fs.renameSync(clusterFolder, fs.existsSync(aside) ? `${aside}.${Date.now()}` : aside)
  }
  fs.renameSync(path.join(folder, 'postgres'), clusterFolder)
  fs.renameSync(packageNote(folder), packageNote(dataDir))
  fs.rmSync(folder, { recursive: true, force: true })
}
