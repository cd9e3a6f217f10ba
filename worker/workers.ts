import { Worker, type WorkerOptions } from '@temporalio/worker'
import type { WorkInHand } from '../domain/health/work-in-hand.ts'
import { type TaskQueue, taskQueueBeside, taskQueues } from '../domain/task-queues.ts'

/**
 * What is carried out at the same time in this process, by task queue. A slot costs nothing until it
 * is used.
 */
export const SLOTS: Record<TaskQueue, number> = {
  /** Two for each mailbox: watching it lasts as long as its connection. */
  mailboxes: 1_000,
  /** A message that hangs at its server keeps one; each account may have a few (SmtpSessions). */
  deliveries: 700,
  /** Mails to people of the desk. */
  notifications: 50,
  errands: 50,
}

/** Beside workflows only what could not be written at once is carried out on their queue. */
const SLOTS_OF_WORKFLOWS = 40

/** Requests for work that wait at Temporal's server, for each queue of activities. */
const POLLS = 2

export type SharedOptions = Omit<WorkerOptions, 'taskQueue'> & {
  /** Of the workflows. */
  taskQueue: string
  workflowBundle: NonNullable<WorkerOptions['workflowBundle']>
}

/**
 * The workers of one process: one that runs workflows and what they write, and one for each task queue
 * beside theirs. They share a connection.
 */
export class Workers {
  private constructor(private readonly all: readonly [Worker, ...Worker[]]) {}

  /** @param options of the one that runs workflows; of activities each knows all. */
  static async create({ workflowBundle, ...options }: SharedOptions): Promise<Workers> {
    const { connection, namespace, taskQueue, activities, buildId, identity, shutdownGraceTime } =
      options
    const shared = { connection, namespace, activities, buildId, identity, shutdownGraceTime }
    const workflows = await Worker.create({
      maxConcurrentActivityTaskExecutions: SLOTS_OF_WORKFLOWS,
      maxConcurrentActivityTaskPolls: POLLS,
      ...options,
      workflowBundle,
    })
    const beside: Worker[] = []
    for (const queue of taskQueues)
      beside.push(
        await Worker.create({
          ...definedOf(shared),
          taskQueue: taskQueueBeside(taskQueue, queue),
          maxConcurrentActivityTaskExecutions: SLOTS[queue],
          maxConcurrentActivityTaskPolls: POLLS,
        }),
      )
    return new Workers([workflows, ...beside])
  }

  /** Resolves when all have ended after `shutdown`; rejects with what ended one of them. */
  async run(): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.run()))
  }

  /** Whether all of them ask for work. */
  get running(): boolean {
    return this.all.every((worker) => worker.getState() === 'RUNNING')
  }

  /** Slots in use now. */
  get slots(): WorkInHand['slots'] {
    const [workflows, ...beside] = this.all.map(
      (worker) => worker.getStatus().numInFlightNonLocalActivities,
    )
    const used = taskQueues.map((queue, i): [TaskQueue, number] => [queue, beside[i] ?? 0])
    return {
      workflows: workflows ?? 0,
      ...(Object.fromEntries(used) as Record<TaskQueue, number>),
    }
  }

  shutdown(): void {
    for (const worker of this.all) worker.shutdown()
  }
}

const definedOf = <T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
