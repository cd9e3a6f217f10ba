import { below } from '../api/cache.ts'
import { pages, query } from '../api/query.ts'
import type { paths } from '../api/schema.d.ts'

/** The list's question, as the page's address holds it. */
export type ContactFilter = Omit<
  NonNullable<paths['/contacts']['get']['parameters']['query']>,
  'cursor' | 'limit'
>

export const contactsKey = below('/contacts')

export const contactsQuery = (filter: ContactFilter) => pages('/contacts', { query: filter })
/** Shown anew each time: what hangs on a person changes elsewhere. */
export const contactQuery = (email: string) => ({
  ...query('/contacts/{email}', { path: { email } }),
  staleTime: 0,
})
