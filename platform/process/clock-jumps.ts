/** A clock is put right in small steps all the while; only what is more is a jump. Milliseconds. */
const JUMP = 1_000

/**
 * Notices when the machine's clock was put forward or back (by hand, by NTP after a start, by a host
 * that had paused it), by the one that only counts.
 */
export class ClockJumps {
  #wall: number
  #steady: number

  /**
   * @param wall milliseconds since 1970.
   * @param steady milliseconds since any moment.
   */
  constructor(
    private readonly wall: () => number = () => Date.now(),
    private readonly steady: () => number = () => performance.now(),
  ) {
    this.#wall = wall()
    this.#steady = steady()
  }

  /** @returns the time, and by how many milliseconds it was put since the last look. */
  look(): { now: number; jumped: number } {
    const [now, steady] = [this.wall(), this.steady()]
    const jumped = now - this.#wall - (steady - this.#steady)
    this.#wall = now
    this.#steady = steady
    return { now, jumped: Math.abs(jumped) > JUMP ? jumped : 0 }
  }
}
