import { z } from 'zod'

/**
 * What a backup is: one tar, compressed by gzip (RFC 1952), that any tar can list. In this order:
 * `manifest.json`; `secret-key.json`; for each table `tables/<name>/<part>.copy`, PostgreSQL's COPY
 * text in parts of a few megabytes, so that neither writing nor reading ever holds more; and
 * `checks.json`, which is only there when everything before it is. Raw mails and attachments are
 * the table `blob`.
 */
export const FORMAT = 1

export const MANIFEST = 'manifest.json'
export const SECRET_KEY = 'secret-key.json'
export const CHECKS = 'checks.json'

const table = z.object({ name: z.string(), columns: z.array(z.string()).min(1) })

/** What is in a backup, and of what state of the schema. */
export const manifest = z.object({
  product: z.literal('Guichet'),
  format: z.number().int(),
  /** Of the Guichet that made it. */
  version: z.string(),
  createdAt: z.iso.datetime(),
  /** Of the server that it was read from. */
  postgres: z.string(),
  /** In their order, each with the SHA-256 of its file. */
  migrations: z.array(z.object({ name: z.string(), sha256: z.string() })).min(1),
  tables: z.array(table),
  sequences: z.array(z.object({ name: z.string(), value: z.string(), called: z.boolean() })),
  secretKey: z.object({
    kept: z.enum(['sealed', 'clear', 'absent']),
    /** Tells whether another key is the same one, and nothing of it; null where there was none. */
    fingerprint: z.string().nullable(),
    /** Of the keys that it replaced, the newest first. */
    earlier: z.array(z.string()).default([]),
  }),
})
export type Manifest = z.output<typeof manifest>
export type TableOf = z.output<typeof table>

const counted = z.object({ rows: z.number().int(), bytes: z.number().int(), sha256: z.string() })

/** What was written, by table: the last entry. */
export const checks = z.object({
  manifestSha256: z.string(),
  secretKeySha256: z.string().nullable(),
  tables: z.record(z.string(), counted),
})
export type Checks = z.output<typeof checks>
export type Counted = z.output<typeof counted>

/** A file that is no backup, is damaged, ends too early, or is of another Guichet. */
export class ArchiveError extends Error {
  readonly code = 'backup-unusable'
}
