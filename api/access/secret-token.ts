import { createHash, randomBytes } from 'node:crypto'

/** A secret that is handed out once; only its hash is kept. */
export interface SecretToken {
  token: string
  hash: string
}

/**
 * 256 random bits: nothing to guess, so a plain hash is enough to keep.
 * @param prefix lets people and secret scanners recognise it.
 */
export function newSecretToken(prefix = ''): SecretToken {
  const token = prefix + randomBytes(32).toString('base64url')
  return { token, hash: hashOfToken(token) }
}

export const hashOfToken = (token: string): string =>
  createHash('sha256').update(token).digest('hex')
