import { searchAttributeTypes } from '../../../domain/search-attributes.ts'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { Client, Connection } from '@temporalio/client'
import type pg from 'pg'
import { projectionActivities } from '../../../activities/projection/index.ts'
import { OpenDatabase } from '../../../platform/postgres/database.ts'
import { CommandAnswers } from '../../../application/tickets/command-answers.ts'
import { TicketCommands, type Waiting } from '../../../application/tickets/ticket-commands.ts'
import type { ListenConnection } from '../../../platform/postgres/listen-connection.ts'
import { temporalWorkflows, type Workflows } from '../../../api/temporal/workflows.ts'
import { registerSearchAttributes, TASK_QUEUE } from '../../../platform/temporal/connection.ts'
import type {
  DeliveryActivities,
  ProjectionActivities,
} from '../../../workflows/ticket/activities.ts'
import { freshNamespace } from '../../harness/guichet.ts'
import { serverOf } from '../../harness/needs.ts'
import { bundleWorkflows } from '../../../scripts/workflow-bundle.mjs'

/**
 * The real ticket workflow on a real Temporal server, in a namespace of its own; mail is only
 * pretended to be delivered.
 */
export class TicketWorker {
  readonly delivered: string[] = []
  #worker: { worker: Worker; running: Promise<void> } | undefined

  private constructor(
    readonly pool: pg.Pool,
    readonly namespace: string,
    readonly connection: Connection,
    readonly native: NativeConnection,
  ) {}

  static async open(pool: pg.Pool): Promise<TicketWorker> {
    Runtime.install({ logger: new DefaultLogger('ERROR') })
    const address = serverOf('TEST_TEMPORAL_ADDRESS')
    const namespace = await freshNamespace(address)
    const connection = await Connection.connect({ address })
    await registerSearchAttributes(connection, namespace, searchAttributeTypes)
    return new TicketWorker(
      pool,
      namespace,
      connection,
      await NativeConnection.connect({ address }),
    )
  }

  /**
   * What the API sees of it.
   * @param listening the API's connection.
   */
  workflows(listening: ListenConnection, waiting?: Waiting): Workflows {
    const client = new Client({ connection: this.connection, namespace: this.namespace })
    const answers = new CommandAnswers(this.pool, listening)
    return temporalWorkflows(new TicketCommands(client, answers, waiting))
  }

  async start(): Promise<void> {
    const activities: ProjectionActivities & DeliveryActivities = {
      ...projectionActivities(new OpenDatabase(this.pool)),
      deliverMessage: async ({ messageId }) => {
        this.delivered.push(messageId)
        return { outcome: 'sent', detail: '250 OK' }
      },
    }
    const worker = await Worker.create({
      connection: this.native,
      namespace: this.namespace,
      taskQueue: TASK_QUEUE,
      activities: { ...activities },
      workflowBundle: await bundleWorkflows(),
    })
    this.#worker = { worker, running: worker.run() }
  }

  async stop(): Promise<void> {
    this.#worker?.worker.shutdown()
    await this.#worker?.running
    this.#worker = undefined
  }

  async close(): Promise<void> {
    await this.stop()
    await Promise.all([this.connection.close(), this.native.close()])
  }
}
