/** Numbers that a seed gives again: what is drawn first, and what then. */
export class Random {
  #state: number

  /** @param seed what it is drawn from; another text gives other numbers. */
  constructor(seed: string) {
    // FNV-1a, 32 bits.
    this.#state = [...Buffer.from(seed)].reduce(
      (hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0,
      0x811c9dc5,
    )
  }

  /** @returns at least 0 and below 1: mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** @returns a whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count)
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from)
  }

  chance(part: number): boolean {
    return this.next() < part
  }

  /** @returns one of them. */
  one<T>(of: readonly T[]): T {
    const found = of[this.below(of.length)]
    if (found === undefined) throw new RangeError('There is nothing to choose from.')
    return found
  }

  /** @returns all of them in another order. */
  shuffled<T>(of: readonly T[]): T[] {
    const rest = [...of]
    return of.map(() => rest.splice(this.below(rest.length), 1)[0] as T)
  }
}
