import type { TaskQueue } from '../task-queues.ts'

/** What a worker has in hand at a moment. */
export interface WorkInHand {
  /** Slots in use, of each task queue. */
  slots: Record<TaskQueue | 'workflows', number>
  /** Messages on their way or waiting for a connection, by mail account (user@host:port). */
  accounts: Record<string, number>
  /** Messages about which the account's server says nothing; absent: an older version's word. */
  hanging?: Record<string, Hanging>
}

/** Messages of an account whose server says nothing. */
export interface Hanging {
  count: number
  /** When the one that has hung longest was last heard of, in milliseconds since 1970. */
  since: number
}

/** @returns the same of two connections, settings or processes. */
export const bothHanging = (one: Hanging | undefined, other: Hanging): Hanging =>
  one ? { count: one.count + other.count, since: Math.min(one.since, other.since) } : other
