/**
 * @param share between 0 and 1.
 * @returns the value below which that share lies (nearest rank); NaN of nothing.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

/** @returns the middle value, between the two middle ones when they are even in number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = Math.floor(sorted.length / 2)
  const high = sorted[upper] ?? NaN
  return sorted.length % 2 ? high : (high + (sorted[upper - 1] ?? NaN)) / 2
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/**
 * The middle one of several runs, whole: its figures belong together, unlike a median taken of each
 * figure by itself.
 * @param by what runs are put in order by.
 */
export function middleRun<T>(runs: readonly T[], by: (run: T) => number): T {
  const sorted = [...runs].sort((a, b) => by(a) - by(b))
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  if (middle === undefined) throw new Error('no run was measured')
  return middle
}

export interface Latencies {
  p50: number
  p99: number
  count: number
}

/** @param values milliseconds. */
export const latencies = (values: readonly number[]): Latencies => ({
  p50: percentile(values, 0.5),
  p99: percentile(values, 0.99),
  count: values.length,
})

/**
 * A stream of numbers that is the same at every run (mulberry32 of a 32-bit seed).
 * @returns a function giving the next number in [0, 1).
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
