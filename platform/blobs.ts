import { createHash } from 'node:crypto'
import type pg from 'pg'

/** Raw mails and attachments by content hash: the same bytes are kept once. */
export interface BlobStore {
  /** Keeps the bytes. Idempotent. @returns their sha256 in hex. */
  put: (bytes: Uint8Array) => Promise<string>
  /** @returns the bytes. @throws BlobMissingError */
  get: (sha256: string) => Promise<Buffer>
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The store that needs nothing but PostgreSQL. */
export function databaseBlobs(db: Pick<pg.Pool, 'query'>): BlobStore {
  return {
    async put(bytes) {
      const hash = sha256(bytes)
      await db.query('INSERT INTO blob (sha256, size, bytes) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING', [hash, bytes.length, bytes])
      return hash
    },
    async get(hash) {
      const { rows } = await db.query<{ bytes: Buffer }>('SELECT bytes FROM blob WHERE sha256 = $1', [hash])
      if (!rows[0]) throw new BlobMissingError(hash)
      return rows[0].bytes
    },
  }
}

export class BlobMissingError extends Error {
  readonly code = 'blob-missing'
  constructor(hash: string) {
    super(`No stored bytes for ${hash}. Restore the database's table "blob" from the backup that belongs to it.`)
  }
}
