import { below } from '../api/cache.ts'
import type { Answer } from '../api/client.ts'
import { list, pages, query } from '../api/query.ts'

/** What the keys of the quarantine begin in. */
export const quarantineKey = below('/quarantine')

export const mailboxesQuery = () => ({ ...list('/mailboxes'), refetchInterval: 15_000 })
export const quarantineQuery = () => pages('/quarantine')
export const quarantineCountQuery = (enabled: boolean) => ({
  ...query('/quarantine', { query: { limit: 50 } }),
  select: ({ items }: Answer<'/quarantine'>) => items.length,
  enabled,
})
