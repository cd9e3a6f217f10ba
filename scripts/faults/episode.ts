// One episode: a fault, or two that overlap, and then all that has to come right again.
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultKind } from './faults.ts'
import type { HistoryWatch, Prompted } from './history-watch.ts'
import type { Ledger } from './ledger.ts'
import type { Load } from './load.ts'
import { namesOf, type PlannedEpisode, type PlannedFault } from './plan.ts'
import type { ReadinessWatch } from './readiness.ts'
import type { Site } from './site.ts'

/** A fault that was had. */
export interface HadFault {
  name: string
  readiness: FaultKind['readiness']
  silent: number | null
  worker: boolean
  /** Milliseconds since 1970. */
  began: number
  ended: number
}

export interface HadEpisode {
  faults: HadFault[]
  began: number
  /** When the last of its faults had ended. */
  ended: number
  /** When everything of before was done and everything worked again; null: not in time. */
  recovered: number | null
  /** What took longest. */
  last: string
}

/** What an episode happens in. */
export interface Scene {
  site: Site
  load: Load
  ledger: Ledger
  readiness: ReadinessWatch
  histories: HistoryWatch
  /** What is waited for at the most until everything is got over, in milliseconds. */
  patience: number
  say: (line: string) => void
  /** Of the machine: load in a minute for each core, the highest that was seen. */
  busy: number
}

/** Between two looks whether a fault is got over, in milliseconds. */
const LOOK = 250

/** @param kinds of which the planned ones are. */
export async function haveEpisode(
  scene: Scene,
  { faults: planned }: PlannedEpisode,
  kinds: readonly FaultKind[],
): Promise<HadEpisode> {
  const chosen = planned.flatMap((fault) => {
    const kind = kinds.find(({ name }) => name === fault.name)
    return kind ? [{ kind, fault }] : []
  })
  // What is told to a workflow past the API is no promise where Temporal may forget it.
  const remembers = !chosen.some(({ kind }) => kind.touches.includes('temporal'))
  const began = Date.now()
  const had = await Promise.all(
    chosen.map(({ kind, fault }) => haveFault(scene, kind, fault, began, remembers)),
  )
  const faults = had.map(({ fault }) => fault)
  const ended = Math.max(...faults.map((fault) => fault.ended))
  const { at: recovered, last } = await recovery(scene, ended)
  scene.busy = Math.max(scene.busy, (os.loadavg()[0] ?? 0) / os.availableParallelism())
  for (const { look } of had) await look()
  const episode = { faults, began, ended, recovered, last }
  scene.say(lineOf(episode))
  return episode
}

async function haveFault(
  { site, histories }: Scene,
  kind: FaultKind,
  { after, lasts }: PlannedFault,
  episode: number,
  remembers: boolean,
): Promise<{ fault: HadFault; look: () => Promise<void> }> {
  await sleep(Math.max(0, episode + after * 1_000 - Date.now()))
  const { historyQuietAfter: quiet } = kind
  const prompted: Prompted | null = quiet === undefined ? null : await histories.prepare()
  const began = Date.now()
  try {
    await kind.begin(site)
    if (prompted && remembers) await histories.prompt(prompted)
    await sleep(Math.max(0, began + lasts * 1_000 - Date.now()))
  } finally {
    await kind.end(site)
  }
  const ended = Date.now()
  const { name, readiness, silent = null, worker = false } = kind
  return {
    fault: { name, readiness, silent, worker, began, ended },
    look: async () => {
      if (!prompted || quiet === undefined) return
      await histories.look(name, prompted, { began, ended, quiet: began + quiet * 1_000 })
    },
  }
}

/**
 * Everything that was accepted before has had its effect, everything works, and says so.
 * @param from when it could begin, in milliseconds.
 * @returns when, null when it was not in time; and what was waited for at the end.
 */
export async function recovery(
  { load, ledger, readiness, patience }: Scene,
  from: number,
): Promise<{ at: number | null; last: string }> {
  const probed = Date.now()
  let probes: Awaited<ReturnType<Load['probe']>> | null = null
  void load.probe().then((given) => {
    probes = given
  })
  const isProbed = (): boolean =>
    probes?.every(({ done, refused }) => done !== null || refused !== null) ?? false
  let last = ''
  while (Date.now() - from < patience) {
    if (
      ledger.isDoneUntil(probed) &&
      ledger.unanswered().every(({ began }) => began > probed) &&
      isProbed() &&
      readiness.isGreen()
    )
      return { at: Date.now(), last }
    last = outstanding(ledger, readiness, probed) || last
    await sleep(LOOK)
  }
  return { at: null, last }
}

const outstanding = (ledger: Ledger, readiness: ReadinessWatch, until: number): string =>
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

function lineOf({ faults, began, ended, recovered, last }: HadEpisode): string {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
  return `${namesOf(faults)}, ${seconds(ended - began)}: ${
    recovered === null
      ? `not got over: ${last}`
      : `got over after ${seconds(recovered - ended)} (${last})`
  }`
}
