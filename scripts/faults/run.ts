// One run: load, one episode of faults after another, each got over before the next, and a look at
// everything at the end.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { connectTemporal } from '../../platform/temporal/connection.ts'
import { Arrivals } from './arrivals.ts'
import { check, type Finding, findStuck, type Looked } from './checks.ts'
import type { FaultedDesk } from './desk.ts'
import { type HadEpisode, haveEpisode, recovery, type Scene } from './episode.ts'
import { type FaultKind, kindsFor } from './faults.ts'
import type { HistoryGrowth } from './history-growth.ts'
import { HistoryWatch } from './history-watch.ts'
import { Ledger } from './ledger.ts'
import { Load, type Rate } from './load.ts'
import { MemoryWatch, type MemoryTrend } from './memory.ts'
import { lengthOf, planFaults, type PlannedEpisode } from './plan.ts'
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
  /** Told each minute how it stands. */
  onProgress?: (report: RunReport) => void
}

export interface RunReport {
  seed: number
  site: Site['kind']
  seconds: number
  /** Whether everything was looked at; before that nothing is said of what was found. */
  over: boolean
  plan: PlannedEpisode[]
  left: { name: string; why: string }[]
  episodes: HadEpisode[]
  mails: number
  actions: number
  /** What was accepted and has had no effect yet, or was not answered. */
  open: number
  findings: Finding[]
  readiness: ReadinessTrouble[]
  histories: HistoryGrowth[]
  memory: MemoryTrend[]
  /** Of the machine: load in a minute for each core, the highest that was seen. */
  busy: number
}

const PATIENCE = 300_000
/** Between two looks whether everything has come to its end, in milliseconds. */
const LOOK = 250
const MINUTE = 60_000

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
  const histories = new HistoryWatch(site, desk, () => load.tickets)
  const memory = new MemoryWatch(site)
  const scene: Scene = { site, load, ledger, readiness, histories, patience, say, busy: 0 }
  const began = Date.now()
  const episodes: HadEpisode[] = []
  const report = (over: boolean, findings: readonly Finding[]): RunReport => ({
    ...{ seed, site: site.kind, over, plan, left, episodes },
    seconds: Math.round((Date.now() - began) / 1_000),
    mails: ledger.mails.length,
    actions: ledger.actions.length,
    open: ledger.outstanding().length + ledger.unanswered().length,
    findings: [...findings, ...histories.findings],
    readiness: judgeReadiness(
      readiness,
      episodes,
      site.apis.length,
      began,
      over ? Date.now() : lastLook(episodes),
    ),
    histories: histories.growths,
    memory: memory.trends(),
    busy: scene.busy,
  })
  const progress = setInterval(() => options.onProgress?.(report(false, [])), MINUTE)
  for (const watch of [arrivals, readiness, memory]) watch.start()
  load.start(rate)
  try {
    await haveEpisodes(scene, plan, chosen, began + options.seconds * 1_000, episodes)
    await sleep(Math.max(0, began + options.seconds * 1_000 - Date.now()))
    load.stop()
    return report(true, await lookAtTheEnd(scene))
  } finally {
    clearInterval(progress)
    load.end()
    readiness.stop()
    memory.stop()
    await arrivals.stop()
  }
}

const isWanted = (name: string, only: readonly string[] = []): boolean =>
  only.length === 0 || only.some((part) => name.includes(part))

/** Of an episode that goes on it is not known yet whether a red is true. */
const lastLook = (episodes: readonly HadEpisode[]): number =>
  Math.max(0, ...episodes.map(({ recovered, ended }) => recovered ?? ended))

/** @param had they are added to it, one after another. */
async function haveEpisodes(
  scene: Scene,
  plan: readonly PlannedEpisode[],
  kinds: readonly FaultKind[],
  until: number,
  had: HadEpisode[],
): Promise<void> {
  const began = Date.now()
  // Nothing is broken before everything is seen to work: the second time agents know a ticket.
  for (let times = 0; times < 2; times++) await recovery(scene, Date.now())
  for (const episode of plan) {
    // Where getting over it takes longer than the plan has thought, there is time for fewer.
    if (had.length > 0 && Date.now() + lengthOf(episode.faults) * 1_000 > until) break
    await sleep(Math.max(0, began + episode.at * 1_000 - Date.now()))
    had.push(await haveEpisode(scene, episode, kinds))
  }
}

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
