import { list } from '../api/query.ts'

export const locationsQuery = (enabled = true) => ({
  ...list('/locations'),
  staleTime: 5 * 60_000,
  enabled,
})
