import { createHash } from 'node:crypto'
import type { Database } from './database.ts'

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
export function databaseBlobs(db: Database): BlobStore {
  return {
    async put(bytes) {
      const hash = sha256(bytes)
      await keep(db, [[hash, bytes]])
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
        await keep(db, rows.slice(from, until))
        from = until
      }
      return hashes
    },
    async get(hash) {
      const blob = await db
        .selectFrom('blob')
        .select('bytes')
        .where('sha256', '=', hash)
        .executeTakeFirst()
      if (!blob) throw new BlobMissingError(hash)
      return blob.bytes
    },
  }
}

/** @param blobs by their hash. */
const keep = async (
  db: Database,
  blobs: readonly (readonly [string, Uint8Array])[],
): Promise<void> =>
  void (await db
    .insertInto('blob')
    .values(
      blobs.map(([sha256, bytes]) => ({
        sha256,
        size: bytes.length,
        bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      })),
    )
    .onConflict((conflict) => conflict.column('sha256').doNothing())
    .execute())

export class BlobMissingError extends Error {
  readonly code = 'blob-missing'
  constructor(hash: string) {
    super(
      `No stored bytes for ${hash}. Restore the database's table "blob" from the backup that belongs to it.`,
    )
  }
}
