import { createHash, createHmac, randomBytes, scryptSync } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { seal, unseal, UnsealError } from '../../platform/secrets/sealed-secret.ts'
import { ArchiveError } from './contract.ts'

/** RFC 7914; 64 MiB and some tenths of a second for each guess. */
const SCRYPT = { N: 2 ** 16, r: 8, p: 1 } as const
const MOST_MEMORY = 256 * 1024 * 1024

/** SECRET_KEY in a backup: in clear, or sealed with a passphrase. */
export const storedKey = z.discriminatedUnion('kept', [
  z.object({ kept: z.literal('clear'), text: z.string() }),
  z.object({
    kept: z.literal('sealed'),
    kdf: z.literal('scrypt'),
    salt: z.string(),
    text: z.string(),
  }),
])
export type StoredKey = z.output<typeof storedKey>

/**
 * The text of SECRET_KEY as this installation has it: its variable, else the file in DATA_DIR.
 * @returns null where neither is there; none is made.
 */
export function secretKeyText(fromEnvironment: string | undefined, dataDir: string): string | null {
  if (fromEnvironment !== undefined) return fromEnvironment
  const file = path.join(dataDir, 'secret.key')
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : null
}

/** @param passphrase without one the key is kept in clear. */
export function keepKey(text: string, passphrase: string | undefined): StoredKey {
  if (passphrase === undefined) return { kept: 'clear', text }
  const salt = randomBytes(16).toString('base64url')
  return { kept: 'sealed', kdf: 'scrypt', salt, text: seal(derived(passphrase, salt), text) }
}

/** @throws ArchiveError when the passphrase is missing or is another one. */
export function openKey(stored: StoredKey, passphrase: string | undefined): string {
  if (stored.kept === 'clear') return stored.text
  if (passphrase === undefined)
    throw new ArchiveError(
      'The key in this backup is sealed. Give its passphrase: BACKUP_PASSPHRASE=… npm run restore -- FILE. Nothing was changed.',
    )
  try {
    return unseal(derived(passphrase, stored.salt), stored.text)
  } catch (error) {
    if (!(error instanceof UnsealError)) throw error
    throw new ArchiveError(
      'BACKUP_PASSPHRASE is not the passphrase that this backup was made with. Nothing was changed.',
    )
  }
}

const derived = (passphrase: string, salt: string): Buffer =>
  scryptSync(passphrase.normalize('NFC'), Buffer.from(salt, 'base64url'), 32, {
    ...SCRYPT,
    maxmem: MOST_MEMORY,
  })

/** Tells whether two keys are the same, and nothing of either. */
export const fingerprintOf = (text: string): string =>
  createHmac('sha256', createHash('sha256').update(text).digest())
    .update('guichet backup, key')
    .digest('hex')
    .slice(0, 16)
