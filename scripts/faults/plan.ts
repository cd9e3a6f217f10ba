// Which fault comes when: of the seed alone, so that it comes again.
import { Random } from './random.ts'

/** What a plan has to know of a kind of fault. */
export interface Plannable {
  name: string
  /** How long it lasts, from and to, in seconds. */
  lasts: readonly [number, number]
  /** What it is done to: two at once are of different things. */
  touches: readonly string[]
}

export interface PlannedFault {
  name: string
  /** Seconds after its episode's begin. */
  after: number
  /** Seconds. */
  lasts: number
}

/** One fault, or a second one that begins while the first lasts; then everything comes right. */
export interface PlannedEpisode {
  /** Seconds after the begin, at the earliest: the one before must have been got over. */
  at: number
  faults: readonly PlannedFault[]
}

/** Between two episodes, from and to, in seconds. */
const REST = [1, 4] as const
/** What getting over one is expected to take, in seconds. */
const RECOVERY = 5
/** Part of the faults that another one joins, where there is one that can. */
const JOINED = 0.45

/**
 * Deals the kinds like cards: each has come before one comes again.
 * @param seconds that there are; faults end within them when each is got over in time.
 * @param longest seconds that a fault may last.
 */
export function planFaults(
  seed: number,
  seconds: number,
  kinds: readonly Plannable[],
  longest = Infinity,
): PlannedEpisode[] {
  const random = new Random(`faults ${seed}`)
  const plan: PlannedEpisode[] = []
  let deck: Plannable[] = []
  for (let at = random.between(...REST); kinds.length > 0;) {
    if (deck.length === 0) deck = random.shuffled(kinds)
    const faults = dealt(random, deck, longest)
    const long = lengthOf(faults)
    if (at + long > seconds) break
    plan.push({ at: tenths(at), faults })
    at += long + RECOVERY + random.between(...REST)
  }
  return plan
}

/** @returns seconds from its begin until the last fault of an episode has ended. */
export const lengthOf = (faults: readonly PlannedFault[]): number =>
  Math.max(...faults.map(({ after, lasts }) => after + lasts))

/** @returns what an episode is called. */
export const namesOf = (faults: readonly { name: string }[]): string =>
  faults.map(({ name }) => name).join(' + ')

/** Takes the next card, and with it another that is of something else. */
function dealt(random: Random, deck: Plannable[], longest: number): PlannedFault[] {
  const lasting = ({ lasts }: Plannable): number =>
    Math.min(longest, tenths(random.between(...lasts)))
  const first = deck.shift() as Plannable
  const planned = { name: first.name, after: 0, lasts: lasting(first) }
  const joins = random.chance(JOINED)
  const place = deck.findIndex(({ touches }) => !touches.some((of) => first.touches.includes(of)))
  const [second] = joins && place >= 0 ? deck.splice(place, 1) : []
  if (!second) return [planned]
  // While the first lasts, however short that is.
  const after = Math.floor(random.between(0.1, 0.8) * planned.lasts * 10) / 10
  return [planned, { name: second.name, after, lasts: lasting(second) }]
}

const tenths = (seconds: number): number => Math.round(seconds * 10) / 10
