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

/** @returns what hangs of each account, over all its connections, settings or processes. */
export function hangingByAccount(
  found: readonly (readonly [account: string, Hanging])[],
): Record<string, Hanging> {
  const together: Record<string, Hanging> = {}
  for (const [account, { count, since }] of found) {
    const before = together[account]
    together[account] = before
      ? { count: before.count + count, since: Math.min(before.since, since) }
      : { count, since }
  }
  return together
}
