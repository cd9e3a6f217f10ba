// Time that passes as soon as nothing is left to do in it.

interface Due {
  at: number
  /** Of two at the same time the first one that was asked for. */
  order: number
  work: () => void
}

export class VirtualClock {
  /** Milliseconds since 1970. */
  now: number
  #heap: Due[] = []
  #order = 0

  /** @param begin ISO time. */
  constructor(begin: string) {
    this.now = Date.parse(begin)
  }

  /** @returns takes it back. */
  at(time: number, work: () => void): () => void {
    const due: Due = { at: Math.max(time, this.now), order: this.#order++, work }
    this.#push(due)
    return () => {
      due.work = () => undefined
    }
  }

  after(ms: number, work: () => void): () => void {
    return this.at(this.now + ms, work)
  }

  /** Does what is due, one after another, each with all that follows from it at once. */
  async runUntil(time: number): Promise<void> {
    for (let next = this.#heap[0]; next && next.at <= time; next = this.#heap[0]) {
      this.#pop()
      this.now = next.at
      next.work()
      await new Promise(setImmediate)
    }
    this.now = time
  }

  /** What asks for the time from now on gets this clock's. */
  replaceDate(): void {
    const now = (): number => this.now
    globalThis.Date = new Proxy(Date, {
      construct: (date, given: unknown[], target) =>
        Reflect.construct(date, given.length === 0 ? [now()] : given, target) as Date,
      get: (date, name, receiver): unknown =>
        name === 'now' ? now : Reflect.get(date, name, receiver),
    })
  }

  #push(due: Due): void {
    const heap = this.#heap
    let index = heap.push(due) - 1
    for (; index > 0; index = (index - 1) >> 1) {
      const parent = heap[(index - 1) >> 1] as Due
      if (!isBefore(due, parent)) break
      heap[index] = parent
    }
    heap[index] = due
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as Due
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      const right = heap[child + 1]
      if (right && isBefore(right, heap[child] as Due)) child++
      const smaller = heap[child]
      if (!smaller || !isBefore(smaller, last)) break
      heap[index] = smaller
      index = child
    }
    heap[index] = last
  }
}

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)
