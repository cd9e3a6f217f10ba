// Whether what the APIs said of themselves was true.
import type { HadFault } from './run.ts'
import type { ReadinessWatch, Said } from './readiness.ts'

/** Readiness is red so long after a fault that stops all work, at the latest. Milliseconds. */
const RED_WITHIN = 15_000
/** Between two questions, and for the answer. Milliseconds. */
const ASKED_WITHIN = 2_000

export interface ReadinessTrouble {
  /** The fault; null: there was none. */
  fault: string | null
  api: number
  what: string
}

/** @param watch what they said. */
export function judgeReadiness(
  watch: Pick<ReadinessWatch, 'notGreen'>,
  faults: readonly HadFault[],
  apis: number,
  began: number,
  ended: number,
): ReadinessTrouble[] {
  return Array.from({ length: apis }, (_, api) => api).flatMap((api) => [
    ...faults.flatMap((fault) => ofFault(watch, fault, api, ended)),
    ...rests(faults, began, ended).flatMap(([from, to]) =>
      falseAlarms(watch.notGreen(api, from, to)).map((what) => ({ fault: null, api, what })),
    ),
  ])
}

function ofFault(
  watch: Pick<ReadinessWatch, 'notGreen'>,
  { name, readiness, silent, began, ended, recovered }: HadFault,
  api: number,
  end: number,
): ReadinessTrouble[] {
  if (silent === api || readiness === 'may') return []
  if (readiness === 'never')
    return falseAlarms(watch.notGreen(api, began, recovered ?? end)).map((what) => ({
      fault: name,
      api,
      what,
    }))
  if (ended - began < RED_WITHIN + ASKED_WITHIN) return []
  const first = watch.notGreen(api, began, ended)[0]
  const late = first ? first.at - began : null
  if (late !== null && late <= RED_WITHIN + ASKED_WITHIN) return []
  const what = late === null ? 'never red' : `red after ${(late / 1_000).toFixed(1)} s`
  return [{ fault: name, api, what }]
}

/** When everything was well: from each recovery to the next fault. */
function rests(faults: readonly HadFault[], began: number, ended: number): [number, number][] {
  const first = faults[0]?.began ?? ended
  return [
    // A set that has just started may still be looking around.
    ...(first > began ? [[first - 1, first] as [number, number]] : []),
    ...faults.flatMap(({ recovered }, index): [number, number][] =>
      recovered === null ? [] : [[recovered, faults[index + 1]?.began ?? ended]],
    ),
  ]
}

const falseAlarms = (lines: readonly Said[]): string[] => [
  ...new Set(lines.map(({ ready, why }) => (ready === null ? 'no answer' : `red: ${why}`))),
]
