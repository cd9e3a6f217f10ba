import { cache, keys } from '../api/queries.ts'

/** What a merge or split changes is shown in several tickets and in the lists. */
export function refreshMerged(...numbers: number[]): void {
  for (const number of numbers) void cache.invalidateQueries({ queryKey: keys.ticket(number) })
  void cache.invalidateQueries({ queryKey: keys.lists })
  void cache.invalidateQueries({ queryKey: keys.counts })
}
