import { sql } from 'kysely'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { FastifyInstance } from 'fastify'
import { readinessOf } from './readiness.ts'
import { watchedMailboxes } from '../../application/mail-in/watched-mailboxes.ts'
import type { HealthMonitor } from '../../application/health/monitor.ts'
import type { HealthReport } from '../../domain/health/contract.ts'
import type { CheckCode, HealthState } from '../../domain/health/vocabulary.ts'
import type { Database } from '../../platform/postgres/database.ts'

/** Each measurement wakes the process: often enough to see delays that people feel. Milliseconds. */
const EVENT_LOOP_PRECISION = 100

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
  help: 'Mails in the ledger, by their end; waiting are those whose event is not written yet.',
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

const checkStates = new Gauge({
  name: 'guichet_check_state',
  help: 'Each check: 0 works, 1 is not known, 2 somebody must look, 3 stops all work.',
  labelNames: ['check'] as const,
  registers: [registry],
})
const troubles = new Gauge({
  name: 'guichet_trouble_seconds',
  help: 'What is wrong, and for how long.',
  labelNames: ['check', 'reason', 'subject'] as const,
  registers: [registry],
})
const ready = new Gauge({
  name: 'guichet_ready',
  help: '1 as long as /readyz says so.',
  registers: [registry],
})
/** What the checks have measured: the gauge of each figure. */
const figures: Partial<Record<CheckCode, Record<string, Gauge>>> = {
  database: { seconds: gauge('guichet_database_seconds', 'Time to write one row.') },
  temporal: {
    oldestTask: gauge(
      'guichet_oldest_workflow_task_seconds',
      'How long the oldest task has waited for a worker.',
    ),
  },
  workers: { working: gauge('guichet_workers', 'Workers that live.') },
  disk: {
    free: gauge('guichet_disk_free_bytes', 'Space left on the disk of DATA_DIR.'),
    size: gauge('guichet_disk_size_bytes', 'Size of the disk of DATA_DIR.'),
  },
  commands: {
    waiting: gauge('guichet_waiting_commands', 'Replies and notes not in their ticket yet.'),
    oldest: gauge('guichet_oldest_waiting_command_seconds', 'Age of the oldest of them.'),
  },
  outbox: {
    waiting: gauge('guichet_queued_messages', 'Messages that are to be sent.'),
    oldest: gauge('guichet_oldest_queued_message_seconds', 'Age of the oldest of them.'),
  },
  tickets: {
    withoutWorkflow: gauge(
      'guichet_tickets_without_workflow',
      'Open tickets whose workflow does not run.',
    ),
    behind: gauge('guichet_behind_tickets', 'Tickets with timers that are late.'),
    stuck: gauge('guichet_stuck_tickets', 'Tickets whose workflow cannot go on.'),
    renewed: gauge(
      'guichet_renewed_tickets',
      'Tickets whose workflow could not go on and was renewed, within a day.',
    ),
  },
  quarantine: {
    mails: gauge('guichet_quarantined_mails', 'Mails that could not be read.'),
    commands: gauge('guichet_unwritable_commands', 'Commands that could not be written.'),
  },
  'event-loop': {
    worstDelay: gauge(
      'guichet_event_loop_delay_seconds',
      'The worst delay of the last seconds, of all processes.',
    ),
  },
}
/** Those that are told of several of a kind: the name of the figure says which. */
const labelled: Partial<Record<CheckCode, Record<string, Gauge>>> = {
  slots: {
    used: gaugeOf('guichet_slots_in_use', 'Slots of the workers in use.', 'queue'),
    waiting: gaugeOf('guichet_waiting_tasks', 'Tasks that wait for a slot.', 'queue'),
    account: gaugeOf(
      'guichet_account_messages',
      'Messages on their way through an account, or waiting for it in a worker.',
      'account',
    ),
  },
}
const ranks: Record<HealthState, number> = { ok: 0, unknown: 1, attention: 2, stopped: 3 }

function gauge(name: string, help: string): Gauge {
  return new Gauge({ name, help, registers: [registry] })
}

function gaugeOf(name: string, help: string, label: string): Gauge {
  return new Gauge({ name, help, labelNames: [label], registers: [registry] })
}

/** Of figures such as `used deliveries`. */
function fillLabelled(code: CheckCode, measured: Record<string, number>): void {
  const gauges = labelled[code]
  if (!gauges) return
  for (const known of Object.values(gauges)) known.reset()
  for (const [name, value] of Object.entries(measured)) {
    const [kind = '', ...which] = name.split(' ')
    const known = gauges[kind]
    known?.set({ [kind === 'account' ? 'account' : 'queue']: which.join(' ') }, value)
  }
}

/** What the checks have found. */
function fillHealth(report: HealthReport): void {
  ready.set(readinessOf(report).ready ? 1 : 0)
  troubles.reset()
  for (const { code, state, figures: measured, findings } of report.checks) {
    checkStates.set({ check: code }, ranks[state])
    fillLabelled(code, measured)
    for (const [name, known] of Object.entries(figures[code] ?? {})) {
      const value = measured[name]
      if (value === undefined) known.remove()
      else known.set(value)
    }
    for (const { reason, subject, since } of findings)
      troubles.set(
        { check: code, reason, subject },
        Math.max(0, (Date.parse(report.at) - Date.parse(since)) / 1000),
      )
  }
}

const endOfMail = sql<string>`CASE WHEN state = 'settled' THEN coalesce(outcome::text, 'ignored') ELSE 'waiting' END`

let processMetrics = false

/** What was looked at within this is not looked at again, and how long a look is waited for. Milliseconds. */
const FRESH = 2_000
const LOOK_WITHIN = 1_500

/**
 * Everything in Prometheus' text format. What the database counts is asked for now, and is left out
 * where it does not answer in time: what the checks found is told all the same.
 */
export async function readMetrics(
  health: HealthMonitor,
): Promise<{ contentType: string; text: string }> {
  if (!processMetrics)
    collectDefaultMetrics({
      register: registry,
      eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION,
    })
  processMetrics = true
  fillHealth(await health.report(FRESH, LOOK_WITHIN))
  await health
    .counted((db) => count(db))
    .catch(() => {
      for (const gauge of [mails, outbound, tickets, mailboxes]) gauge.reset()
      oldestWaiting.remove()
    })
  return { contentType: registry.contentType, text: await registry.metrics() }
}

async function count(db: Database): Promise<void> {
  const value = sql<number>`count(*)::int`.as('value')
  await Promise.all([
    fill(
      mails,
      'end',
      db
        .selectFrom('mail')
        // A mail is a ticket when its event is written, not when it was chosen to be one.
        .select([endOfMail.as('label'), value])
        .groupBy(endOfMail)
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
