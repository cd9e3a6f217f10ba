import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Figure } from './figure.ts'
import { idleMemory } from './memory.ts'
import { latencies, type Latencies } from './statistics.ts'
import { waitingFigures } from './waiting-figures.ts'
import { commandOn, PROBES, restart, spread } from './waiting-restart.ts'
import type { RestartableSet, RunningSet } from './waiting-set.ts'
import {
  allWaiting,
  holdPlanning,
  openWaitingDepartment,
  orderWaitingTickets,
  slaRevision,
  type WaitingDepartment,
} from './waiting-tickets.ts'

/** Enough to know the rate of planning anew. */
const PLANNED_ANEW = 1_000
const WORKED_ON = 50
const TIMEOUT_MS = 180_000

/**
 * Many open tickets, each its own workflow with a durable timer: what they cost while they wait,
 * and what a clean stop and a second start of everything cost. The limits: the same with a handful
 * of tickets, in the same run.
 * @param size how many tickets, and seconds of rest before memory is read.
 */
export async function measureWaiting(
  set: RestartableSet,
  { waiting: count, rest }: { waiting: number; rest: number },
  say: (line: string) => void,
): Promise<{ figures: Figure[]; remarks: string[] }> {
  const first = await set.start()
  const department = await openWaitingDepartment(first.desk)
  const few = await make(set, first, department, 2 * PROBES, say)
  const fewRestarted = await restart(set, few.running, few.numbers, rest)
  say(
    `restarted with ${few.numbers.length} tickets: ready after ${fewRestarted.found.ready.toFixed(1)} s`,
  )
  const storeBefore = set.temporalBytes
  const many = await make(set, fewRestarted.running, department, count, say)
  const made = await idleMemory(many.running.servers, rest)
  const store = (set.temporalBytes - storeBefore) / count
  const manyRestarted = await restart(set, many.running, many.numbers, rest)
  say(`restarted with ${count} tickets: ready after ${manyRestarted.found.ready.toFixed(1)} s`)
  const anew = await planAnew(
    manyRestarted.running,
    Math.min(count, PLANNED_ANEW),
    spread(many.numbers, Math.min(count, WORKED_ON), 2),
  )
  return waitingFigures({
    count,
    few: fewRestarted.found,
    many: manyRestarted.found,
    made,
    takenIn: count / many.seconds,
    store,
    ...anew,
  })
}

/**
 * Stops the set, orders tickets while no worker runs, and starts it again.
 * @returns when all of them wait.
 */
async function make(
  set: RestartableSet,
  before: RunningSet,
  department: WaitingDepartment,
  count: number,
  say: (line: string) => void,
): Promise<{ running: RunningSet; numbers: number[]; seconds: number }> {
  const revision = await slaRevision(before.db)
  await set.stop()
  let numbers: number[] = []
  const running = await set.start(async (servers, db) => {
    numbers = await orderWaitingTickets(servers, count, department, say)
    await holdPlanning(db)
  })
  const seconds = await allWaiting(running.db, numbers, say)
  await holdPlanning(running.db, revision)
  return { running, numbers, seconds }
}

/**
 * Changes a service level, which is put to every open ticket, and works on some of them meanwhile.
 * @returns tickets a second, and the commands' latencies.
 */
async function planAnew(
  { db, desk }: RunningSet,
  enough: number,
  worked: readonly number[],
): Promise<{ replanned: number; meanwhile: Latencies }> {
  const {
    items: [level],
  } = await desk.api.get<{ items: { id: string }[] }>('/service-levels')
  const before = await slaRevision(db)
  await desk.api.patch(`/service-levels/${level?.id}`, { resolution: 2400 })
  const begun = performance.now()
  const taken: number[] = []
  for (const number of worked) taken.push(await commandOn(desk, number, 'urgent'))
  for (;;) {
    const { done } = await db
      .selectFrom('ticket')
      .select(sql<number>`count(*)::int`.as('done'))
      .where('sla_revision', '>', before)
      .executeTakeFirstOrThrow()
    const ms = performance.now() - begun
    if (done >= enough) return { replanned: (done / ms) * 1000, meanwhile: latencies(taken) }
    if (ms > TIMEOUT_MS) throw new Error(`Only ${done} tickets were planned anew.`)
    await sleep(100)
  }
}
