import type { TicketFilter } from '../tickets/queries.ts'
import { navigate } from './router.ts'
import { searchFor } from './search-params.svelte.ts'

const quietly = { scrollToTop: false } as const

/** Opens a list. `replace` while typing a search: the way back must not go through every letter. */
export const goToList = (filter: TicketFilter, replace = false): Promise<unknown> =>
  navigate('/tickets', { search: searchFor(filter), replace, ...quietly })

/** Opens a ticket beside the list it was chosen from. */
export const goToTicket = (
  number: number,
  filter: TicketFilter,
  replace = false,
  more: Record<string, string> = {},
): Promise<unknown> =>
  navigate('/tickets/:number', {
    params: { number: String(number) },
    search: searchFor(filter, more),
    replace,
    ...quietly,
  })

export const ticketHref = (
  number: number,
  filter: TicketFilter,
  more: Record<string, string> = {},
): string => {
  const query = new URLSearchParams(searchFor(filter, more)).toString()
  return `/tickets/${number}${query ? `?${query}` : ''}`
}
/** The page of a person, by any of their addresses. */
export const contactHref = (email: string): string => `/contacts/${encodeURIComponent(email)}`
export const listHref = (filter: TicketFilter): string => {
  const query = new URLSearchParams(searchFor(filter)).toString()
  return `/tickets${query ? `?${query}` : ''}`
}
