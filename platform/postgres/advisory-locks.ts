import { sql } from 'kysely'
import type { Database } from './database.ts'

/**
 * Every advisory lock of the database by what it keeps to one at a time. One number must not stand
 * for two things: they would wait for each other.
 */
export const advisoryLocks = {
  /** Migrations: scripts/migrate.mjs, which runs before anything here. */
  migration: 7_246_001,
  /** Routing of stored mail. */
  mailRouting: 7_246_002,
  /**
   * Making and unmaking of admins: two API processes may start at once, two people may hold a set-up
   * link, two admins may demote each other. Taken before any row is written, or two of these wait for
   * each other.
   */
  admins: 7_246_003,
  /** Comparing of assets' serial numbers. */
  assetSerials: 7_246_006,
  /** Putting a category into another: two at once could each be put into the other. */
  categoryTree: 7_246_007,
  /** The same for assets that are parts of others. Taken before `assetSerials`. */
  assetParts: 7_246_008,
  /** Rotating SECRET_KEY; a lock of the session. */
  secretKey: 7_246_009,
} as const

export type AdvisoryLock = keyof typeof advisoryLocks

/** Waits until no other transaction holds the lock, and has it until this one ends. */
export const takeLock = async (transaction: Database, lock: AdvisoryLock): Promise<void> => {
  await sql`SELECT pg_advisory_xact_lock(${advisoryLocks[lock]})`.execute(transaction)
}

/**
 * What is kept to one at a time for each message by itself; its lock is the hash of word and id.
 * `deliver` is a lock of the session: activities/mail-out/delivery-locks.ts.
 */
export type MessageLock = 'deliver' | 'write'

/** `takeLock` for one message. */
export const takeMessageLock = async (
  transaction: Database,
  lock: MessageLock,
  messageId: string,
): Promise<void> => {
  const key = `${lock} ${messageId}`
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(transaction)
}
