import { invalidate } from '../api/cache.ts'
import { countsKey, ticketKey, ticketListsKey } from '../tickets/queries.ts'

/** What a merge or split changes is shown in several tickets and in the lists. */
export function refreshMerged(...numbers: number[]): void {
  for (const number of numbers) void invalidate(ticketKey(number))
  void invalidate(ticketListsKey)
  void invalidate(countsKey)
}
