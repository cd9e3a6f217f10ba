import fs from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import { unknownRun } from '../../application/reconcile/mark.ts'
import { createDatabaseWhenMissing } from '../../scripts/create-database.mjs'
import { type Settings, settingsOf } from '../settings.ts'
import { script } from '../../scripts/launch/commands.mjs'
import { writeKey } from '../../scripts/launch/secret-key.mjs'
import { type Command, isOn, tell, textOf, wordsOf } from '../command.ts'
import { prepareDataFolder, tellOfDatabase, withEmbedded, withStoppedGuichet } from '../database.ts'
import { givenPath, guichetVersion, isNewer } from '../installation.ts'
import { installedKeys } from '../secret-key/installed-keys.ts'
import { readArchive, type ReadArchive } from './archive-reader.ts'
import { passphraseOf } from './backup.ts'
import { ArchiveError } from './contract.ts'
import { loadArchive, migrationText, TargetError } from './load-archive.ts'
import { type BackedUpKeys, fingerprintOfText, openKeys } from './secret-key.ts'

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
    const settings = settingsOf()
    const keyFile = textOf(given, 'key-file')
    const key = keysFor(archive, settings, {
      keyFile: keyFile === undefined ? undefined : givenPath(keyFile),
      otherKey: isOn(given, 'other-key'),
    })
    await withTarget(settings, async (databaseUrl) => {
      tellOfDatabase(settings, databaseUrl)
      await createDatabaseWhenMissing(databaseUrl)
      if (settings.externalTemporalAddress !== undefined) {
        // Loaded only where it is needed: it takes longer than all the rest.
        const { endWorkflows } = await import('../temporal.ts')
        await endWorkflows(settings)
      }
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
function keysFor(
  archive: ReadArchive,
  settings: Settings,
  { keyFile, otherKey }: { keyFile: string | undefined; otherKey: boolean },
): { write: () => void } {
  const { fingerprint, earlier } = archive.manifest.secretKey
  const present = installedKeys(settings)
  const here = [present.current, ...present.earlier].flatMap((text) =>
    text === null ? [] : [fingerprintOfText(text)],
  )
  const nothing = { write: () => undefined }
  const isHere =
    fingerprint !== null && [fingerprint, ...earlier].every((one) => here.includes(one))
  if (keyFile === undefined && (isHere || otherKey)) return nothing
  if (archive.secretKey === null) {
    if (keyFile !== undefined) throw new ArchiveError('This backup holds no key.')
    if (fingerprint !== null || present.current !== null)
      tell(
        'The backup holds no key, and stored mail passwords were sealed with another one than is here: enter them again in Settings.',
      )
    return nothing
  }
  const keys = openKeys(archive.secretKey, passphraseOf(process.env))
  if (keyFile !== undefined) return { write: () => writeKeys(keyFile, keys) }
  if (settings.secretKeyText !== undefined) throw otherKeyOf(here.includes(fingerprint ?? ''))
  const file = path.join(settings.dataDir, 'secret.key')
  // Keys that are here and were not then may have signed links that are still good.
  return {
    write: () => writeKeys(file, { ...keys, earlier: [...keys.earlier, ...present.earlier] }),
  }
}

const otherKeyOf = (isEarlier: boolean): TargetError =>
  new TargetError(
    isEarlier
      ? 'The backup holds earlier keys that are not in SECRET_KEY_EARLIER, and secrets may be sealed with them. Add them (--key-file FILE writes them to FILE.earlier, one a line), or restore with --other-key and enter the mail passwords again. Nothing was changed.'
      : 'SECRET_KEY is another key than the one of the backup, with which the stored passwords were sealed. Set SECRET_KEY to that one, or add it to SECRET_KEY_EARLIER (--key-file FILE writes it there), leave SECRET_KEY out so that it is kept in DATA_DIR, or restore with --other-key and enter the mail passwords again. Nothing was changed.',
  )

/** A key that is there is kept beside; those before it in a file of their own. */
function writeKeys(file: string, { current, earlier }: BackedUpKeys): void {
  const others = [...new Set(earlier)].filter((text) => text !== current)
  if (others.length > 0) writeKey(`${file}.earlier`, others.map((text) => `${text}\n`).join(''))
  if (fs.existsSync(file)) {
    if (fs.readFileSync(file, 'utf8').trim() === current) return
    fs.copyFileSync(file, `${file}.before-${Date.now()}`)
  }
  writeKey(file, `${current}\n`)
}
