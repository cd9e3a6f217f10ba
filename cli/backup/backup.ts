import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { QuietClient } from '../../platform/postgres/quiet-client.ts'
import { type Settings, settingsOf } from '../settings.ts'
import { createDatabaseWhenMissing } from '../../scripts/create-database.mjs'
import { type Command, isOn, tell, textOf, wordsOf } from '../command.ts'
import { tellOfDatabase, withDatabase } from '../database.ts'
import { givenPath, guichetVersion } from '../installation.ts'
import { installedKeys } from '../secret-key/installed-keys.ts'
import { readArchive } from './archive-reader.ts'
import { ArchiveError, type Checks, type Manifest } from './contract.ts'
import { loadArchive } from './load-archive.ts'
import type { BackedUpKeys } from './secret-key.ts'
import { Snapshot } from './snapshot.ts'
import { TableDigest } from './table-digest.ts'
import { writeBackup } from './write-backup.ts'

/** `npm run backup`. */
export const backup: Command = {
  summary: 'Writes database, mails, attachments and key into one file, while Guichet runs',
  usage: '[--output FILE|FOLDER|-] [--without-key] [--verify]',
  options: {
    output: { type: 'string', short: 'o' },
    'without-key': { type: 'boolean' },
    verify: { type: 'boolean' },
  },
  async run(given) {
    wordsOf(given)
    const settings = settingsOf()
    const passphrase = passphraseOf(process.env)
    const output = textOf(given, 'output') ?? path.join(settings.dataDir, 'backups')
    const keys = isOn(given, 'without-key') ? null : keysOf(settings)
    await withDatabase(settings, async (databaseUrl) => {
      tellOfDatabase(settings, databaseUrl)
      const request = { databaseUrl, version: guichetVersion(), keys, passphrase }
      if (output === '-') {
        tellOfKey((await writeBackup(process.stdout, request)).manifest)
        return
      }
      const file = fileFor(givenPath(output))
      const { manifest, checks } = await written(file, request)
      await readArchive(file)
      tell(`Written and read back: ${file}, ${megabytes(fs.statSync(file).size)}, ${size(checks)}.`)
      tellOfKey(manifest)
      if (isOn(given, 'verify')) {
        await restoredElsewhere(databaseUrl, file, checks)
        tell('Restored into a database of its own, compared, and removed again: it is whole.')
      }
    })
    return 0
  },
}

/** @returns null where there is no key. */
function keysOf(settings: Settings): BackedUpKeys | null {
  const { current, earlier } = installedKeys(settings)
  return current === null ? null : { current, earlier }
}

/** @throws ArchiveError when it is too short to protect anything. */
export function passphraseOf(env: NodeJS.ProcessEnv): string | undefined {
  const given = env['BACKUP_PASSPHRASE']
  if (!given) return undefined
  if (given.length < 12)
    throw new ArchiveError(
      `BACKUP_PASSPHRASE is too short: ${given.length} characters, at least 12 are needed.`,
    )
  return given
}

/** A folder gets a file that is named after the moment. */
export function fileFor(output: string): string {
  const isFolder =
    output.endsWith(path.sep) ||
    fs.statSync(output, { throwIfNoEntry: false })?.isDirectory() ||
    path.extname(output) === ''
  const moment = new Date()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
  const file = isFolder ? path.join(output, `guichet-${moment}.tar.gz`) : output
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  if (fs.existsSync(file))
    throw new ArchiveError(
      `${file} is there already. A backup never overwrites: give another name.`,
    )
  return file
}

/** Under another name until it is whole: what bears its name can be restored. */
export async function written(
  file: string,
  request: Parameters<typeof writeBackup>[1],
): Promise<{ manifest: Manifest; checks: Checks }> {
  const part = `${file}.part`
  const remove = (): void => {
    fs.rmSync(part, { force: true })
  }
  process.once('exit', remove)
  try {
    // Opened here and now: a stream that opens its file by itself may make it after a failure has
    // removed it.
    const fd = fs.openSync(part, 'w', 0o600)
    const made = await writeBackup(fs.createWriteStream(part, { fd, flush: true }), request)
    fs.renameSync(part, file)
    return made
  } finally {
    remove()
    process.off('exit', remove)
  }
}

/**
 * The proof of a backup is that it can be restored: into a new database beside the one it is of,
 * where every table must read as it was written.
 */
async function restoredElsewhere(
  databaseUrl: string,
  file: string,
  { tables }: Checks,
): Promise<void> {
  const url = new URL(databaseUrl)
  const name = `guichet_verify_${randomBytes(6).toString('hex')}`
  url.pathname = `/${name}`
  await createDatabaseWhenMissing(url.href)
  try {
    await loadArchive(url.href, file, { replace: false })
    const restored = await Snapshot.open(url.href)
    try {
      for (const table of restored.contents.tables) {
        const digest = new TableDigest()
        for await (const chunk of restored.rows(table)) digest.add(chunk)
        if (digest.result.sha256 !== tables[table.name]?.sha256)
          throw new ArchiveError(`Table "${table.name}" is not the same after restoring ${file}.`)
      }
    } finally {
      await restored.close()
    }
  } finally {
    await dropDatabase(databaseUrl, name)
  }
}

async function dropDatabase(databaseUrl: string, name: string): Promise<void> {
  const client = new QuietClient({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`)
  } finally {
    await client.end()
  }
}

function tellOfKey({ secretKey }: Manifest): void {
  tell(
    {
      sealed:
        'SECRET_KEY is in it, sealed with BACKUP_PASSPHRASE. Everything else in it is in clear.',
      clear:
        'SECRET_KEY is in it IN CLEAR: whoever has this file can read the stored mail passwords. Set BACKUP_PASSPHRASE to seal it, or leave it out with --without-key.',
      absent:
        'SECRET_KEY is not in it. Keep it elsewhere: without it stored mail passwords have to be entered again.',
    }[secretKey.kept],
  )
  if (secretKey.earlier.length > 0)
    tell(
      `So are the ${secretKey.earlier.length} keys before it, which opened what it has not sealed.`,
    )
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`

function size({ tables }: Checks): string {
  const rows = Object.values(tables).reduce((sum, table) => sum + table.rows, 0)
  return `${Object.keys(tables).length} tables, ${rows} rows`
}
