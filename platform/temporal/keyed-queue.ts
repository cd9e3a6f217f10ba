/** Work that has to wait for its turn: one at a time for each key, in the order of the calls. */
export class KeyedQueue<K> {
  private readonly last = new Map<K, Promise<unknown>>()

  /** @returns what `work` returns, once everything before it has ended, well or badly. */
  async run<T>(key: K, work: () => Promise<T>): Promise<T> {
    const turn = (this.last.get(key) ?? Promise.resolve()).then(work, work)
    this.last.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.last.get(key) === turn) this.last.delete(key)
    }
  }
}
