import { randomBytes, scryptSync } from 'node:crypto'
import { z } from 'zod'
import { seal, unseal, UnsealError } from '../../platform/secrets/sealed-secret.ts'
import { fingerprintOf, onlyKey } from '../../platform/secrets/secret-keys.ts'
import { keyOf } from '../../scripts/launch/secret-key.mjs'
import { ArchiveError } from './contract.ts'

/** RFC 7914; 64 MiB and some tenths of a second for each guess. */
const SCRYPT = { N: 2 ** 16, r: 8, p: 1 } as const
const MOST_MEMORY = 256 * 1024 * 1024

/** Keys in a backup: in clear, or sealed with a passphrase. */
export const storedKey = z.discriminatedUnion('kept', [
  z.object({
    kept: z.literal('clear'),
    text: z.string(),
    earlier: z.array(z.string()).default([]),
  }),
  z.object({
    kept: z.literal('sealed'),
    kdf: z.literal('scrypt'),
    salt: z.string(),
    text: z.string(),
    earlier: z.array(z.string()).default([]),
  }),
])
export type StoredKey = z.output<typeof storedKey>

/** SECRET_KEY, and the keys that it replaced. */
export interface BackedUpKeys {
  current: string
  earlier: string[]
}

/** @param passphrase without one they are kept in clear. */
export function keepKeys(
  { current, earlier }: BackedUpKeys,
  passphrase: string | undefined,
): StoredKey {
  if (passphrase === undefined) return { kept: 'clear', text: current, earlier }
  const salt = randomBytes(16).toString('base64url')
  const key = onlyKey(derived(passphrase, salt))
  return {
    kept: 'sealed',
    kdf: 'scrypt',
    salt,
    text: seal(key, current),
    earlier: earlier.map((text) => seal(key, text)),
  }
}

/** @throws ArchiveError when the passphrase is missing or is another one. */
export function openKeys(stored: StoredKey, passphrase: string | undefined): BackedUpKeys {
  const { text, earlier } = stored
  if (stored.kept === 'clear') return { current: text, earlier }
  if (passphrase === undefined)
    throw new ArchiveError(
      'The key in this backup is sealed. Give its passphrase: BACKUP_PASSPHRASE=… npm run restore -- FILE. Nothing was changed.',
    )
  try {
    const key = onlyKey(derived(passphrase, stored.salt))
    return { current: unseal(key, text), earlier: earlier.map((sealed) => unseal(key, sealed)) }
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
export const fingerprintOfText = (text: string): string => fingerprintOf(keyOf(text))
