import { searchParams } from 'sv-router'
import type { TicketFilter } from '../tickets/queries.ts'
import { ticketView } from './views.ts'

/** The names of the list's question in the URL, in their order. */
const single = [
  'department',
  'owner',
  'requester',
  'category',
  'resolution',
  'location',
  'tag',
  'due',
  'sort',
  'q',
] as const
const several = ['status', 'priority'] as const

/** The search part of the URL, read raw: "0042" stays text. Reactive. */
export const search = (name: string): string => searchParams.toURLSearchParams().get(name) ?? ''

/**
 * What the list shows, from the URL alone: a reload, a bookmark or a colleague's link shows the
 * same.
 */
export function listFilter(): TicketFilter {
  const params = searchParams.toURLSearchParams()
  const filter: TicketFilter = {}
  const view = ticketView(params.get('view'))
  if (view) filter.view = view
  for (const name of single) {
    const value = params.get(name)
    if (value) filter[name] = value
  }
  for (const name of several) {
    const values = (params.get(name) ?? '').split(',').filter((value) => value !== '')
    if (values.length > 0) filter[name] = values
  }
  return filter
}

/** The other way round: the search part for a filter, with further names such as `tab`. */
export function searchFor(
  filter: TicketFilter,
  more: Record<string, string> = {},
): Record<string, string> {
  const found: Record<string, string> = {}
  if (filter.view) found.view = filter.view
  for (const name of several) {
    const values = filter[name]
    if (values && values.length > 0) found[name] = values.join(',')
  }
  for (const name of single) {
    const value = filter[name]
    if (value) found[name] = value
  }
  return { ...found, ...more }
}
