/** One line of the table. */
export interface Figure {
  section: Section
  /** Stable, for programs. */
  id: string
  name: string
  value: number
  unit: Unit
  /** What it cannot be better than, measured in the same run. */
  limit?: { name: string; value: number }
  aim?: Aim
  note?: string
}

export type Unit = '/s' | 'ms' | 's' | 'MB' | 'events' | 'kB'

/** What is asked of a figure: of itself, or of its share of the limit. */
export type Aim = { atMost: number } | { shareAtLeast: number }

/** What can be measured, in the order of measuring: the names that `--only` takes. */
export const sections = [
  'throughput',
  'latency',
  'commands',
  'history',
  'memory',
  'api',
  'start',
  'waiting',
  'profile',
] as const
export type Section = (typeof sections)[number]

/** Units of which more is better. */
const isRate = (unit: Unit): boolean => unit === '/s'

/**
 * @returns how near a figure is to its limit: 1 is at the limit, both for rates and for costs; null
 *   without a limit.
 */
export function shareOfLimit({ value, unit, limit }: Figure): number | null {
  if (!limit || !(limit.value > 0) || !(value > 0)) return null
  return isRate(unit) ? value / limit.value : limit.value / value
}

/** @returns whether the aim is met; null when there is none. */
export function isMet(figure: Figure): boolean | null {
  const { aim, value } = figure
  if (!aim) return null
  if ('atMost' in aim) return value <= aim.atMost
  return (shareOfLimit(figure) ?? 0) >= aim.shareAtLeast
}
