// A process of its own, as Guichet's worker is one: a Temporal worker and client with nothing of
// Guichet in it. Told by IPC what to run.
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import pg from 'pg'
import { type BareActivities, bareWorkflow, commandUpdate, mailSignal } from './bare-workflow.ts'

/** How the process is set up: the only argument, as JSON. */
export interface BareSetup {
  databaseUrl: string
  temporalAddress: string
  namespace: string
  taskQueue: string
  bundle: string
  maxCachedWorkflows: number
  workflowThreadPoolSize: number
  connections: number
}

/** One series of mails. */
export interface BareInput {
  /** Keeps the workflow ids of several series apart. */
  series: string
  /** For each mail in order, the number of the workflow that it goes to. */
  workflows: readonly number[]
  inFlight: number
  /** The workflow ends after its last mail; otherwise it stays open, as a ticket does. */
  ends: boolean
  /** Instead of a workflow per number: all of them to this one. */
  workflowId?: string
  /** How a mail comes to its workflow; `signal` unless it is said. */
  by?: 'signal' | 'update'
}

/**
 * Milliseconds from the first signal until every insert is committed, and of each mail from its
 * signal to its insert.
 */
export interface BareOutcome {
  ms: number
  latencies: number[]
}

const setup = JSON.parse(process.argv[2] ?? '{}') as BareSetup
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] })
const pool = new pg.Pool({ connectionString: setup.databaseUrl, max: setup.connections })
await pool.query(
  'CREATE TABLE IF NOT EXISTS bare_mail (id text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
)
const client = new Client({
  connection: await Connection.connect({ address: setup.temporalAddress }),
  namespace: setup.namespace,
})

const inserted = new Map<string, () => void>()
const activities: BareActivities = {
  async insert(id) {
    await pool.query({
      name: 'bare-insert',
      text: 'INSERT INTO bare_mail (id) VALUES ($1) ON CONFLICT DO NOTHING',
      values: [id],
    })
    inserted.get(id)?.()
  },
}

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: setup.temporalAddress }),
  namespace: setup.namespace,
  taskQueue: setup.taskQueue,
  workflowBundle: { codePath: setup.bundle },
  activities,
  maxCachedWorkflows: setup.maxCachedWorkflows,
  workflowThreadPoolSize: setup.workflowThreadPoolSize,
})
void worker.run().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})

process.on(
  'message',
  (input: BareInput) => void carryOut(input).then((outcome) => process.send?.(outcome)),
)
process.on('disconnect', () => process.exit(0))
process.send?.('ready')

async function carryOut({
  series,
  workflows,
  inFlight,
  ends,
  workflowId,
  by = 'signal',
}: BareInput): Promise<BareOutcome> {
  const mailsOf = new Map<number, number>()
  for (const workflow of workflows) mailsOf.set(workflow, (mailsOf.get(workflow) ?? 0) + 1)
  const begun = performance.now()
  const waits: Promise<number>[] = []
  let next = 0
  const sender = async (): Promise<void> => {
    for (;;) {
      const mail = next++
      const workflow = workflows[mail]
      if (workflow === undefined) return
      const id = `${series}-${mail}`
      const at = performance.now()
      const start = {
        workflowId: workflowId ?? `bare-${series}-${workflow}`,
        taskQueue: setup.taskQueue,
        args: [ends ? (mailsOf.get(workflow) ?? 1) : 0] as [number],
      }
      if (by === 'update') {
        await client.workflow.executeUpdateWithStart(commandUpdate, {
          startWorkflowOperation: new WithStartWorkflowOperation(bareWorkflow, {
            ...start,
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
          args: [id],
        })
        waits.push(Promise.resolve(performance.now() - at))
        continue
      }
      waits.push(
        new Promise((resolve) =>
          inserted.set(id, () => {
            resolve(performance.now() - at)
          }),
        ),
      )
      await client.workflow.signalWithStart(bareWorkflow, {
        ...start,
        signal: mailSignal,
        signalArgs: [id],
      })
    }
  }
  await Promise.all(Array.from({ length: inFlight }, sender))
  const latencies = await Promise.all(waits)
  inserted.clear()
  return { ms: performance.now() - begun, latencies }
}
