import { searchAttributeTypes } from '../../../domain/search-attributes.ts'
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker'
import { Client, Connection } from '@temporalio/client'
import type pg from 'pg'
import type { Department } from '../../../domain/people/contract.ts'
import { projectionActivities } from '../../../activities/projection/index.ts'
import { OpenDatabase } from '../../../platform/postgres/database.ts'
import { ticketJobActivities } from '../../../activities/tickets/ticket-jobs.ts'
import { ANSWER_CHANNELS, CommandAnswers } from '../../../application/tickets/command-answers.ts'
import { TicketCommands, type Waiting } from '../../../application/tickets/ticket-commands.ts'
import { ListenConnection } from '../../../platform/postgres/listen-connection.ts'
import { temporalWorkflows, type Workflows } from '../../../api/temporal/workflows.ts'
import { registerSearchAttributes, TASK_QUEUE } from '../../../platform/temporal/connection.ts'
import type {
  DeliveryActivities,
  ProjectionActivities,
  TicketJobActivities,
} from '../../../workflows/ticket/activities.ts'
import { freshNamespace } from '../../harness/guichet.ts'
import { serverOf } from '../../harness/needs.ts'
import { workflowBundle } from '../../harness/workflow-bundle.ts'
import { ApiDesk, type Person } from './api-desk.ts'
import { Workers } from '../../../worker/workers.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'

/**
 * The real ticket workflow on a real Temporal server, in a namespace of its own; mail is only
 * pretended to be delivered.
 */
export class TicketWorker {
  readonly delivered: string[] = []
  #listening: ListenConnection | undefined
  #worker: { worker: Workers; running: Promise<void> } | undefined

  private constructor(
    readonly pool: pg.Pool,
    readonly namespace: string,
    readonly connection: Connection,
    readonly native: NativeConnection,
    private readonly deliver: DeliveryActivities['deliverMessage'],
  ) {}

  /** @param deliver what the mail server says. */
  static async open(
    pool: pg.Pool,
    deliver: DeliveryActivities['deliverMessage'] = async () => ({
      outcome: 'sent',
      detail: '250 OK',
    }),
  ): Promise<TicketWorker> {
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
      deliver,
    )
  }

  /**
   * What the API sees of it.
   * @param listening the API's connection.
   */
  workflows(listening: ListenConnection, waiting?: Waiting): Workflows {
    return temporalWorkflows(this.commands(listening, waiting))
  }

  commands(listening: ListenConnection, waiting?: Waiting): TicketCommands {
    const client = new Client({ connection: this.connection, namespace: this.namespace })
    return new TicketCommands(
      client,
      new CommandAnswers(new OpenDatabase(this.pool), listening),
      waiting,
    )
  }

  /** @param wrapped around the real projection. */
  async start(
    wrapped: (real: ProjectionActivities) => Partial<ProjectionActivities> = () => ({}),
  ): Promise<void> {
    const db = new OpenDatabase(this.pool)
    const projection = projectionActivities(db)
    this.#listening = new ListenConnection(this.pool, ANSWER_CHANNELS, { warn: () => undefined })
    const activities: ProjectionActivities & TicketJobActivities & DeliveryActivities = {
      ...projection,
      ...wrapped(projection),
      ...ticketJobActivities({
        db,
        commands: new TicketCommands(
          new Client({ connection: this.connection, namespace: this.namespace }),
          new CommandAnswers(db, this.#listening),
        ),
        secretKeys: onlyKey(Buffer.alloc(32, 7)),
        defaultFrom: 'DoNotReply <donotreply@help.example>',
      }),
      deliverMessage: async (order) => {
        this.delivered.push(order.messageId)
        return this.deliver(order)
      },
    }
    const worker = await Workers.create({
      connection: this.native,
      namespace: this.namespace,
      taskQueue: TASK_QUEUE,
      activities: { ...activities },
      workflowBundle: workflowBundle(),
    })
    this.#worker = { worker, running: worker.run() }
  }

  async stop(): Promise<void> {
    this.#worker?.worker.shutdown()
    await this.#worker?.running
    this.#listening?.close()
    this.#worker = undefined
  }

  async close(): Promise<void> {
    await this.stop()
    await Promise.all([this.connection.close(), this.native.close()])
  }
}

/** A desk whose commands go through the real ticket workflow, with a department and an agent in it. */
export interface WorkedDesk {
  desk: ApiDesk
  worker: TicketWorker
  department: Department
  agent: Person
  close: () => Promise<void>
}

/**
 * @param waiting how long the API waits for a command's answer; as in production without it.
 * @param deliver what the mail server says; everything is delivered without it.
 */
export async function openWorkedDesk(
  waiting?: Waiting,
  deliver?: DeliveryActivities['deliverMessage'],
): Promise<WorkedDesk> {
  let worker: TicketWorker | undefined
  let desk: ApiDesk | undefined
  const close = async (): Promise<void> => {
    // The worker first: it works on the desk's pool.
    await worker?.close()
    await desk?.close()
  }
  try {
    desk = await ApiDesk.open({
      workflows: async (pool, listening) => {
        worker = await TicketWorker.open(pool, deliver)
        await worker.start()
        return worker.workflows(listening, waiting)
      },
    })
    const department = await desk.department('IT')
    const agent = await desk.person('Sam Smith', 'agent', [department])
    return { desk, worker: worker!, department, agent, close }
  } catch (error) {
    await close()
    throw error
  }
}
