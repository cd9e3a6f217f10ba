import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { databaseBlobs } from '../platform/postgres/blobs.ts'
import { BoundedDatabase } from '../platform/postgres/bounded-database.ts'
import { interactive } from '../platform/postgres/bounds.ts'
import { openDatabase } from '../platform/postgres/database.ts'
import { environment } from '../platform/config/environment.ts'
import { log } from '../platform/config/log.ts'
import { endWhenStuck } from '../platform/process/watchdog.ts'
import { clientChannel, temporalAddress } from '../platform/temporal/connection.ts'
import { ListenConnection } from '../platform/postgres/listen-connection.ts'
import { HealthAlerting } from '../application/health/alerts/alerting.ts'
import { HealthMonitor } from '../application/health/monitor.ts'
import { ProcessBeat } from '../application/health/process-beat.ts'
import { temporalLook } from '../application/health/temporal-look.ts'
import { relayName } from '../application/mail-out/sender-contact.ts'
import { CommandAnswers } from '../application/tickets/command-answers.ts'
import { TicketCommands } from '../application/tickets/ticket-commands.ts'
import { buildApp } from './app.ts'
import { ensureFirstAdmin, firstAdminOf } from './people/first-admin.ts'
import { CHANNELS } from './tickets/change-feed.ts'
import { temporalWorkflows } from './temporal/workflows.ts'

const CONNECTIONS = 10
const START_TIMEOUT_MS = 60_000
/** Connections that come at the same moment; the system may allow fewer. */
const BACKLOG = 4_096
/** How long what is under way has to come to its end. */
const STOPPING_MS = 15_000

const db = openDatabase(environment.databaseUrl, {
  connections: CONNECTIONS,
  bounds: interactive,
  name: 'guichet-api',
})
// Lazy: the API answers, and says in /readyz what it misses, also while Temporal is away.
const connection = Connection.lazy({
  ...temporalAddress(environment.temporalAddress, {
    apiKey: environment.temporalApiKey,
    tls: environment.temporalTls,
  }),
  ...clientChannel,
})
// One folder up from here, both from the sources and from the built dist/api.mjs.
const webFolder = fileURLToPath(new URL('../web/dist', import.meta.url))

const listening = new ListenConnection(db.pool, CHANNELS, log)
const answers = new CommandAnswers(db, listening)

const client = new Client({ connection, namespace: environment.temporalNamespace })
const watched = new BoundedDatabase(environment.databaseUrl, {
  name: 'guichet-api-health',
  connections: 3,
})
const figures = new BoundedDatabase(environment.databaseUrl, {
  name: 'guichet-api-figures',
  connections: 1,
})
const beat = new ProcessBeat(watched, 'api', environment.secretKeys)
const health = new HealthMonitor({
  database: watched,
  figures,
  temporal: temporalLook(client),
  beat,
  relay: relayName(environment.defaultSmtpUrl),
  dataDir: environment.dataDir,
})
const { defaultSmtpUrl, defaultFrom, secretKeys, publicUrl } = environment
const alerting = new HealthAlerting({
  database: watched,
  report: () => health.known(),
  defaultSmtpUrl,
  defaultFrom,
  secretKeys,
  publicUrl,
  log,
})

const app = await buildApp({
  db,
  listening,
  blobs: databaseBlobs(db),
  workflows: temporalWorkflows(new TicketCommands(client, answers)),
  health,
  log,
  settings: {
    publicUrl,
    secretKeys,
    defaultSmtpUrl,
    defaultFrom,
    workflowPages: workflowPages(),
    webFolder: fs.existsSync(`${webFolder}/index.html`) ? webFolder : null,
  },
})

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    void stop()
  })
try {
  const link = await databaseReady()
  health.start()
  endWhenStuck(log)
  alerting.start()
  await app.listen({ port: environment.port, host: environment.host, backlog: BACKLOG })
  if (link !== null) process.stdout.write(`Set-up link: ${link}\n`)
  process.stdout.write(`Guichet is listening on ${environment.publicUrl}\n`)
} catch (error) {
  log.fatal({ err: error }, startProblem(error))
  process.exit(1)
}

/**
 * Waits for the database, and sees to it that somebody can sign in.
 * @returns a set-up link when nobody can yet.
 */
async function databaseReady(): Promise<string | null> {
  const { adminEmail, adminPassword, publicUrl } = environment
  const admin = adminEmail && adminPassword ? firstAdminOf(adminEmail, adminPassword) : null
  const until = Date.now() + START_TIMEOUT_MS
  for (;;) {
    try {
      return await ensureFirstAdmin(db, admin, publicUrl)
    } catch (error) {
      const code = (error as { code?: string }).code ?? ''
      // Not there yet, starting (57P03), or reachable but not migrated (42P01): the first two pass.
      if (!/^(ECONNREFUSED|ENOTFOUND|57P03)$/.test(code) || Date.now() > until) throw error
      log.warn('waiting for the database of DATABASE_URL')
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}

function startProblem(error: unknown): string {
  const code = (error as { code?: string }).code
  if (code === 'EADDRINUSE')
    return `PORT ${environment.port} is taken. Stop what listens there, or set PORT to another one.`
  if (code === '42P01') return 'The database has no tables. Run: node scripts/migrate.mjs'
  return 'The API cannot start'
}

/**
 * The embedded Temporal's web pages are on this machine; where another cluster has its own, nobody
 * has told us.
 */
function workflowPages(): string | null {
  const { temporalAddress: address, temporalUiPort, temporalNamespace } = environment
  return /^(127\.0\.0\.1|localhost):/.test(address)
    ? `http://127.0.0.1:${temporalUiPort}/namespaces/${temporalNamespace}/workflows/`
    : null
}

/**
 * Ends the streams, lets requests under way come to their end, then closes what they stood on. What
 * hangs is left: a request whose answer is lost is asked again.
 */
async function stop(): Promise<void> {
  setTimeout(() => {
    log.warn('stopped before everything under way came to an end')
    process.exit(1)
  }, STOPPING_MS).unref()
  health.stop()
  alerting.stop()
  await app.close()
  await beat.stop()
  watched.close()
  figures.close()
  await answers.close()
  await Promise.all([db.close(), connection.close()])
  process.exit(0)
}
