import type { TaskQueue } from '../task-queues.ts'

/** What a worker has in hand at a moment. */
export interface WorkInHand {
  /** Slots in use, of each task queue. */
  slots: Record<TaskQueue | 'workflows', number>
  /** Messages on their way or waiting for a connection, by mail account (user@host:port). */
  accounts: Record<string, number>
}
