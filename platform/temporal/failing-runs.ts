import { type Client, isGrpcServiceError } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { cut } from '../../domain/cut.ts'
import { type HistoryEvent, historyBackwards } from './history.ts'
import { NOT_ENDED } from './not-ended.ts'

/** Workflow tasks that came to nothing in a row, after which a run is looked at. */
const FAILING = 3
/** Where the server says it by itself (1.30, with the setting of docs/operations.md). */
const PROBLEMS = 'TemporalReportedProblems'
/** gRPC's code for a query with an attribute that the server does not know. */
const INVALID_ARGUMENT = 3
/** temporal.api.enums.v1.WorkflowTaskFailedCause: the server does not know an attribute that was set. */
const BAD_SEARCH_ATTRIBUTES = 23
/** Runs asked for at once. */
const MOST = 500

type Timestamp = HistoryEvent['eventTime']

export interface ReportedRun {
  workflowId: string
  type: string
}

/** A run whose workflow tasks come to nothing. */
export interface FailingRun {
  runId: string
  /** Told so by a worker; else the tasks were given to workers that did not answer. */
  failed: boolean
  /**
   * Not the run is at fault but the server, which has lost search attributes: it goes on by itself once
   * they are there again.
   */
  lacksAttributes: boolean
  /** What the worker said. */
  reason: string
  /** The first of those tasks. */
  since: Date
  /** The last task that came to something; null: none did. */
  lastDone: Date | null
}

/** @returns whether the server does so: it is of version 1.30 or newer, and set to. */
export async function reportsProblems(client: Client): Promise<boolean> {
  const { namespaceInfo } = await client.workflowService.describeNamespace({
    namespace: client.options.namespace,
  })
  return namespaceInfo?.capabilities?.reportedProblemsSearchAttribute === true
}

/**
 * @param only this many are enough.
 * @param attribute under which the server lists them.
 * @returns running workflows of which the server reports that their tasks fail or time out; none
 *   where it does not know how to.
 */
export async function reportedRuns(
  client: Client,
  only = MOST,
  attribute = PROBLEMS,
): Promise<ReportedRun[]> {
  const found: ReportedRun[] = []
  const query = `${attribute} IS NOT NULL AND ${NOT_ENDED}`
  try {
    for await (const { workflowId, type } of client.workflow.list({ query, pageSize: MOST })) {
      found.push({ workflowId, type })
      if (found.length >= only) break
    }
  } catch (error) {
    const { cause } = error as { cause?: unknown }
    if (isGrpcServiceError(cause) && cause.code === INVALID_ARGUMENT) return []
    throw error
  }
  return found
}

/** @returns running workflows of all types but these, so many as are looked at in one go. */
export async function runningRuns(client: Client, but: readonly string[]): Promise<ReportedRun[]> {
  const types = but.map((type) => `'${type}'`).join(', ')
  const query = `ExecutionStatus = 'Running' AND WorkflowType NOT IN (${types})`
  const found: ReportedRun[] = []
  for await (const { workflowId, type } of client.workflow.list({ query, pageSize: MOST })) {
    found.push({ workflowId, type })
    if (found.length >= MOST) break
  }
  return found
}

/**
 * Looks whether the workflow's run can go on.
 * @returns null where it can, has ended, or is not known.
 */
export async function failingRun(client: Client, workflowId: string): Promise<FailingRun | null> {
  try {
    const { raw, runId, status } = await client.workflow.getHandle(workflowId).describe()
    const task = raw.pendingWorkflowTask
    if (status.name !== 'RUNNING' || !task) return null
    const reported =
      raw.workflowExecutionInfo?.searchAttributes?.indexedFields?.[PROBLEMS] !== undefined
    if (!reported && (task.attempt ?? 0) < FAILING) return null
    return { runId, ...(await lastTasks(client, workflowId, runId)) }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}

/** The tasks since the last one that came to something. Only the first has events of its own. */
async function lastTasks(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<Omit<FailingRun, 'runId'>> {
  const told: Omit<FailingRun, 'runId'> = {
    failed: false,
    lacksAttributes: false,
    reason: '',
    since: new Date(),
    lastDone: null,
  }
  for await (const event of historyBackwards(client, workflowId, runId)) {
    const failure = event.workflowTaskFailedEventAttributes
    if (event.workflowTaskCompletedEventAttributes) {
      told.lastDone = timeOf(event.eventTime)
      break
    }
    if (failure && !told.failed) {
      told.failed = true
      told.lacksAttributes = failure.cause === BAD_SEARCH_ATTRIBUTES
      told.reason = cut(failure.failure?.message ?? '', 500)
    }
    if (failure || event.workflowTaskTimedOutEventAttributes) told.since = timeOf(event.eventTime)
  }
  return told
}

/** @returns when an event was written. */
export const timeOf = (time: Timestamp): Date =>
  new Date(Number(time?.seconds ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1e6))
