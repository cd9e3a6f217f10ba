import type { Client } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent

/** A history that is no larger than this may come in pages of any length. Bytes. */
const SMALL = 8 * 1024 * 1024
/**
 * How many batches of events a page holds: what was written at once is read at once. The server
 * takes no batch that is larger than some megabytes; so many of them are less than a connection
 * takes (`MOST_RECEIVED`).
 */
const BATCHES = { ofSmall: 500, ofLarge: 4 }

/**
 * Reads a run's history, the newest event first, in pages of bounded size: an event may hold two
 * megabytes, and a history fifty.
 */
export async function* historyBackwards(
  client: Client,
  workflowId: string,
  runId: string,
): AsyncGenerator<HistoryEvent> {
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe()
  const bytes = Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0)
  let nextPageToken: Uint8Array | null | undefined
  do {
    const page = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: bytes > SMALL ? BATCHES.ofLarge : BATCHES.ofSmall,
      ...(nextPageToken ? { nextPageToken } : {}),
    })
    yield* page.history?.events ?? []
    nextPageToken = page.nextPageToken
  } while (nextPageToken && nextPageToken.length > 0)
}
