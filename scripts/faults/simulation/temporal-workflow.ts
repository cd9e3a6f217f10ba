// Stands in for @temporalio/workflow in the simulation: the part of it that a ticket's workflow uses,
// for many runs in one process, by a clock that is not the machine's. See hooks.mjs.
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TemporalFailure,
} from '@temporalio/common'
import { type Duration, msToNumber } from '@temporalio/common/lib/time'
import { AsyncLocalStorage } from 'node:async_hooks'

export {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TemporalFailure,
}

interface Definition {
  type: 'signal' | 'query'
  name: string
}

interface Signal {
  name: string
  payload: unknown
}

/** How an activity is to be called. */
export interface CallOptions {
  local: boolean
  retry?: { maximumAttempts?: number } | undefined
  /** Whether nobody wants it any more. */
  cancelled?: () => boolean
}

/** What a run needs of the world. */
export interface Surroundings {
  now: () => number
  /** @returns takes it back. */
  after: (ms: number, work: () => void) => () => void
  /** Calls an activity, as often as its options have it. */
  call: (run: WorkflowRun, name: string, args: unknown[], options: CallOptions) => Promise<unknown>
  uuid: () => string
  /** The server would rather have a new run. */
  isLong: (run: WorkflowRun) => boolean
}

/** The code asks for another run in its place. */
class ContinueAsNew extends Error {
  constructor(readonly args: unknown[]) {
    super('continued as new')
  }
}

let runs = 0

/** One run of a workflow. */
export class WorkflowRun {
  readonly runId = `run-${++runs}`
  readonly startTime: Date
  #conditions: { holds: () => boolean; go: () => void }[] = []
  #handlers = new Map<string, (payload: unknown) => unknown>()
  #anySignal: ((name: string, payload: unknown) => void) | undefined
  #waiting: Signal[]
  /** Nothing of it happens any more. */
  over = false
  signals = 0
  /** About so many events are in its history. */
  events = 3
  readonly #scope = new CancellationScope()

  constructor(
    readonly workflowId: string,
    readonly around: Surroundings,
    first: readonly Signal[],
    readonly continuedFrom: WorkflowRun | null,
  ) {
    this.startTime = new Date(around.now())
    this.#waiting = [...first]
    this.signals = first.length
  }

  get firstRunId(): string {
    return this.continuedFrom?.firstRunId ?? this.runId
  }

  /** @returns when it has ended: what it wants to go on with, or null. */
  async execute(
    workflow: (...args: never[]) => Promise<unknown>,
    args: unknown[],
  ): Promise<{ args: unknown[]; left: Signal[] } | null> {
    try {
      await this.#inside(() => workflow(...(args as never[])))
      return null
    } catch (error) {
      if (error instanceof ContinueAsNew) return { args: error.args, left: this.#waiting }
      throw error
    } finally {
      this.over = true
    }
  }

  signal(name: string, payload: unknown): void {
    if (this.over) return
    this.signals++
    this.events += 4
    this.#waiting.push({ name, payload })
    this.#hand()
    this.look()
  }

  query(name: string): unknown {
    return this.#handlers.get(`query ${name}`)?.(undefined)
  }

  handle({ type, name }: Definition, handler: (payload: unknown) => unknown): void {
    this.#handlers.set(`${type} ${name}`, handler)
    this.#hand()
  }

  handleAny(handler: (name: string, payload: unknown) => void): void {
    this.#anySignal = handler
    this.#hand()
  }

  wait(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve()
    return new Promise((go) => this.#conditions.push({ holds, go }))
  }

  /** Lets those go on who waited for what holds now. */
  look(): void {
    for (const condition of [...this.#conditions])
      if (!this.over && this.#inside(condition.holds)) {
        this.#conditions = this.#conditions.filter((one) => one !== condition)
        condition.go()
      }
  }

  #inside<T>(work: () => T): T {
    return runOf.run({ run: this, scope: this.#scope }, work)
  }

  #hand(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const signal of waiting) {
      const handler = this.#handlers.get(`signal ${signal.name}`)
      const any = this.#anySignal
      if (handler) this.#inside(() => handler(signal.payload))
      else if (any) {
        this.#inside(() => {
          any(signal.name, signal.payload)
        })
      } else this.#waiting.push(signal)
    }
  }
}

interface Current {
  run: WorkflowRun
  scope: CancellationScope
}

const runOf = new AsyncLocalStorage<Current>()

function current(): Current {
  const found = runOf.getStore()
  if (!found) throw new Error('This is workflow code, and no run is being carried out.')
  return found
}

export class CancellationScope {
  #cancelled = false
  #endings = new Set<() => void>()

