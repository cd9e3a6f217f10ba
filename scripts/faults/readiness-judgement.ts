// Whether what the APIs said of themselves was true.
import type { HadEpisode, HadFault } from './episode.ts'
import { namesOf } from './plan.ts'
import type { ReadinessWatch, Said } from './readiness.ts'

/** Readiness is red so long after a fault that stops all work, at the latest. Milliseconds. */
const RED_WITHIN = 15_000
/** Between two questions, and for the answer. Milliseconds. */
const ASKED_WITHIN = 2_000

export interface ReadinessTrouble {
  /** The fault, or those of an episode; null: there was none. */
  fault: string | null
  api: number
  what: string
}

type Watch = Pick<ReadinessWatch, 'notGreen'>

/** @param watch what they said. */
export function judgeReadiness(
  watch: Watch,
  episodes: readonly HadEpisode[],
  apis: number,
  began: number,
  ended: number,
): ReadinessTrouble[] {
  return Array.from({ length: apis }, (_, api) => api).flatMap((api) => [
    ...episodes.flatMap((episode) => [
      ...falselyRed(watch, episode, api, ended),
      ...lateRed(watch, episode, api),
    ]),
    ...rests(episodes, began, ended).flatMap(([from, to]) =>
      falseAlarms(watch, api, from, to).map((what) => ({ fault: null, api, what })),
    ),
  ])
}

/** Faults of which each lets work go on let an API be red for nothing. */
function falselyRed(
  watch: Watch,
  { faults, began, recovered }: HadEpisode,
  api: number,
  end: number,
): ReadinessTrouble[] {
  const reasons = [
    ...faults
      .filter(({ readiness, silent }) => readiness !== 'never' || silent === api)
      .map((fault) => fault.began),
    ...withoutWorkers(faults).map(([from]) => from),
  ]
  return falseAlarms(watch, api, began, Math.min(...reasons, recovered ?? end)).map((what) => ({
    fault: namesOf(faults.filter((fault) => fault.began < Math.min(...reasons))),
    api,
    what,
  }))
}

/** What stops all work is said in time, by each API that can say something. */
function lateRed(watch: Watch, { faults }: HadEpisode, api: number): ReadinessTrouble[] {
  if (faults.some(({ silent }) => silent === api)) return []
  const stops: [string, number, number][] = [
    ...faults
      .filter(({ readiness }) => readiness === 'must')
      .map((fault): [string, number, number] => [fault.name, fault.began, fault.ended]),
    ...withoutWorkers(faults).map(([from, to]): [string, number, number] => [
      namesOf(faults),
      from,
      to,
    ]),
  ]
  return stops.flatMap(([fault, from, to]) => {
    if (to - from < RED_WITHIN + ASKED_WITHIN) return []
    const first = watch.notGreen(api, from, to)[0]
    const late = first ? first.at - from : null
    if (late !== null && late <= RED_WITHIN + ASKED_WITHIN) return []
    const what = late === null ? 'never red' : `red after ${(late / 1_000).toFixed(1)} s`
    return [{ fault, api, what }]
  })
}

/** When both workers were away: one of two is missed by nobody. */
function withoutWorkers(faults: readonly HadFault[]): [number, number][] {
  const [one, other] = faults.filter(({ worker }) => worker)
  if (!one || !other) return []
  const [from, to] = [Math.max(one.began, other.began), Math.min(one.ended, other.ended)]
  // The first may still have been starting when the second went.
  return [[from, to]]
}

/** When everything was well: from each recovery to the next fault. */
function rests(episodes: readonly HadEpisode[], began: number, ended: number): [number, number][] {
  const first = episodes[0]?.began ?? ended
  return [
    // A set that has just started may still be looking around.
    ...(first > began ? [[first - 1, first] as [number, number]] : []),
    ...episodes.flatMap(({ recovered }, index): [number, number][] =>
      recovered === null ? [] : [[recovered, episodes[index + 1]?.began ?? ended]],
    ),
  ]
}

/** What was asked before a fault and not answered until it began says nothing of before. */
const falseAlarms = (watch: Watch, api: number, from: number, to: number): string[] => [
  ...new Set(
    watch
      .notGreen(api, from, to)
      .filter(({ until }) => until <= to)
      .map(alarmOf),
  ),
]

const alarmOf = ({ ready, why }: Said): string =>
  ready === null ? `no answer (${why})` : `red: ${why}`
