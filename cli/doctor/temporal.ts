import { searchAttributeTypes } from '../../domain/search-attributes.ts'
import { connectTemporal, TASK_QUEUE } from '../../platform/temporal/connection.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

const ABOUT = 'Temporal'
/** A worker's long poll ends after a minute. Milliseconds. */
const POLL_AGE = 75_000
/** temporal.api.enums.v1.TaskQueueType */
const QUEUES = [
  ['workflows', 1],
  ['activities', 2],
] as const
const NOT_FOUND = 5

/** Reachable, with its namespace and search attributes, and workers that ask it for work. */
export async function checkTemporal({
  address,
  namespace,
  embedded,
  ...security
}: {
  address: string
  namespace: string
  /** Of this machine: it runs only while Guichet does. */
  embedded: boolean
  apiKey: string | undefined
  tls: boolean
}): Promise<Finding[]> {
  let reached: Awaited<ReturnType<typeof connectTemporal>>
  try {
    reached = await connectTemporal(address, namespace, security)
  } catch {
    return [
      embedded
        ? warning(
            ABOUT,
            `none answers at ${address}`,
            'The embedded one runs while Guichet does: start it with npm start, then ask again.',
          )
        : problem(
            ABOUT,
            `none answers at ${address}`,
            'Check TEMPORAL_ADDRESS and that the cluster runs; one with TLS needs TEMPORAL_TLS=true.',
          ),
    ]
  }
  const { connection } = reached
  try {
    await connection.workflowService.describeNamespace({ namespace })
    return [
      ok(ABOUT, 'answers, and has the namespace'),
      await attributesOf(reached, namespace),
      ...(await workersOf(reached, namespace)),
    ]
  } catch (error) {
    const missing = (error as { code?: number }).code === NOT_FOUND
    return [
      missing
        ? problem(
            ABOUT,
            `there is no namespace ${namespace} at ${address}`,
            `Make it (temporal operator namespace create --namespace ${namespace} --retention 720h), or set TEMPORAL_NAMESPACE.`,
          )
        : problem(
            ABOUT,
            `the namespace ${namespace} is refused: ${(error as Error).message}`,
            'Check TEMPORAL_API_KEY, and what it may do.',
          ),
    ]
  } finally {
    await connection.close()
  }
}

type Reached = Awaited<ReturnType<typeof connectTemporal>>

async function attributesOf({ connection }: Reached, namespace: string): Promise<Finding> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = Object.keys(searchAttributeTypes).filter((name) => !(name in customAttributes))
  return missing.length === 0
    ? ok(ABOUT, 'every search attribute is registered')
    : problem(
        ABOUT,
        `search attributes are missing: ${missing.join(', ')}`,
        'A worker registers them at its start. Where it may not, do it by hand: temporal operator search-attribute create.',
      )
}

async function workersOf({ connection }: Reached, namespace: string): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [name, taskQueueType] of QUEUES) {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: TASK_QUEUE },
      taskQueueType,
    })
    const fresh = (pollers ?? []).filter(
      ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > Date.now() - POLL_AGE,
    )
    const workers = new Set(fresh.map(({ identity }) => identity)).size
    findings.push(
      workers > 0
        ? ok('workers', `${workers} ask for ${name}`)
        : problem('workers', `none asks for ${name}`, 'Start one: npm start, or npm run worker.'),
    )
  }
  return findings
}
