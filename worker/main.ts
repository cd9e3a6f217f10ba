import { searchAttributeTypes } from '../domain/search-attributes.ts'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { fileURLToPath } from 'node:url'
import { startApprovalPoller } from '../activities/approvals/poller.ts'
import { startMergingPoller } from '../activities/merging/poller.ts'
import { assetActivities } from '../activities/assets/index.ts'
import { mailIn } from '../activities/mail-in/index.ts'
import { mailOutActivities } from '../activities/mail-out/index.ts'
import { startNotificationPoller } from '../activities/notifications/poller.ts'
import { projectionActivities } from '../activities/projection/index.ts'
import { startSlaPoller } from '../activities/sla/poller.ts'
import { databaseBlobs } from '../platform/postgres/blobs.ts'
import { openDatabase } from '../platform/postgres/database.ts'
import { environment } from '../platform/config/environment.ts'
import { log } from '../platform/config/log.ts'
import { ensureMailboxWorkflows } from '../application/mail-in/mailbox-workflow.ts'
import { resumeTickets } from '../activities/tickets/resume-tickets.ts'
import {
  connectTemporal,
  registerSearchAttributes,
  TASK_QUEUE,
  temporalAddress,
} from '../platform/temporal/connection.ts'
import { ensureWarrantySchedule } from '../activities/assets/warranty-schedule.ts'

/**
 * Workflows kept in memory between their tasks; a ticket that falls out is replayed from its
 * history when it is next needed.
 */
const CACHED_WORKFLOWS = 200

Runtime.install({
  logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
    log.warn({ level, ...meta }, message)
  }),
  // Ctrl-C is handled below, in the order that loses nothing.
  shutdownSignals: [],
})

const db = openDatabase(environment.databaseUrl, { connections: 12 })
const blobs = databaseBlobs(db.pool)
const security = { apiKey: environment.temporalApiKey, tls: environment.temporalTls }
const { client, connection } = await connectTemporal(
  environment.temporalAddress,
  environment.temporalNamespace,
  security,
)
await registerSearchAttributes(connection, environment.temporalNamespace, searchAttributeTypes)

const shared = { db, blobs, client, secretKey: environment.secretKey, log }
const incoming = mailIn({ ...shared, defaultFrom: environment.defaultFrom })
const native = await NativeConnection.connect(
  temporalAddress(environment.temporalAddress, security),
)
const worker = await Worker.create({
  connection: native,
  namespace: environment.temporalNamespace,
  taskQueue: TASK_QUEUE,
  workflowBundle: { codePath: fileURLToPath(new URL('./workflow-bundle.js', import.meta.url)) },
  activities: {
    ...projectionActivities(db),
    ...incoming.activities,
    ...assetActivities({ db, client, defaultFrom: environment.defaultFrom }),
    ...mailOutActivities({
      ...shared,
      defaultSmtpUrl: environment.defaultSmtpUrl,
      defaultFrom: environment.defaultFrom,
    }),
  },
  maxCachedWorkflows: CACHED_WORKFLOWS,
  workflowThreadPoolSize: 1,
  // After a worker died its tickets are answered by another one this much later.
  stickyQueueScheduleToStartTimeout: '4 seconds',
  shutdownGraceTime: '10 seconds',
})

const running = worker.run()
const receiver =
  environment.smtpReceiverPort > 0
    ? await incoming.startReceiver({
        port: environment.smtpReceiverPort,
        host: environment.smtpReceiverHost,
      })
    : null
const unsettledMails = incoming.startUnsettledPoller()
const slaPoller = startSlaPoller({
  pool: db.pool,
  client,
  secretKey: environment.secretKey,
  defaultFrom: environment.defaultFrom,
  log,
})
const notifications = startNotificationPoller({
  db,
  secretKey: environment.secretKey,
  defaultSmtpUrl: environment.defaultSmtpUrl,
  defaultFrom: environment.defaultFrom,
  publicUrl: environment.publicUrl,
  log,
})
const approvals = startApprovalPoller(db.pool, client, log)
const merges = startMergingPoller(db.pool, client, log)
await ensureMailboxWorkflows(client, db)
void resumeTickets(client, db, log).catch((error: unknown) => {
  log.warn(
    { error: error instanceof Error ? error.message : String(error) },
    'tickets could not be compared with their workflows',
  )
})
await ensureWarrantySchedule(client)
log.info({ taskQueue: TASK_QUEUE, smtpReceiverPort: environment.smtpReceiverPort }, 'worker ready')

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    void stop()
  })
await running
await Promise.all([
  unsettledMails.stop(),
  notifications.stop(),
  slaPoller.stop(),
  approvals.stop(),
  merges.stop(),
])
await Promise.all([connection.close(), native.close()])
await db.close()

/** Stops taking mail first, then lets what is under way come to its end. */
async function stop(): Promise<void> {
  await receiver?.stop()
  worker.shutdown()
  incoming.endWatches()
}
