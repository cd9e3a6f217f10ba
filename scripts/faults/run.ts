// One run: load, one fault after another, each got over before the next, and a look at everything at
// the end.
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { Arrivals } from './arrivals.ts'
import { check, type Finding, findStuck, type Looked } from './checks.ts'
import type { FaultedDesk } from './desk.ts'
import { type FaultKind, kindsFor } from './faults.ts'
import { Ledger } from './ledger.ts'
import { Load, type Rate } from './load.ts'
import { MemoryWatch, type MemoryTrend } from './memory.ts'
import { planFaults, type PlannedFault } from './plan.ts'
import { ReadinessWatch } from './readiness.ts'
import { judgeReadiness, type ReadinessTrouble } from './readiness-judgement.ts'
import type { Site } from './site.ts'

export interface RunOptions {
  seed: number
  /** How long faults go on, in seconds. */
  seconds: number
  rate: Rate
  /** Only kinds whose name has one of these in it; all when there are none. */
  only?: readonly string[]
  /** Whether the mails of one writer come by several receivers. */
  crossing?: boolean
  /** No fault lasts longer, in seconds. */
  longest?: number
  /** What is waited for at the most until everything is got over, in milliseconds. */
  patience?: number
  say: (line: string) => void
}

/** A fault that was had. */
export interface HadFault {
  name: string
  readiness: FaultKind['readiness']
  silent: number | null
  /** Milliseconds since 1970. */
  began: number
  ended: number
  /** When everything of before was done and everything worked again; null: not in time. */
  recovered: number | null
  /** What took longest. */
  last: string
}

export interface RunReport {
  seed: number
  site: Site['kind']
  seconds: number
  plan: PlannedFault[]
  left: { name: string; why: string }[]
  faults: HadFault[]
  mails: number
  actions: number
  findings: Finding[]
  readiness: ReadinessTrouble[]
  memory: MemoryTrend[]
  /** Of the machine: load in a minute for each core, the highest that was seen. */
  busy: number
}

const PATIENCE = 300_000
/** Between two looks whether a fault is got over, in milliseconds. */
const LOOK = 250

export async function runFaults(
  site: Site,
  desk: FaultedDesk,
  options: RunOptions,
): Promise<RunReport> {
  const { seed, rate, say, patience = PATIENCE } = options
  const { kinds, left } = kindsFor(site)
  const chosen = kinds.filter(({ name }) => isWanted(name, options.only))
  const plan = planFaults(seed, options.seconds, chosen, options.longest)
  const ledger = new Ledger()
  const load = new Load(site, desk, ledger, seed, options.crossing)
  const arrivals = new Arrivals(site.databaseUrl, ledger, (number) => {
    load.know(number)
  })
  const readiness = new ReadinessWatch(site.apis)
  const memory = new MemoryWatch(site)
  const scene: Scene = { site, load, ledger, readiness, patience, say, busy: 0 }
  const began = Date.now()
  for (const watch of [arrivals, readiness, memory]) watch.start()
  load.start(rate)
  let faults: HadFault[]
  let findings: Finding[]
  try {
    faults = await haveFaults(scene, plan, chosen, began + options.seconds * 1_000)
    await sleep(Math.max(0, began + options.seconds * 1_000 - Date.now()))
    load.stop()
    findings = await lookAtTheEnd(scene)
  } finally {
    load.end()
    readiness.stop()
    memory.stop()
    await arrivals.stop()
  }
  return {
    seed,
    site: site.kind,
    seconds: Math.round((Date.now() - began) / 1_000),
    plan,
    left,
    faults,
    mails: ledger.mails.length,
    actions: ledger.actions.length,
    findings,
    readiness: judgeReadiness(readiness, faults, site.apis.length, began, Date.now()),
    memory: memory.trends(),
    busy: scene.busy,
  }
}

const isWanted = (name: string, only: readonly string[] = []): boolean =>
  only.length === 0 || only.some((part) => name.includes(part))

interface Scene {
  site: Site
  load: Load
  ledger: Ledger
  readiness: ReadinessWatch
  patience: number
  say: (line: string) => void
  busy: number
}

