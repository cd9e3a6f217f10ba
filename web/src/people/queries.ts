import { allPages, list, query } from '../api/query.ts'

const RARELY_CHANGED_MS = 5 * 60_000

export const meQuery = () => ({ ...query('/me'), staleTime: Infinity })
export const usersQuery = () => ({ ...allPages('/users'), staleTime: RARELY_CHANGED_MS })
/** Those who may own a ticket of the department. */
export const ownersQuery = (department: string) => ({
  ...allPages('/users', { query: { department } }),
  staleTime: RARELY_CHANGED_MS,
})
export const departmentsQuery = (enabled = true) => ({
  ...list('/departments'),
  staleTime: RARELY_CHANGED_MS,
  enabled,
})
export const tokensQuery = () => list('/tokens')
