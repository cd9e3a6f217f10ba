import type { TicketView } from '../../../domain/tickets/contract.ts'
import { below, keyOf } from '../api/cache.ts'
import type { Answer } from '../api/client.ts'
import { list, pages, query } from '../api/query.ts'
import type { paths } from '../api/schema.d.ts'

export type TicketPage = Answer<'/tickets'>
type TicketQuery = NonNullable<paths['/tickets']['get']['parameters']['query']>
/** The list's question, as the page's address holds it; the API says when it is none. */
export type TicketFilter = {
  [Name in Exclude<keyof TicketQuery, 'cursor' | 'limit' | 'view' | 'status' | 'priority'>]?: string
} & { view?: TicketView; status?: readonly string[]; priority?: readonly string[] }

/** What all keys of a ticket begin in: its own and those of what is on it. */
export const ticketKey = (number: number) => below('/tickets/{number}', { number })
/** What the keys of all lists of tickets begin in; those of single tickets do not. */
export const ticketListsKey = keyOf('/tickets', { query: { cursor: 'pages' } })
/** What the keys of all numbers beside the views begin in. */
export const countsKey = below('/tickets/counts')

export const ticketQuery = (number: number) => query('/tickets/{number}', { path: { number } })
export const ticketListQuery = (filter: TicketFilter) =>
  pages('/tickets', { query: filter as TicketQuery })
export const countsQuery = (enabled = true) => ({ ...query('/tickets/counts'), enabled })
/** Waiting is a status and no view of the API's: its count is the total of that filter. */
export const waitingCountQuery = (enabled = true) => ({
  ...query('/tickets', { query: { status: ['waiting'], limit: 1 } }),
  // With the other counts, so that it is asked for anew with them.
  queryKey: [...countsKey, 'waiting'],
  select: ({ total }: TicketPage) => total,
  enabled,
})
export const ticketFieldsQuery = (number: number) =>
  list('/tickets/{number}/fields', { path: { number } })
export const keptCommandsQuery = (number: number) =>
  list('/tickets/{number}/commands', { path: { number } })
export const tagsQuery = () => list('/tags')
