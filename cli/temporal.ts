import type { Client } from '@temporalio/client'
import { connectTemporal, TASK_QUEUE } from '../platform/temporal/connection.ts'
import type { Settings } from './database.ts'
import { tell } from './command.ts'

/** Where this installation's Temporal is; the embedded one only while Guichet runs. */
export const temporalAddressOf = ({ externalTemporalAddress, temporalPort }: Settings): string =>
  externalTemporalAddress ?? `127.0.0.1:${temporalPort ?? 7233}`

/** @throws when it does not answer. */
export async function withTemporal<T>(
  settings: Settings,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { client, connection } = await connectTemporal(
    temporalAddressOf(settings),
    settings.temporalNamespace,
    { apiKey: settings.temporalApiKey, tls: settings.temporalTls },
  )
  try {
    return await work(client)
  } finally {
    await connection.close()
  }
}

/**
 * Ends every workflow of this Guichet on a Temporal cluster of one's own: they belong to what was in
 * the database before. A worker starts those of the restored log again.
 * @throws when the cluster does not answer.
 */
export const endWorkflows = (settings: Settings): Promise<void> =>
  withTemporal(settings, async (client) => {
    let ended = 0
    const query = `ExecutionStatus = 'Running' AND TaskQueue = '${TASK_QUEUE}'`
    for await (const { workflowId } of client.workflow.list({ query })) {
      await client.workflow
        .getHandle(workflowId)
        .terminate('A backup was restored; what is in it goes on in a workflow of its own.')
        .catch(() => undefined)
      ended++
    }
    if (ended > 0) tell(`${ended} workflows were ended; the restored tickets start theirs again.`)
  })
