import { Context } from '@temporalio/activity'
import { type Client, isGrpcServiceError } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { ticketWorkflowId } from '../../application/tickets/ticket-workflow.ts'
import type { WorkflowLoss } from '../../domain/vocabulary.ts'

/** With which Guichet itself terminates a run that cannot go on: for the ticket it has failed. */
export const RENEWED = 'Its workflow tasks failed again and again; a new run goes on from the log.'

/** Attempts to find a run that may not be listed yet, before it is called missing. */
const LOOKS = 3

/**
 * @returns what became of the ticket's last run; null when it runs after all: what the server lists
 *   may be some seconds old.
 */
export const lossOf = (client: Client, number: number): Promise<WorkflowLoss | null> =>
  lossOfRun(client, ticketWorkflowId(number))

/**
 * What became of the run before the one that asks, which has found that it takes another's place.
 * @throws while the server lists none: it may have ended a moment ago. After the last attempt it is
 *   missing.
 */
export async function lossOfRunBefore(client: Client, number: number): Promise<WorkflowLoss> {
  const { info } = Context.current()
  const workflowId = ticketWorkflowId(number)
  const query = `WorkflowId = '${workflowId}'`
  // The newest first.
  for await (const { runId } of client.workflow.list({ query, pageSize: 5 })) {
    if (runId === info.workflowExecution?.runId) continue
    return (await lossOfRun(client, workflowId, runId)) ?? 'ended'
  }
  if (info.attempt < LOOKS) throw new Error('The server lists no run before this one yet.')
  return 'missing'
}

/** A run that is still listed may be deleted already. */
async function lossOfRun(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowLoss | null> {
  try {
    const { status } = await client.workflow.getHandle(workflowId, runId).describe()
    if (status.name === 'RUNNING' || status.name === 'PAUSED') return null
    if (status.name === 'TERMINATED') {
      const reason = await terminationOf(client, workflowId, runId)
      return reason === RENEWED ? 'failed' : 'terminated'
    }
    return losses[status.name] ?? 'ended'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isNotFound(error)) return 'missing'
    throw error
  }
}

/** gRPC's own, of calls that the client has no words for. */
const isNotFound = (error: unknown): boolean => isGrpcServiceError(error) && error.code === 5

const losses: Partial<Record<string, WorkflowLoss>> = {
  CANCELLED: 'cancelled',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
}

async function terminationOf(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<string | null | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId, ...(runId ? { runId } : {}) },
    maximumPageSize: 1,
  })
  return history?.events?.[0]?.workflowExecutionTerminatedEventAttributes?.reason
}
