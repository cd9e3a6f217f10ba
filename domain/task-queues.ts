/**
 * What has a task queue, and slots of workers, of its own: what hangs in one holds up none of the
 * others (docs/decisions/0025-bulkheads.md). Workflows, and the rows that they write, have the one
 * without a name.
 */
export const taskQueues = ['mailboxes', 'deliveries', 'notifications', 'errands'] as const

export type TaskQueue = (typeof taskQueues)[number]

/**
 * @param workflows the task queue of this Guichet's workflows.
 * @returns the task queue beside it.
 */
export const taskQueueBeside = (workflows: string, queue: TaskQueue): string =>
  `${workflows}-${queue}`
