// Workers with every activity that tickets, notifications and `reconcile` need, on a real Temporal
// server and a real database, in a namespace of their own. Mail is only pretended to be delivered.
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker'
import { notificationMail } from '../../../activities/notifications/index.ts'
import { MailSignals } from '../../../activities/notifications/mail-signals.ts'
import { projectionActivities } from '../../../activities/projection/index.ts'
import { reconcileActivities } from '../../../activities/reconcile/index.ts'
import { slaActivities } from '../../../activities/sla/index.ts'
import { ticketJobActivities } from '../../../activities/tickets/ticket-jobs.ts'
import { missingSchedules, schedules } from '../../../application/schedules.ts'
import { ANSWER_CHANNELS, CommandAnswers } from '../../../application/tickets/command-answers.ts'
import { TicketCommands } from '../../../application/tickets/ticket-commands.ts'
import { ListenConnection } from '../../../platform/postgres/listen-connection.ts'
import { searchAttributeTypes } from '../../../domain/search-attributes.ts'
import { type OpenDatabase, openDatabase } from '../../../platform/postgres/database.ts'
import {
  clientChannel,
  registerSearchAttributes,
  TASK_QUEUE,
} from '../../../platform/temporal/connection.ts'
import { workflowBundle } from '../../harness/workflow-bundle.ts'
import type { Reconciled, ReconcileInput } from '../../../workflows/reconcile/activities.ts'
import { type FreshDatabase, freshDatabase } from '../../harness/database.ts'
import { eventually } from '../../harness/eventually.ts'
import { freshNamespace } from '../../harness/guichet.ts'
import { serverOf } from '../../harness/needs.ts'
import { Workers } from '../../../worker/workers.ts'
import { onlyKey } from '../../../platform/secrets/secret-keys.ts'

const SECRET_KEYS = onlyKey(Buffer.alloc(32, 7))
const DEFAULT_FROM = 'Help <donotreply@help.example>'
const log = { warn: () => undefined }

/**
 * Schedules that never start anything: `reconcile` would make missing ones, and run by them while a
 * test counts what its own run does.
 */
async function withoutTimes(client: Client): Promise<void> {
  for (const { scheduleId, workflowType, taskQueue } of Object.values(schedules))
    await client.schedule.create({
      scheduleId,
      spec: {},
      action: { type: 'startWorkflow', workflowType, taskQueue },
      state: { paused: true },
    })
  await eventually(
    'the server lists them',
    async () => (await missingSchedules(client)).length === 0,
  )
}

export class WholeWorkers {
  readonly client: Client
  readonly mailSignals: MailSignals
  readonly commands: TicketCommands
  readonly #listening: ListenConnection
  readonly #running: { worker: Workers; native: NativeConnection; done: Promise<void> }[] = []
  #runs = 0

  private constructor(
    readonly database: FreshDatabase,
    readonly db: OpenDatabase,
    readonly connection: Connection,
    readonly namespace: string,
    readonly smtpUrl: string | undefined,
  ) {
    this.client = new Client({ connection, namespace })
    this.mailSignals = new MailSignals(this.client, log)
    this.#listening = new ListenConnection(db.pool, ANSWER_CHANNELS, log)
    this.commands = new TicketCommands(this.client, new CommandAnswers(db, this.#listening))
  }

  static async open(smtpUrl?: string): Promise<WholeWorkers> {
    Runtime.install({ logger: new DefaultLogger('ERROR') })
    const address = serverOf('TEST_TEMPORAL_ADDRESS')
    const namespace = await freshNamespace(address)
    const connection = await Connection.connect({ address, ...clientChannel })
    await registerSearchAttributes(connection, namespace, searchAttributeTypes)
    const database = await freshDatabase()
    await withoutTimes(new Client({ connection, namespace }))
    return new WholeWorkers(database, openDatabase(database.url), connection, namespace, smtpUrl)
  }

  /** Workers of another process, beside those of whoever has opened database and namespace. */
  static async join(databaseUrl: string, namespace: string): Promise<WholeWorkers> {
    Runtime.install({ logger: new DefaultLogger('ERROR') })
    const address = serverOf('TEST_TEMPORAL_ADDRESS')
    const connection = await Connection.connect({ address, ...clientChannel })
    const database = { url: databaseUrl, drop: () => Promise.resolve() }
    return new WholeWorkers(database, openDatabase(databaseUrl), connection, namespace, undefined)
  }

  /**
   * @param over takes the place of some activities.
   * @returns one process's workers.
   */
  async start(
    over: (real: ReturnType<WholeWorkers['activities']>) => object = () => ({}),
  ): Promise<Workers> {
    const real = this.activities()
    // A connection for each, as each process has.
    const native = await NativeConnection.connect({ address: serverOf('TEST_TEMPORAL_ADDRESS') })
    const worker = await Workers.create({
      connection: native,
      namespace: this.namespace,
      taskQueue: TASK_QUEUE,
      workflowBundle: workflowBundle(),
      activities: { ...real, ...over(real) },
    })
    this.#running.push({ worker, native, done: worker.run() })
    return worker
  }

  private activities() {
    const shared = { db: this.db, client: this.client, commands: this.commands }
    return {
      ...projectionActivities(this.db, (written) => {
        this.mailSignals.send(written)
      }),
      ...ticketJobActivities({ ...shared, secretKeys: SECRET_KEYS, defaultFrom: DEFAULT_FROM }),
      ...slaActivities(shared),
      ...reconcileActivities(shared),
      ...notificationMail({
        db: this.db,
        secretKeys: SECRET_KEYS,
        defaultSmtpUrl: this.smtpUrl,
        defaultFrom: DEFAULT_FROM,
        publicUrl: 'https://help.example',
      }).activities,
      deliverMessage: () => Promise.resolve({ outcome: 'sent', detail: '250 OK' }),
    }
  }

  /** One run of `reconcile`, as the schedule starts it every minute. */
  reconcile(input: ReconcileInput = {}): Promise<Reconciled> {
    return this.client.workflow.execute<(input: ReconcileInput) => Promise<Reconciled>>(
      'reconcileWorkflow',
      { workflowId: `reconcile-${++this.#runs}`, taskQueue: TASK_QUEUE, args: [input] },
    )
  }

  async sql<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await this.db.pool.query<T>(text, values)).rows
  }

  async stop(): Promise<void> {
    const running = this.#running.splice(0)
    for (const { worker } of running) worker.shutdown()
    await Promise.all(
      running.map(async ({ done, native }) => {
        await done
        await native.close()
      }),
    )
  }

  async close(): Promise<void> {
    await this.stop()
    await this.mailSignals.settled()
    this.#listening.close()
    await this.connection.close()
    await this.db.close()
    await this.database.drop()
  }
}
