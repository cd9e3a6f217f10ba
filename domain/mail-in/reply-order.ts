/** What says where a message stands in its thread. */
export interface Threaded {
  /** Its Message-ID; null when it has none. */
  internetId: string | null
  /** Ids it answers, the nearest first: `answeredIds`. */
  answered: readonly string[]
}

/**
 * The order in which messages are taken in and shown: as they were received, but none before one
 * that it answers. Only a question that its answer has overtaken moves, to just before that answer.
 * @param received in the order in which they were received.
 * @returns the same items, each once. Those that answer each other in a circle, as only forged ones
 *   do, stand in some order.
 */
export function inReplyOrder<T>(received: readonly T[], threadOf: (item: T) => Threaded): T[] {
  const threads = received.map(threadOf)
  const byId = new Map<string, number>()
  threads.forEach(({ internetId }, i) => {
    if (internetId !== null && !byId.has(internetId)) byId.set(internetId, i)
  })
  const ordered: T[] = []
  const seen = new Set<number>()
  for (const first of received.keys()) {
    // Not by recursion: a thread may be long.
    const way = seen.has(first) ? [] : [first]
    for (let at = way.at(-1); at !== undefined; at = way.at(-1)) {
      seen.add(at)
      const earlier = threads[at]!.answered.map((id) => byId.get(id)).findLast(
        (i) => i !== undefined && !seen.has(i),
      )
      if (earlier !== undefined) {
        way.push(earlier)
        continue
      }
      way.pop()
      ordered.push(received[at]!)
    }
  }
  return ordered
}
