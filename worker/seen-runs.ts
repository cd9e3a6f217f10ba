import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'

/** How far a workflow's run was when this process last had it in hand. */
export interface SeenRun {
  workflowId: string
  runId: string
  /** Events of its history. */
  events: number
  /** In milliseconds since 1970. */
  at: number
}

/** Runs that are remembered, and of those that are looked for, the latest. */
const REMEMBERED = 20
const LOOKED_FOR = 4
/** Two events of a workflow task that is repeated are in no history before it comes to its end. */
const NOT_WRITTEN_YET = 2
/** What is done may be deleted after a day. Milliseconds. */
const KEPT_FOR = 12 * 3_600_000

/**
 * The runs that this process has worked on last. A store of Temporal that was put back to what it was
 * before knows less of the very latest, so that these speak for all that are in the process's cache.
 */
export class SeenRuns {
  readonly #runs = new Map<string, SeenRun>()

  /** The run was given something to do. */
  see(
    {
      workflowId,
      runId,
      historyLength,
    }: { workflowId: string; runId: string; historyLength: number },
    at = Date.now(),
  ): void {
    const before = this.#runs.get(runId)?.events ?? 0
    this.#runs.delete(runId)
    this.#runs.set(runId, { workflowId, runId, events: Math.max(before, historyLength), at })
    const [oldest] = this.#runs.keys()
    if (this.#runs.size > REMEMBERED && oldest !== undefined) this.#runs.delete(oldest)
  }

  /** It is known that the store was put back: from now on it is measured by what comes. */
  forget(): void {
    this.#runs.clear()
  }

  /**
   * Asks the server how far the latest are.
   * @returns one of which it knows less than this process, or null: then its store was put back.
   * @throws when it does not answer.
   */
  async ahead(client: Client): Promise<SeenRun | null> {
    const latest = [...this.#runs.values()].reverse().slice(0, LOOKED_FOR)
    for (const run of latest) if (await isAhead(client, run)) return run
    return null
  }
}

async function isAhead(
  client: Client,
  { workflowId, runId, events, at }: SeenRun,
): Promise<boolean> {
  try {
    const { historyLength } = await client.workflow.getHandle(workflowId, runId).describe()
    return historyLength < events - NOT_WRITTEN_YET
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return Date.now() - at < KEPT_FOR
    throw error
  }
}