async function haveFaults(
  scene: Scene,
  plan: readonly PlannedFault[],
  kinds: readonly FaultKind[],
  until: number,
): Promise<HadFault[]> {
  const began = Date.now()
  const had: HadFault[] = []
  // Nothing is broken before everything is seen to work.
  await recovery(scene, Date.now())
  for (const { name, at, lasts } of plan) {
    const kind = kinds.find((one) => one.name === name)
    if (!kind) continue
    // Where getting over it takes longer than the plan has thought, there is time for fewer.
    if (had.length > 0 && Date.now() + lasts * 1_000 > until) break
    await sleep(Math.max(0, began + at * 1_000 - Date.now()))
    had.push(await haveFault(scene, kind, lasts))
  }
  return had
}

async function haveFault(scene: Scene, kind: FaultKind, lasts: number): Promise<HadFault> {
  const { site, say } = scene
  const began = Date.now()
  try {
    await kind.begin(site)
    await sleep(Math.max(0, began + lasts * 1_000 - Date.now()))
  } finally {
    await kind.end(site)
  }
  const ended = Date.now()
  const { at: recovered, last } = await recovery(scene, ended)
  scene.busy = Math.max(scene.busy, (os.loadavg()[0] ?? 0) / os.availableParallelism())
  say(
    `${kind.name}, ${((ended - began) / 1_000).toFixed(1)} s: ${
      recovered === null
        ? `not got over: ${last}`
        : `got over after ${((recovered - ended) / 1_000).toFixed(1)} s (${last})`
    }`,
  )
  return {
    name: kind.name,
    readiness: kind.readiness,
    silent: kind.silent ?? null,
    began,
    ended,
    recovered,
    last,
  }
}

/**
 * Everything that was accepted before has had its effect, everything works, and says so.
 * @returns when, null when it was not in time; and what was waited for at the end.
 */
async function recovery(scene: Scene, from: number): Promise<{ at: number | null; last: string }> {
  const { load, ledger, readiness, patience } = scene
  load.probe()
  const probed = Date.now()
  let last = ''
  while (Date.now() - from < patience) {
    if (
      ledger.isDoneUntil(probed) &&
      ledger.unanswered().every(({ began }) => began > probed) &&
      readiness.isGreen()
    )
      return { at: Date.now(), last }
    last = outstanding(scene, probed) || last
    await sleep(LOOK)
  }
  return { at: null, last }
}

const outstanding = ({ ledger, readiness }: Scene, until: number): string =>
  [
    ...ledger
      .outstanding()
      .filter(({ accepted }) => (accepted ?? 0) <= until)
      .slice(0, 3)
      .map(nameOf),
    ...ledger
      .unanswered()
      .filter(({ began }) => began <= until)
      .slice(0, 3)
      .map((one) => `${nameOf(one)} unanswered`),
    ...(readiness.isGreen() ? [] : ['not ready']),
  ].join(', ')

const nameOf = (one: ReturnType<Ledger['all']>[number]): string =>
  `${one.kind} ${one.kind === 'mail' ? `${one.id} by ${one.way}` : one.token}`

/** What is wrong when everything had time to come right. */
async function lookAtTheEnd({ site, ledger, patience, say }: Scene): Promise<Finding[]> {
  const pool = new pg.Pool({ connectionString: site.databaseUrl, max: 2 })
  pool.on('error', () => undefined)
  const { client, connection } = await connectTemporal(site.temporalAddress, site.namespace)
  const looked: Looked = { pool, client, ledger, arrived: site.peer.mails }
  try {
    const until = Date.now() + patience
    for (;;) {
      const open = ledger.outstanding().length
      if (open === 0 && ledger.unanswered().length === 0 && (await findStuck(looked)).length === 0)
        break
      if (Date.now() > until) {
        say(`${open} without an effect at the end`)
        break
      }
      await sleep(LOOK)
    }
    return await check(looked)
  } finally {
    await pool.end()
    await connection.close()
  }
}
