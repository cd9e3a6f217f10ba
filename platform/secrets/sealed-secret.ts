import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { sentenceOf } from '../../domain/explanation.ts'
import { inEnglish } from '../../languages/explanation.ts'

const VERSION = 'v1'

/**
 * Seals a password for storage with AES-256-GCM (NIST SP 800-38D).
 * @param key 32 bytes, from SECRET_KEY.
 * @param clear the secret.
 * @returns `v1.<iv>.<tag>.<ciphertext>` in base64url.
 */
export function seal(key: Buffer, clear: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const sealed = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()])
  return [VERSION, iv, cipher.getAuthTag(), sealed]
    .map((p) => (typeof p === 'string' ? p : p.toString('base64url')))
    .join('.')
}

/**
 * Opens what `seal` made.
 * @throws UnsealError when SECRET_KEY is not the one it was sealed with, or the stored text was
 *   changed.
 */
export function unseal(key: Buffer, sealed: string): string {
  const [version, iv, tag, body] = sealed.split('.')
  if (version !== VERSION || !iv || !tag || body === undefined) throw new UnsealError()
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'))
    decipher.setAuthTag(Buffer.from(tag, 'base64url'))
    return Buffer.concat([
      decipher.update(Buffer.from(body, 'base64url')),
      decipher.final(),
    ]).toString('utf8')
  } catch {
    throw new UnsealError()
  }
}

export class UnsealError extends Error {
  readonly code = 'secret-unreadable'
  readonly explanation = [sentenceOf('secret-unreadable')]
  constructor() {
    super(inEnglish([sentenceOf('secret-unreadable')]))
  }
}
