import { below } from '../api/cache.ts'
import { list, pages, query } from '../api/query.ts'
import type { paths } from '../api/schema.d.ts'

type AssetQuery = NonNullable<paths['/assets']['get']['parameters']['query']>
type DocumentQuery = NonNullable<paths['/documents']['get']['parameters']['query']>

/** The list's question, as the page's address holds it; the API says when it is none. */
export type AssetFilter = {
  [Name in Exclude<keyof AssetQuery, 'cursor' | 'limit'>]?: string
}
/** The list's question, as the page's address holds it; the API says when it is none. */
export type DocumentFilter = {
  [Name in Exclude<keyof DocumentQuery, 'cursor' | 'limit'>]?: string
}

export const assetsKey = below('/assets')
export const documentsKey = below('/documents')

export const assetsQuery = (filter: AssetFilter) =>
  pages('/assets', { query: filter as AssetQuery })
export const assetQuery = (id: string) => query('/assets/{id}', { path: { id } })
export const assetTypesQuery = () => list('/assets/types')
export const documentsQuery = (filter: DocumentFilter) =>
  pages('/documents', { query: filter as DocumentQuery })
export const documentQuery = (id: string) => query('/documents/{id}', { path: { id } })
export const historyQuery = (kind: 'assets' | 'documents', id: string) =>
  pages(`/${kind}/{id}/history`, { path: { id } })

export const ticketAssetsQuery = (number: number, enabled: boolean) => ({
  ...query('/tickets/{number}/assets', { path: { number } }),
  enabled,
})
export const ticketDocumentsQuery = (number: number, enabled: boolean) => ({
  ...query('/tickets/{number}/documents', { path: { number } }),
  enabled,
})
export const confirmationsQuery = (number: number, enabled: boolean) => ({
  ...list('/tickets/{number}/confirmations', { path: { number } }),
  enabled,
})
