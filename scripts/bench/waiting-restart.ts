import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { runPrepared } from '../../platform/postgres/run-prepared.ts'
import type { Desk } from './desk.ts'
import { idleMemory } from './memory.ts'
import { cpuBetween, type UsageByProcess, usageOf } from './process-accounting.ts'
import { type Latencies, latencies } from './statistics.ts'
import type { RestartableSet, RunningSet } from './waiting-set.ts'

/**
 * Tickets whose timer comes due while everything is down, and tickets that get a command after it.
 */
export const PROBES = 20
/**
 * Seconds before everything stops that these timers are still away, and that everything stays down
 * after they were due.
 */
const [AHEAD, OVERDUE] = [20, 2]
const TIMEOUT_MS = 120_000
/** In which rest is looked for. */
const MOST_WINDOWS = 5

/** What a clean stop and a second start of everything gave. */
export interface Restart {
  /** Seconds from the start of the first server. */
  ready: number
  /** The same, until a ticket that no worker knows has answered a command. */
  firstCommand: number
  /** The same, until every timer has acted that came due while everything was down. */
  timers: number
  /**
   * Milliseconds of a command, on tickets that the worker has to read first, and on the same ones
   * after it.
   */
  cold: Latencies
  warm: Latencies
  /** Milliseconds of CPU from each process's start until everything rests. */
  cpu: Record<string, number>
  /** Milliseconds of CPU in a second of rest. */
  restCpu: Record<string, number>
  memory: UsageByProcess
}

/**
 * @param numbers of tickets that wait.
 * @param rest seconds until memory is read; CPU at rest is read in three times as many.
 */
export async function restart(
  set: RestartableSet,
  { desk }: RunningSet,
  numbers: readonly number[],
  rest: number,
): Promise<{ running: RunningSet; found: Restart }> {
  const [timed, probed] = [spread(numbers, PROBES, 0), spread(numbers, PROBES, 1)]
  const due = new Date(Date.now() + AHEAD * 1000)
  await Promise.all(
    timed.map((number) => desk.api.put(`/tickets/${number}/snooze`, { until: due.toISOString() })),
  )
  await set.stop()
  if (Date.now() > due.getTime())
    throw new Error('The machine is too slow: timers are due before everything is down.')
  await sleep(Math.max(0, due.getTime() + OVERDUE * 1000 - Date.now()))
  const begun = performance.now()
  const since = (): number => (performance.now() - begun) / 1000
  let acted: Promise<number> = Promise.resolve(NaN)
  const running = await set.start(async (_servers, db) => {
    acted = snoozesEnded(db, timed, since)
    acted.catch(() => undefined) // told below, when it is waited for
  })
  const ready = since()
  const cold = [await commandOn(running.desk, probed[0] ?? 0, 'high')]
  const firstCommand = since()
  for (const number of probed.slice(1)) cold.push(await commandOn(running.desk, number, 'high'))
  const warm: number[] = []
  for (const number of probed) warm.push(await commandOn(running.desk, number, 'low'))
  const timers = await acted
  const memory = await idleMemory(running.servers, rest)
  const cpu = cpuBetween({}, usageOf(running.servers.children.pids))
  const restCpu = await cpuAtRest(running, 3 * rest)
  return {
    running,
    found: {
      ready,
      firstCommand,
      timers,
      cold: latencies(cold),
      warm: latencies(warm),
      memory,
      cpu,
      restCpu,
    },
  }
}

/**
 * Over a minute, as there is much that looks once a minute, and one in which PostgreSQL cleans up
 * nothing that tickets in great numbers have left: that is work, and over when it is done.
 * @returns milliseconds of CPU in a second, by process.
 */
async function cpuAtRest(
  { servers, db }: RunningSet,
  seconds: number,
): Promise<Record<string, number>> {
  for (let attempt = 1; ; attempt++) {
    const [cleaned, before] = [await cleanUps(db), usageOf(servers.children.pids)]
    await sleep(seconds * 1000)
    const used = cpuBetween(before, usageOf(servers.children.pids))
    const { ended, underWay } = await cleanUps(db)
    if ((underWay === 0 && ended === cleaned.ended) || attempt === MOST_WINDOWS)
      return Object.fromEntries(Object.entries(used).map(([name, ms]) => [name, ms / seconds]))
  }
}

/** What PostgreSQL's autovacuum has done, and does now. */
const cleanUps = (db: Database): Promise<{ ended: number; underWay: number }> =>
  db
    .selectNoFrom([
      sql<number>`(SELECT sum(autovacuum_count + autoanalyze_count)::int FROM pg_stat_user_tables)`.as(
        'ended',
      ),
      sql<number>`(SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'autovacuum worker')`.as(
        'underWay',
      ),
    ])
    .executeTakeFirstOrThrow()

/** @returns `since()` when none of them is snoozed any more. */
async function snoozesEnded(
  db: Database,
  numbers: readonly number[],
  since: () => number,
): Promise<number> {
  const until = performance.now() + TIMEOUT_MS
  for (;;) {
    const [row] = await runPrepared(
      db,
      db
        .selectFrom('ticket')
        .select(sql<number>`count(*)::int`.as('count'))
        .where('number', '=', anyOf(numbers, 'integer'))
        .where('snoozed', '=', false),
    )
    if (row?.count === numbers.length) return since()
    if (performance.now() > until)
      throw new Error(`Only ${row?.count} of ${numbers.length} timers that were due have acted.`)
    await sleep(50)
  }
}

/** @returns milliseconds until a ticket has taken a priority that it had not. */
export async function commandOn(desk: Desk, number: number, priority: string): Promise<number> {
  const begun = performance.now()
  await desk.api.patch(`/tickets/${number}`, { priority })
  return performance.now() - begun
}

/**
 * Some of many, from all over them.
 * @param offset keeps several choices apart.
 */
export function spread(numbers: readonly number[], count: number, offset: number): number[] {
  const step = numbers.length / count
  return Array.from(
    { length: count },
    (_, i) => numbers[Math.min(numbers.length - 1, Math.floor(i * step) + offset)] ?? 0,
  )
}
