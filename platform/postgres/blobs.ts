import { createHash } from 'node:crypto'
import type pg from 'pg'

/** Raw mails and attachments by content hash: the same bytes are kept once. */
export interface BlobStore {
  /**
   * Keeps the bytes. Idempotent.
   * @returns their sha256 in hex.
   */
  put: (bytes: Uint8Array) => Promise<string>
  /**
   * Keeps many in as few round trips as their size allows. Idempotent.
   * @returns their sha256 in hex, in the order given.
   */
  putAll: (list: readonly Uint8Array[]) => Promise<string[]>
  /**
   * @returns the bytes.
   * @throws BlobMissingError
   */
  get: (sha256: string) => Promise<Buffer>
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

/**
 * Bytes and rows of one INSERT: enough to make the round trip cheap, little enough to keep the
 * process small.
 */
const INSERT_BYTES = 4_000_000
const INSERT_ROWS = 100

/** The store that needs nothing but PostgreSQL. */
export function databaseBlobs(db: Pick<pg.Pool, 'query'>): BlobStore {
  return {
    async put(bytes) {
      const hash = sha256(bytes)
      await db.query(
        'INSERT INTO blob (sha256, size, bytes) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING',
        [hash, bytes.length, bytes],
      )
      return hash
    },
    async putAll(list) {
      const hashes = list.map(sha256)
      // In the order of their keys, so that two writers of the same blobs wait for each other
      // instead of deadlocking.
      const rows = [...new Map(list.map((bytes, i) => [hashes[i]!, bytes]))].sort(([a], [b]) =>
        a < b ? -1 : 1,
      )
      for (let from = 0; from < rows.length;) {
        let until = from
        for (
          let size = 0;
          until < rows.length &&
          until - from < INSERT_ROWS &&
          (until === from || size + rows[until]![1].length <= INSERT_BYTES);
          until++
        )
          size += rows[until]![1].length
        const part = rows.slice(from, until)
        const tuples = part
          .map((_, i) => `($${i * 3 + 1}, $${i * 3 + 2}, $${i * 3 + 3})`)
          .join(', ')
        await db.query(
          `INSERT INTO blob (sha256, size, bytes) VALUES ${tuples} ON CONFLICT (sha256) DO NOTHING`,
          part.flatMap(([hash, bytes]) => [hash, bytes.length, bytes]),
        )
        from = until
      }
      return hashes
    },
    async get(hash) {
      const { rows } = await db.query<{ bytes: Buffer }>(
        'SELECT bytes FROM blob WHERE sha256 = $1',
        [hash],
      )
      if (!rows[0]) throw new BlobMissingError(hash)
      return rows[0].bytes
    },
  }
}

export class BlobMissingError extends Error {
  readonly code = 'blob-missing'
  constructor(hash: string) {
    super(
      `No stored bytes for ${hash}. Restore the database's table "blob" from the backup that belongs to it.`,
    )
  }
}
