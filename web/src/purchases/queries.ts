import { below } from '../api/cache.ts'
import { list, pages } from '../api/query.ts'
import type { paths } from '../api/schema.d.ts'

/** The list's question, as the page's address holds it. */
export type PurchaseFilter = Omit<
  NonNullable<paths['/purchases']['get']['parameters']['query']>,
  'cursor' | 'limit'
>

export const purchaseListsKey = below('/purchases')

export const purchasesQuery = (number: number) =>
  list('/tickets/{number}/purchases', { path: { number } })
export const purchaseListQuery = (filter: PurchaseFilter) => pages('/purchases', { query: filter })
