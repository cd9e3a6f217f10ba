import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How finely delays are measured; a loop that is idle shows about this much. Milliseconds. */
const RESOLUTION = 100

/** Measures how late this process comes to what it has to do. */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION })

  constructor() {
    this.#histogram.enable()
  }

  /** @returns the worst delay since the last call, in milliseconds. */
  worst(): number {
    const worst = Math.max(0, this.#histogram.max / 1e6 - RESOLUTION)
    const measured = this.#histogram.count > 0
    this.#histogram.reset()
    return measured ? Math.round(worst) : 0
  }

  stop(): void {
    this.#histogram.disable()
  }
}
