import { latencies, type Latencies } from './statistics.ts'

/**
 * @param work gets the number of its turn, from 0.
 * @returns the latencies of `count` turns, `atOnce` under way at a time.
 */
export async function timed(
  work: (turn: number) => Promise<unknown>,
  count: number,
  atOnce: number,
): Promise<Latencies> {
  const taken: number[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) {
      const begun = performance.now()
      await work(next++)
      taken.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return latencies(taken)
}
