import { query } from '../api/query.ts'

/** What a ticket was never changes. */
export const asOfQuery = (number: number, version: number) => ({
  ...query('/tickets/{number}/as-of', { path: { number }, query: { version } }),
  staleTime: Infinity,
})
