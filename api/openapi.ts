// Prints the description of the API as OpenAPI 3.1: `npx tsx api/openapi.ts`. Needs no database, no
// Temporal and no network.
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import type { HealthMonitor } from '../application/health/monitor.ts'
import { databaseBlobs } from '../platform/postgres/blobs.ts'
import { openDatabase } from '../platform/postgres/database.ts'
import { ListenConnection } from '../platform/postgres/listen-connection.ts'
import { buildApp } from './app.ts'
import type { Workflows } from './temporal/workflows.ts'
import { onlyKey } from '../platform/secrets/secret-keys.ts'

/** @returns the document that a running API serves at /api/v1/openapi.json. */
export async function openApiDocument(): Promise<object> {
  // A pool that nobody asks opens no connection.
  const db = openDatabase('postgresql:///none')
  const log = pino({ enabled: false })
  const app = await buildApp({
    db,
    blobs: databaseBlobs(db),
    workflows: {} as Workflows,
    health: {} as HealthMonitor,
    listening: new ListenConnection(db.pool, [], log),
    log,
    settings: {
      publicUrl: 'https://guichet.example',
      secretKeys: onlyKey(Buffer.alloc(32)),
      defaultFrom: 'donotreply@localhost',
      workflowPages: null,
      webFolder: null,
    },
  })
  await app.ready()
  const document = app.swagger()
  await app.close()
  await db.close()
  return document
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${JSON.stringify(await openApiDocument(), null, 2)}\n`)
