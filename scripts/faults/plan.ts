// Which fault comes when: of the seed alone, so that it comes again.
import { Random } from './random.ts'

/** What a plan has to know of a kind of fault. */
export interface Plannable {
  name: string
  /** How long it lasts, from and to, in seconds. */
  lasts: readonly [number, number]
}

export interface PlannedFault {
  name: string
  /** Seconds after the begin, at the earliest: the one before must have been got over. */
  at: number
  /** Seconds. */
  lasts: number
}

/** Between two faults, from and to, in seconds. */
const REST = [2, 6] as const
/** What getting over one is expected to take, in seconds. */
const RECOVERY = 6

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
): PlannedFault[] {
  const random = new Random(`faults ${seed}`)
  const plan: PlannedFault[] = []
  let deck: Plannable[] = []
  for (let at = random.between(...REST); kinds.length > 0;) {
    if (deck.length === 0) deck = random.shuffled(kinds)
    const { name, lasts } = deck.shift() as Plannable
    const long = Math.min(longest, Math.round(random.between(...lasts) * 10) / 10)
    if (at + long > seconds) break
    plan.push({ name, at: Math.round(at * 10) / 10, lasts: long })
    at += long + RECOVERY + random.between(...REST)
  }
  return plan
}
