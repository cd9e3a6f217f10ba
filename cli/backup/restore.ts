import fs from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import { unknownRun } from '../../activities/reconcile/restored-store.ts'
import { createDatabaseWhenMissing } from '../../scripts/create-database.mjs'
import { parseEnvironment } from '../../scripts/environment.mjs'
import { script } from '../../scripts/launch/commands.mjs'
import { type Command, isOn, tell, textOf, wordsOf } from '../command.ts'
import { prepareDataFolder, type Settings, withEmbedded, withStoppedGuichet } from '../database.ts'
import { givenPath, guichetVersion, isNewer } from '../installation.ts'
import { endWorkflows } from '../temporal.ts'
import { readArchive, type ReadArchive } from './archive-reader.ts'
import { passphraseOf } from './backup.ts'
import { ArchiveError } from './contract.ts'
import { loadArchive, migrationText, TargetError } from './load-archive.ts'
import { fingerprintOf, openKey, secretKeyText } from './secret-key.ts'

/** `npm run restore`. */
export const restore: Command = {
  summary: 'Puts a backup into an empty database; --check only reads it through',
  usage: 'FILE [--check] [--replace] [--key-file FILE] [--other-key]',
  options: {
    check: { type: 'boolean' },
    replace: { type: 'boolean' },
    'key-file': { type: 'string' },
    'other-key': { type: 'boolean' },
  },
  async run(given) {
    const [named = ''] = wordsOf(given, 'FILE')
    const file = givenPath(named)
    if (!fs.existsSync(file)) throw new ArchiveError(`There is no file ${file}.`)
    const archive = await readArchive(file)
    refuseNewer(archive)
    tell(`${file} is whole: ${describe(archive)}.`)
    if (isOn(given, 'check')) return 0
    const settings = parseEnvironment(process.env)
    const keyFile = textOf(given, 'key-file')
    const key = keyFor(archive, settings, {
      keyFile: keyFile === undefined ? undefined : givenPath(keyFile),
      otherKey: isOn(given, 'other-key'),
    })
    await withTarget(settings, async (databaseUrl) => {
      await createDatabaseWhenMissing(databaseUrl)
      if (settings.externalTemporalAddress !== undefined) await endWorkflows(settings)
      await loadArchive(databaseUrl, file, { replace: isOn(given, 'replace'), last: forgetRuns })
      key.write()
      setTemporalAside(settings)
      await script('migrate.mjs', [], { DATABASE_URL: databaseUrl })
    })
    tell(
      'Restored. Start Guichet: it starts the workflow of every open ticket again, with its timers and whatever waits to be sent.',
    )
    tell(
      'What was sent after the backup was made is not known in it: a reply that waited then leaves once more, under the same Message-ID.',
    )
    return 0
  },
}

function refuseNewer({ manifest: { version, migrations } }: ReadArchive): void {
  const ours = guichetVersion()
  if (isNewer(version, ours))
    throw new ArchiveError(
      `The backup was made by Guichet ${version}, this one is ${ours}. Take that version or a newer one, then restore. Nothing was changed.`,
    )
  for (const { name, sha256 } of migrations) migrationText(name, sha256)
}

const describe = ({ manifest, checks }: ReadArchive): string =>
  `Guichet ${manifest.version}, ${manifest.createdAt}, ${checks.tables['ticket']?.rows ?? 0} tickets, ${checks.tables['mail']?.rows ?? 0} mails`

/**
 * The database to restore into, with every process of this DATA_DIR stopped. The embedded one is
 * made where there is none.
 */
async function withTarget(
  settings: Settings,
  work: (databaseUrl: string) => Promise<void>,
): Promise<void> {
  const { externalDatabaseUrl, dataDir } = settings
  if (externalDatabaseUrl !== undefined)
    return fs.existsSync(dataDir)
      ? withStoppedGuichet(dataDir, () => work(externalDatabaseUrl))
      : work(externalDatabaseUrl)
  prepareDataFolder(settings)
  return withStoppedGuichet(dataDir, () => withEmbedded(dataDir, work))
}

/**
 * What the backup says of processes, nobody should wait for. Has the next look of `reconcile` find that Temporal's store, whatever it is, does not belong to
 * this log, and every ticket compared with it.
 */
async function forgetRuns(client: pg.Client): Promise<void> {
  const { key, value } = unknownRun()
  await client.query(
    `INSERT INTO setting (key, value) VALUES ($1, $2)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [key, JSON.stringify(value)],
  )
  // A backup of an older version has no such table.
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('process_beat') IS NOT NULL AS there`,
  )
  if (rows[0]?.there) await client.query('DELETE FROM process_beat')
}

/** The embedded Temporal's store belongs to what was there before; a new one is made from the log. */
function setTemporalAside({ externalTemporalAddress, dataDir }: Settings): void {
  if (externalTemporalAddress !== undefined) return
  for (const end of ['', '-wal', '-shm']) {
    const file = path.join(dataDir, `temporal.db${end}`)
    const aside = path.join(dataDir, `temporal.before-restore.db${end}`)
    fs.rmSync(aside, { force: true })
    if (fs.existsSync(file)) fs.renameSync(file, aside)
  }
}

/**
 * Sees to it that the stored passwords can be read afterwards: decided before anything is changed,
 * written when everything is restored.
 */
function keyFor(
  { manifest, secretKey }: ReadArchive,
  { secretKeyText: fromEnvironment, dataDir }: Settings,
  { keyFile, otherKey }: { keyFile: string | undefined; otherKey: boolean },
): { write: () => void } {
  const present = secretKeyText(fromEnvironment, dataDir)
  const isSame = present !== null && fingerprintOf(present) === manifest.secretKey.fingerprint
  const nothing = { write: () => undefined }
  if (keyFile === undefined && (isSame || otherKey)) return nothing
  if (secretKey === null) {
    if (keyFile !== undefined) throw new ArchiveError('This backup holds no key.')
    if (manifest.secretKey.fingerprint !== null || present !== null)
      tell(
        'The backup holds no key, and stored mail passwords were sealed with another one than is here: enter them again in Settings.',
      )
    return nothing
  }
  const text = openKey(secretKey, passphraseOf(process.env))
  if (keyFile !== undefined) return { write: () => writeKey(keyFile, text) }
  if (fromEnvironment !== undefined)
    throw new TargetError(
      'SECRET_KEY is another key than the one of the backup, with which the stored passwords were sealed. Set SECRET_KEY to that one (--key-file FILE writes it there), leave SECRET_KEY out so that it is kept in DATA_DIR, or restore with --other-key and enter the mail passwords again. Nothing was changed.',
    )
  return { write: () => writeKey(path.join(dataDir, 'secret.key'), text) }
}

/** A key that is there is kept beside. */
function writeKey(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 })
  if (fs.existsSync(file)) fs.renameSync(file, `${file}.before-${Date.now()}`)
  fs.renameSync(`${file}.new`, file)
}
