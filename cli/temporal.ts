import type { Client } from '@temporalio/client'
import { connectTemporal, TASK_QUEUE } from '../platform/temporal/connection.ts'
import { StepError } from '../scripts/launch/steps.mjs'
import { tell } from './command.ts'
import type { Settings } from './settings.ts'

/**
 * Where this installation's Temporal is: the one that is named, the embedded one of the set that runs,
 * or where processes look that were started one by one beside a database of one's own.
 * @returns null where none runs. What listens at the usual port then is somebody else's.
 */
export const temporalAddressOf = ({
  externalTemporalAddress,
  externalDatabaseUrl,
  temporalPort,
  running,
}: Settings): string | null => {
  if (externalTemporalAddress !== undefined) return externalTemporalAddress
  if (running || externalDatabaseUrl !== undefined || temporalPort !== undefined)
    return `127.0.0.1:${temporalPort ?? 7233}`
  return null
}

/** @throws StepError when none runs; when it does not answer. */
export async function withTemporal<T>(
  settings: Settings,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const address = temporalAddressOf(settings)
  if (address === null)
    throw new StepError(
      `No Guichet runs on DATA_DIR ${settings.dataDir}, and with it no Temporal.`,
      'Start it with npm start; or set DATA_DIR to where the one runs that is meant.',
    )
  const { client, connection } = await connectTemporal(address, settings.temporalNamespace, {
    apiKey: settings.temporalApiKey,
    tls: settings.temporalTls,
  })
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
