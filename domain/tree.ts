/**
 * Whether something is, or would be, inside itself.
 * @param parents what each is in, by id; null or absent: in nothing.
 * @param id that is to be put somewhere else.
 * @param into where to; ids of nothing that there is are in nothing.
 */
export function isInside(
  parents: ReadonlyMap<string, string | null>,
  id: string,
  into: string,
): boolean {
  const seen = new Set<string>()
  for (let at: string | null = into; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
    if (at === id) return true
    seen.add(at)
  }
  return false
}