  run<T>(work: () => Promise<T>): Promise<T> {
    return runOf.run({ run: current().run, scope: this }, work)
  }

  cancel(): void {
    this.#cancelled = true
    for (const end of this.#endings) end()
    this.#endings.clear()
  }

  /** @returns what comes of it, unless the scope is cancelled before. */
  race<T>(work: Promise<T>, onCancel: () => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        onCancel()
        reject(new CancelledFailure('cancelled'))
      }
      if (this.#cancelled) {
        end()
        return
      }
      this.#endings.add(end)
      void work.then(resolve, reject).finally(() => this.#endings.delete(end))
    })
  }
}

export const isCancellation = (error: unknown): boolean =>
  error instanceof CancelledFailure ||
  (error instanceof ActivityFailure && isCancellation(error.cause))

/** After anything that may have come of it, whoever waits for a condition looks again. */
const looking = (run: WorkflowRun): void => {
  setImmediate(() => {
    run.look()
  })
}

export function sleep(duration: Duration): Promise<void> {
  const ms = msToNumber(duration)
  const { run, scope } = current()
  let takeBack = (): void => undefined
  const slept = new Promise<void>((resolve) => {
    takeBack = run.around.after(ms, () => {
      if (run.over) return
      resolve()
      looking(run)
    })
  })
  return scope.race(slept, takeBack)
}

/** @returns false when it did not hold within the time. */
export async function condition(holds: () => boolean, within?: Duration): Promise<boolean> {
  const { run, scope } = current()
  if (within === undefined) {
    await scope.race(run.wait(holds), () => undefined)
    return true
  }
  const timer = new CancellationScope()
  let over = false
  timer
    .run(async () => {
      await sleep(within)
      over = true
      run.look()
    })
    .catch(() => undefined)
  await scope.race(
    run.wait(() => over || holds()),
    () => undefined,
  )
  timer.cancel()
  return holds()
}

export const allHandlersFinished = (): boolean => true

export const defineSignal = (name: string): Definition => ({ type: 'signal', name })
export const defineQuery = (name: string): Definition => ({ type: 'query', name })
export function setHandler(definition: Definition, handler: (payload: unknown) => unknown): void {
  current().run.handle(definition, handler)
}
export function setDefaultSignalHandler(handler: (name: string, payload: unknown) => void): void {
  current().run.handleAny(handler)
}

export function workflowInfo() {
  const { run } = current()
  return {
    workflowId: run.workflowId,
    runId: run.runId,
    firstExecutionRunId: run.firstRunId,
    continuedFromExecutionRunId: run.continuedFrom?.runId,
    startTime: run.startTime,
    historyLength: run.events,
    taskQueue: 'simulation',
    continueAsNewSuggested: run.around.isLong(run),
    typedSearchAttributes: { getAll: (): { key: { name: string }; value: unknown }[] => [] },
  }
}

export function continueAsNew(...args: unknown[]): Promise<never> {
  return Promise.reject(new ContinueAsNew(args))
}

export const uuid4 = (): string => current().run.around.uuid()
export const setCurrentDetails = (_details: string): void => undefined
export const upsertSearchAttributes = (_pairs: unknown): void => undefined

type Called = ((...args: unknown[]) => Promise<unknown>) & {
  executeWithOptions: (options: unknown, args: unknown[]) => Promise<unknown>
}

const proxied = (options: Omit<CallOptions, 'local'>, local: boolean): Record<string, Called> =>
  new Proxy({} as Record<string, Called>, {
    get: (_target, name) => {
      const called = (...args: unknown[]): Promise<unknown> => {
        const { run, scope } = current()
        let unwanted = false
        const cancelled = (): boolean => unwanted
        run.events += 6
        const answer = run.around
          .call(run, String(name), args, { retry: options.retry, local, cancelled })
          .finally(() => {
            looking(run)
          })
        return scope.race(answer, () => {
          unwanted = true
        })
      }
      return Object.assign(called, {
        executeWithOptions: (_options: unknown, args: unknown[]) => called(...args),
      })
    },
  })

export const proxyActivities = (options: Omit<CallOptions, 'local'>): Record<string, Called> =>
  proxied(options, false)
export const proxyLocalActivities = (options: Omit<CallOptions, 'local'>): Record<string, Called> =>
  proxied(options, true)

/** What a call comes to that has used up its attempts. */
export const failed = (name: string, message: string): ActivityFailure =>
  new ActivityFailure(
    message,
    name,
    '',
    RetryState.MAXIMUM_ATTEMPTS_REACHED,
    '',
    ApplicationFailure.create({ message }),
  )
