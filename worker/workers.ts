import { setTimeout as sleep } from 'node:timers/promises'
import { type InjectedSinks, Worker, type WorkerOptions } from '@temporalio/worker'
import type { WorkInHand } from '../domain/health/work-in-hand.ts'
import { type TaskQueue, taskQueueBeside, taskQueues } from '../domain/task-queues.ts'
import type { RunProgress } from '../platform/temporal/run-progress.ts'
import { SeenRuns } from './seen-runs.ts'

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

/** Between two attempts to begin again, and for how long they are made. Milliseconds. */
const RESUMING = { pause: 300, most: 60_000 }

/**
 * The workers of one process: one that runs workflows and what they write, and one for each task queue
 * beside theirs. They share a connection. The first can be made anew while the others work, so that
 * nothing is left of what it had in its cache.
 */
export class Workers {
  #workflows: Worker | null
  #stopping = false
  /** Counts what was last asked of the one that runs workflows. */
  #turn = 0
  /** What is under way: workers that run, and one that is made. */
  #underway = 0
  readonly #ended: Promise<void>
  #end: () => void = () => undefined
  #fail: (reason: unknown) => void = () => undefined

  private constructor(
    private readonly make: () => Promise<Worker>,
    workflows: Worker,
    private readonly beside: readonly Worker[],
    /** How far its workflows are. */
    readonly seen: SeenRuns,
  ) {
    this.#workflows = workflows
    this.#ended = new Promise((resolve, reject) => {
      this.#end = resolve
      this.#fail = reject
    })
  }

  /** @param options of the one that runs workflows; of activities each knows all. */
  static async create({ workflowBundle, ...options }: SharedOptions): Promise<Workers> {
    const { connection, namespace, taskQueue, activities, buildId, identity, shutdownGraceTime } =
      options
    const shared = { connection, namespace, activities, buildId, identity, shutdownGraceTime }
    const seen = new SeenRuns()
    const sinks: InjectedSinks<RunProgress> = {
      runProgress: {
        reached: {
          fn: (run) => {
            seen.see(run)
          },
        },
      },
    }
    const make = (): Promise<Worker> =>
      Worker.create({
        maxConcurrentActivityTaskExecutions: SLOTS_OF_WORKFLOWS,
        maxConcurrentActivityTaskPolls: POLLS,
        ...options,
        workflowBundle,
        sinks,
      })
    const workflows = await make()
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
    return new Workers(make, workflows, beside, seen)
  }

  /** Resolves when all have ended after `shutdown`; rejects with what ended one of them. */
  async run(): Promise<void> {
    for (const worker of this.#all) this.#run(worker)
    await this.#ended
  }

  /** Whether all of them ask for work, or would if Temporal's server was there. */
  get running(): boolean {
    return this.#all.every((worker) => worker.getState() === 'RUNNING') && !this.#stopping
  }

  /** Slots in use now. */
  get slots(): WorkInHand['slots'] {
    const used = taskQueues.map((queue, i): [TaskQueue, number] => [queue, slotsOf(this.beside[i])])
    return {
      workflows: slotsOf(this.#workflows),
      ...(Object.fromEntries(used) as Record<TaskQueue, number>),
    }
  }

  /**
   * The one that runs workflows asks for nothing more. What it has in hand comes to its end, and what
   * it has in its cache goes with it.
   */
  rest(): void {
    this.#turn++
    const worker = this.#workflows
    this.#workflows = null
    if (worker?.getState() === 'RUNNING') worker.shutdown()
  }

  /**
   * Another takes the place of the one that rests, and knows no run.
   * When none can be made for a minute, though the server answers, `run` ends with it.
   */
  async resume(): Promise<void> {
    const turn = ++this.#turn
    const until = Date.now() + RESUMING.most
    while (turn === this.#turn && this.#workflows === null && !this.#stopping)
      try {
        await this.#hold(
          this.make().then((worker) => {
            this.#begin(worker, turn)
          }),
        )
      } catch (error) {
        if (Date.now() > until) return this.#fail(error)
        await sleep(RESUMING.pause)
      }
  }

  shutdown(): void {
    this.#stopping = true
    for (const worker of this.#all) if (worker.getState() === 'RUNNING') worker.shutdown()
  }

  get #all(): Worker[] {
    return [...(this.#workflows ? [this.#workflows] : []), ...this.beside]
  }

  /** One that nobody wants any more has to run before it can end. */
  #begin(worker: Worker, turn: number): void {
    this.#run(worker)
    if (this.#stopping || turn !== this.#turn) worker.shutdown()
    else this.#workflows = worker
  }

  #run(worker: Worker): void {
    void this.#hold(worker.run().catch(this.#fail))
  }

  async #hold(work: Promise<void>): Promise<void> {
    this.#underway++
    try {
      await work
    } finally {
      if (--this.#underway === 0) this.#end()
    }
  }
}

const slotsOf = (worker: Worker | null | undefined): number =>
  worker?.getStatus().numInFlightNonLocalActivities ?? 0
const definedOf = <T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
