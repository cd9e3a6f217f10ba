import type { Writable } from 'node:stream'
import { ArchiveWriter } from './archive-writer.ts'
import {
  CHECKS,
  type Checks,
  FORMAT,
  MANIFEST,
  type Manifest,
  SECRET_KEY,
  type TableOf,
} from './contract.ts'
import { sha256 } from './archive-reader.ts'
import { type BackedUpKeys, fingerprintOfText, keepKeys } from './secret-key.ts'
import { Snapshot } from './snapshot.ts'
import { TableDigest } from './table-digest.ts'

/** Bytes of one entry: what is in memory at once, a few times over. */
const PART = 4 * 1024 * 1024

export interface BackupRequest {
  databaseUrl: string
  /** The version of this Guichet. */
  version: string
  /** Null: they are not part of the backup. */
  keys: BackedUpKeys | null
  /** Seals the keys; without one they are in the backup in clear. */
  passphrase: string | undefined
  /** Told after each table. */
  progress?: (table: string, rows: number) => void
}

/**
 * Writes a backup of the database as it is in this moment. Holds a few megabytes, however large it
 * is.
 * @param out is ended when the backup is whole, and destroyed when it cannot become so.
 */
export async function writeBackup(
  out: Writable,
  { databaseUrl, version, keys, passphrase, progress }: BackupRequest,
): Promise<{ manifest: Manifest; checks: Checks }> {
  const snapshot = await Snapshot.open(databaseUrl)
  const archive = new ArchiveWriter(out)
  try {
    const key = keys === null ? null : keepKeys(keys, passphrase)
    const manifest: Manifest = {
      product: 'Guichet',
      format: FORMAT,
      version,
      createdAt: new Date().toISOString(),
      ...snapshot.contents,
      secretKey: {
        kept: key?.kept ?? 'absent',
        fingerprint: keys === null ? null : fingerprintOfText(keys.current),
        earlier: keys === null ? [] : keys.earlier.map(fingerprintOfText),
      },
    }
    const manifestText = pretty(manifest)
    await archive.add(MANIFEST, manifestText)
    const keyText = key === null ? null : pretty(key)
    if (keyText !== null) await archive.add(SECRET_KEY, keyText)
    const tables: Checks['tables'] = {}
    for (const table of manifest.tables) {
      const counted = (tables[table.name] = await writeTable(archive, snapshot, table))
      progress?.(table.name, counted.rows)
    }
    const checks: Checks = {
      manifestSha256: sha256(manifestText),
      secretKeySha256: keyText === null ? null : sha256(keyText),
      tables,
    }
    await archive.add(CHECKS, pretty(checks))
    await archive.finish()
    return { manifest, checks }
  } catch (error) {
    archive.abandon()
    throw error
  } finally {
    await snapshot.close()
  }
}

async function writeTable(archive: ArchiveWriter, snapshot: Snapshot, table: TableOf) {
  const digest = new TableDigest()
  let part = 0
  let held: Buffer[] = []
  let size = 0
  const write = async (): Promise<void> => {
    const content = Buffer.concat(held, size)
    held = []
    size = 0
    digest.add(content)
    const number = String(++part).padStart(6, '0')
    await archive.add(`tables/${table.name}/${number}.copy`, content)
  }
  for await (const chunk of snapshot.rows(table)) {
    held.push(chunk)
    size += chunk.length
    if (size >= PART) await write()
  }
  if (size > 0) await write()
  return digest.result
}

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
