import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { sentenceOf } from '../../domain/explanation.ts'
import { inEnglish } from '../../languages/explanation.ts'
import { everyKey, type SecretKeys } from './secret-keys.ts'

const VERSION = 'v1'

/**
 * Seals a password for storage with AES-256-GCM (NIST SP 800-38D).
 * @param secretKeys of which the current one seals.
 * @param clear the secret.
 * @returns `v1.<iv>.<tag>.<ciphertext>` in base64url.
 */
export function seal({ current }: SecretKeys, clear: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', current, iv)
  const sealed = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()])
  return [VERSION, iv, cipher.getAuthTag(), sealed]
    .map((p) => (typeof p === 'string' ? p : p.toString('base64url')))
    .join('.')
}

/**
 * Opens what `seal` made, with the current key or an earlier one.
 * @throws UnsealError when it was sealed with none of them, or the stored text was changed.
 */
export function unseal(secretKeys: SecretKeys, sealed: string): string {
  for (const key of everyKey(secretKeys)) {
    const clear = opened(key, sealed)
    if (clear !== null) return clear
  }
  throw new UnsealError()
}

/** @returns the key among them that a sealed text opens with; null when none does. */
export const openingKey = (secretKeys: SecretKeys, sealed: string): Buffer | null =>
  everyKey(secretKeys).find((key) => opened(key, sealed) !== null) ?? null

function opened(key: Buffer, sealed: string): string | null {
  const [version, iv, tag, body] = sealed.split('.')
  if (version !== VERSION || !iv || !tag || body === undefined) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'))
    decipher.setAuthTag(Buffer.from(tag, 'base64url'))
    return Buffer.concat([
      decipher.update(Buffer.from(body, 'base64url')),
      decipher.final(),
    ]).toString('utf8')
  } catch {
    return null
  }
}

export class UnsealError extends Error {
  readonly code = 'secret-unreadable'
  readonly explanation = [sentenceOf('secret-unreadable')]
  constructor() {
    super(inEnglish([sentenceOf('secret-unreadable')]))
  }
}
