import { sql } from 'kysely'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { FastifyInstance } from 'fastify'
import { watchedMailboxes } from '../../application/mail-in/watched-mailboxes.ts'
import type { Database } from '../../platform/postgres/database.ts'

/** What Prometheus reads: https://prometheus.io/docs/practices/naming/ */
export const registry = new Registry()

const durations = new Histogram({
  name: 'guichet_http_request_duration_seconds',
  help: 'Time to answer a request, by route.',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers: [registry],
})
export const openStreams = new Gauge({
  name: 'guichet_open_streams',
  help: 'Pages that are being told of changes.',
  registers: [registry],
})
const mails = new Gauge({
  name: 'guichet_mails',
  help: 'Mails in the ledger, by their end; waiting have none yet.',
  labelNames: ['end'] as const,
  registers: [registry],
})
const oldestWaiting = new Gauge({
  name: 'guichet_oldest_waiting_mail_seconds',
  help: 'Age of the oldest mail without an end.',
  registers: [registry],
})
const outbound = new Gauge({
  name: 'guichet_outbound_messages',
  help: 'Outbound messages, by state.',
  labelNames: ['state'] as const,
  registers: [registry],
})
const tickets = new Gauge({
  name: 'guichet_tickets',
  help: 'Tickets, by status.',
  labelNames: ['status'] as const,
  registers: [registry],
})
const mailboxes = new Gauge({
  name: 'guichet_mailboxes',
  help: 'Watched mailboxes, by status.',
  labelNames: ['status'] as const,
  registers: [registry],
})

/** Measures every request under its route's pattern, never under its address. */
export function measureRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    durations.observe(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: String(reply.statusCode),
      },
      reply.elapsedTime / 1000,
    )
  })
}

let processMetrics = false

/** @returns everything in Prometheus' text format. What the database knows is asked for now. */
export async function readMetrics(db: Database): Promise<{ contentType: string; text: string }> {
  if (!processMetrics) collectDefaultMetrics({ register: registry })
  processMetrics = true
  const value = sql<number>`count(*)::int`.as('value')
  await Promise.all([
    fill(
      mails,
      'end',
      db
        .selectFrom('mail')
        .select([sql<string>`coalesce(outcome::text, 'waiting')`.as('label'), value])
        .groupBy('outcome')
        .execute(),
    ),
    fill(
      outbound,
      'state',
      db
        .selectFrom('message')
        .select(['state as label', value])
        .where('direction', '=', 'outbound')
        .where('event_no', 'is not', null)
        .groupBy('state')
        .execute(),
    ),
    fill(
      tickets,
      'status',
      db.selectFrom('ticket').select(['status as label', value]).groupBy('status').execute(),
    ),
    fill(
      mailboxes,
      'status',
      watchedMailboxes(db).select(['status as label', value]).groupBy('status').execute(),
    ),
    db
      .selectFrom('mail')
      .select(
        sql<number>`coalesce(extract(epoch FROM now() - min(stored_at)), 0)::float8`.as('age'),
      )
      .where('state', '<>', 'settled')
      .executeTakeFirst()
      .then((row) => {
        oldestWaiting.set(row?.age ?? 0)
      }),
  ])
  return { contentType: registry.contentType, text: await registry.metrics() }
}

async function fill<L extends string>(
  gauge: Gauge<L>,
  label: L,
  counted: Promise<{ label: string; value: number }[]>,
): Promise<void> {
  const rows = await counted
  gauge.reset()
  for (const row of rows) gauge.set({ [label]: row.label } as Record<L, string>, row.value)
}
