// Whether something grows: a slope with what it may be by chance.

/** Something measured, in the order of time. Times in hours. */
export interface Measured {
  at: number
  value: number
}

export interface Trend {
  /** In an hour. */
  slope: number
  /** Between these two it is, with 95 %. */
  from: number
  to: number
}

/** Fewer say nothing. */
const FEWEST = 8

/**
 * The slope that several series have in common, each from a level of its own: least squares. What
 * is measured hangs on what was measured before, so that it counts for less than it is (Bartlett's
 * number of independent values, from the residuals' own correlation).
 * @returns null where there are too few.
 */
export function trendOf(series: readonly (readonly Measured[])[]): Trend | null {
  const centred = series.filter((one) => one.length >= 3).map(centredOf)
  const all = centred.flat()
  const freedom = all.length - centred.length - 1
  const spread = sum(all, ({ at }) => at ** 2)
  if (all.length < FEWEST || spread === 0) return null
  const slope = sum(all, ({ at, value }) => at * value) / spread
  const left = centred.map((one) => one.map(({ at, value }) => value - slope * at))
  const squares = sum(left.flat(), (e) => e ** 2)
  const along = sum(left, (one) => sum(one.slice(1), (e, index) => e * (one[index] ?? 0)))
  const correlation = Math.min(0.95, Math.max(0, squares === 0 ? 0 : along / squares))
  const independent = (1 - correlation) / (1 + correlation)
  const error = Math.sqrt(squares / (freedom * independent) / spread)
  const margin = student(Math.max(1, freedom * independent)) * error
  return { slope, from: slope - margin, to: slope + margin }
}

function centredOf(one: readonly Measured[]): Measured[] {
  const at = sum(one, (each) => each.at) / one.length
  const value = sum(one, (each) => each.value) / one.length
  return one.map((each) => ({ at: each.at - at, value: each.value - value }))
}

/** 97.5 % of Student's t: Cornish and Fisher's expansion, bounded where it is not good any more. */
function student(freedom: number): number {
  const z = 1.96
  const [g1, g2] = [(z ** 3 + z) / 4, (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96]
  return Math.min(12.7, z + g1 / freedom + g2 / freedom ** 2)
}

const sum = <T>(of: readonly T[], value: (one: T, index: number) => number): number =>
  of.reduce((total, one, index) => total + value(one, index), 0)
