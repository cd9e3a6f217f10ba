/**
 * What people are promised is done in the order in which it was promised, also when a run, or
 * Temporal's store, has lost some of it. What nobody was promised yet was sent later.
 * @param asked commands that people wait for, in the order in which they are about to be decided.
 * @param promised those of the ticket that are kept and not answered, in the order of the promises.
 * @returns those that are to be decided first, in their order; none when nothing is overtaken.
 */
export function overtaken(asked: readonly string[], promised: readonly string[]): string[] {
  const place = new Map(promised.map((id, at) => [id, at]))
  let last = -1
  promised.forEach((id, at) => {
    const own = asked.indexOf(id)
    const before = own === -1 ? asked : asked.slice(0, own)
    if (before.some((other) => (place.get(other) ?? promised.length) > at)) last = at
  })
  return promised.slice(0, last + 1)
}

/**
 * Puts what was overtaken before the first command that people wait for: what Guichet itself is to do
 * before, and mail that came before, stay there.
 * @param batch what is about to be decided.
 * @param asked ids of those in it that people wait for.
 * @param first what is to be decided before them.
 */
export function promisedFirst<Item extends { command: { id: string } }>(
  batch: readonly Item[],
  asked: readonly string[],
  first: readonly Item[],
): Item[] {
  const moved = new Set(first.map(({ command }) => command.id))
  const start = batch.findIndex(({ command }) => asked.includes(command.id))
  const at = start === -1 ? 0 : start
  return [
    ...batch.slice(0, at),
    ...first,
    ...batch.slice(at).filter(({ command }) => !moved.has(command.id)),
  ]
}
