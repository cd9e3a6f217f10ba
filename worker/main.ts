import { searchAttributeTypes } from '../domain/search-attributes.ts'
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { assetActivities } from '../activities/assets/index.ts'
import { mailIn } from '../activities/mail-in/index.ts'
import { mailOutActivities } from '../activities/mail-out/index.ts'
import { senderContact } from '../activities/mail-out/sender-contact.ts'
import { SmtpSessions } from '../activities/mail-out/smtp-pool.ts'
import { notificationMail } from '../activities/notifications/index.ts'
import { MailSignals } from '../activities/notifications/mail-signals.ts'
import { projectionActivities } from '../activities/projection/index.ts'
import { reconcileActivities } from '../activities/reconcile/index.ts'
import { slaActivities } from '../activities/sla/index.ts'
import { ticketJobActivities } from '../activities/tickets/ticket-jobs.ts'
import { databaseBlobs } from '../platform/postgres/blobs.ts'
import { BoundedDatabase } from '../platform/postgres/bounded-database.ts'
import { background } from '../platform/postgres/bounds.ts'
import { openDatabase } from '../platform/postgres/database.ts'
import { environment } from '../platform/config/environment.ts'
import { endWhenStuck } from '../platform/process/watchdog.ts'
import { log } from '../platform/config/log.ts'
import { ProcessBeat } from '../application/health/process-beat.ts'
import { reconcileAtStart } from '../application/reconcile/reconcile-workflow.ts'
import { ensureMailboxWorkflows } from '../application/mail-in/mailbox-workflow.ts'
import { ListenConnection } from '../platform/postgres/listen-connection.ts'
import { ANSWER_CHANNELS, CommandAnswers } from '../application/tickets/command-answers.ts'
import { TicketCommands } from '../application/tickets/ticket-commands.ts'
import {
  connectTemporal,
  registerSearchAttributes,
  TASK_QUEUE,
  temporalAddress,
} from '../platform/temporal/connection.ts'
import { ensureSchedules } from '../application/schedules.ts'
import { StoreWatch } from './store-watch.ts'
import { Workers } from './workers.ts'

/**
 * Workflows kept in memory between their tasks; a ticket that falls out is replayed from its
 * history when it is next needed.
 */
const CACHED_WORKFLOWS = 200

/**
 * How long workflow code may run without a pause before it is broken off: five seconds, if nothing is
 * said. It is measured by the wall, so that a process that was stopped, or a machine that was paused,
 * finds the workflow that it had in hand broken in the middle and may end of it; a loop that never
 * ends is the lesser danger. The SDK takes it, though its types do not name it.
 */
const workflowCode = { isolateExecutionTimeout: '2 minutes' } as const

/** How long what is under way has to come to its end; after half of it, activities are told so. */
const STOPPING_MS = 20_000

Runtime.install({
  logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
    log.warn({ level, ...meta }, message)
  }),
  // Ctrl-C is handled below, in the order that loses nothing.
  shutdownSignals: [],
})

const db = openDatabase(environment.databaseUrl, {
  connections: 12,
  bounds: background,
  name: 'guichet-worker',
})
const blobs = databaseBlobs(db)
const security = { apiKey: environment.temporalApiKey, tls: environment.temporalTls }
const { client, connection } = await connectTemporal(
  environment.temporalAddress,
  environment.temporalNamespace,
  security,
)
await registerSearchAttributes(connection, environment.temporalNamespace, searchAttributeTypes)

const listening = new ListenConnection(db.pool, ANSWER_CHANNELS, log)
const answers = new CommandAnswers(db, listening)
const commands = new TicketCommands(client, answers)
const shared = { db, blobs, client, commands, secretKeys: environment.secretKeys, log }
const mailSignals = new MailSignals(client, log)
const sessions = new SmtpSessions(undefined, senderContact(db))
const notifications = notificationMail(
  {
    db,
    secretKeys: environment.secretKeys,
    defaultSmtpUrl: environment.defaultSmtpUrl,
    defaultFrom: environment.defaultFrom,
    publicUrl: environment.publicUrl,
  },
  sessions,
)
const incoming = mailIn({ ...shared, listening, defaultFrom: environment.defaultFrom })
const native = await NativeConnection.connect(
  temporalAddress(environment.temporalAddress, security),
)
const workflowBundle = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url))
// In every event of every history: which code it was, in few bytes (docs/decisions/0015).
const buildId = createHash('sha256')
  .update(fs.readFileSync(workflowBundle))
  .digest('hex')
  .slice(0, 8)
const workers = await Workers.create({
  connection: native,
  namespace: environment.temporalNamespace,
  taskQueue: TASK_QUEUE,
  workflowBundle: { codePath: workflowBundle },
  buildId,
  activities: {
    ...projectionActivities(db, (written) => {
      mailSignals.send(written)
    }),
    ...ticketJobActivities({ ...shared, defaultFrom: environment.defaultFrom }),
    ...slaActivities(shared),
    ...reconcileActivities(shared),
    ...notifications.activities,
    ...incoming.activities,
    ...assetActivities({ db, commands, defaultFrom: environment.defaultFrom }),
    ...mailOutActivities({
      ...shared,
      defaultSmtpUrl: environment.defaultSmtpUrl,
      defaultFrom: environment.defaultFrom,
      sessions,
    }),
  },
  maxCachedWorkflows: CACHED_WORKFLOWS,
  workflowThreadPoolSize: 1,
  ...workflowCode,
  // After a worker died its tickets are answered by another one this much later.
  stickyQueueScheduleToStartTimeout: '4 seconds',
  shutdownGraceTime: STOPPING_MS / 2,
})

const running = workers.run()
let receiver: Awaited<ReturnType<typeof incoming.startReceiver>> | null = null
let stopping = false
// Before anybody is told that it works: from then on it may be stopped.
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    void stop()
  })
const watched = new BoundedDatabase(environment.databaseUrl, {
  name: 'guichet-worker-health',
  connections: 1,
})
const beat = new ProcessBeat(
  watched,
  'worker',
  environment.secretKeys,
  () => workers.running,
  () => ({ slots: workers.slots, accounts: sessions.underway, hanging: sessions.hanging }),
)
beat.start()
endWhenStuck(log)
if (environment.smtpReceiverPort > 0)
  receiver = await incoming.startReceiver({
    port: environment.smtpReceiverPort,
    host: environment.smtpReceiverHost,
  })
if (stopping) await receiver?.stop()
await ensureMailboxWorkflows(client, db)
await ensureSchedules(client)
await reconcileAtStart(client)
const storeWatch = new StoreWatch({ client, connection, db, workers, log })
storeWatch.start()
log.info({ taskQueue: TASK_QUEUE, smtpReceiverPort: environment.smtpReceiverPort }, 'worker ready')

await running
await Promise.all([beat.stop(), storeWatch.stop()])
watched.close()
await Promise.all([incoming.settled(), mailSignals.settled()])
notifications.close()
await answers.close()
await Promise.all([connection.close(), native.close()])
await db.close()

/**
 * Stops taking mail first, then lets what is under way come to its end. What fails again and again
 * has none: Temporal gives it to another worker, or to this one when it is back.
 */
async function stop(): Promise<void> {
  stopping = true
  setTimeout(() => {
    log.warn('stopped before everything under way came to an end; it goes on with the next worker')
    process.exit(1)
  }, STOPPING_MS).unref()
  await receiver?.stop()
  workers.shutdown()
  incoming.endWatches()
}
