import { createHmac } from 'node:crypto'

/**
 * The keys that are made of SECRET_KEY, 32 bytes each. Whoever holds them for long holds this object
 * and no key out of it: a rotation changes what it gives.
 */
export interface SecretKeys {
  /** Seals and signs. */
  readonly current: Buffer
  /** Open what was sealed, and verify what was signed, with a key that was rotated since. */
  readonly earlier: readonly Buffer[]
}

/** Every key that opens and verifies, the current one first. */
export const everyKey = ({ current, earlier }: SecretKeys): readonly Buffer[] => [
  current,
  ...earlier,
]

/** One key, and none before it. */
export const onlyKey = (current: Buffer): SecretKeys => ({ current, earlier: [] })

/**
 * Tells whether two keys are the same, and nothing of either. In backups, in `process_beat` and on
 * the command line.
 */
export const fingerprintOf = (key: Uint8Array): string =>
  createHmac('sha256', key).update('guichet backup, key').digest('hex').slice(0, 16)
