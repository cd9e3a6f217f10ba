import { createInfiniteQuery, createQuery } from '@tanstack/svelte-query'
import { type AssetFilter, type DocumentFilter, assetsApi } from '../api/assets.ts'

/**
 * The names of what is cached of this area. What hangs on a ticket is below the ticket's name, so
 * that its changes make it stale.
 */
export const assetKeys = {
  assets: ['assets'] as const,
  asset: (id: string) => ['assets', 'one', id] as const,
  documents: ['documents'] as const,
  document: (id: string) => ['documents', 'one', id] as const,
  locations: ['locations'] as const,
  watch: ['warranty-watch'] as const,
}

const start = null as string | null
const nextOf = (last: { next: string | null }) => last.next ?? undefined

export const assetsQuery = (filter: () => AssetFilter) =>
  createInfiniteQuery(() => ({
    queryKey: [...assetKeys.assets, 'list', filter()],
    queryFn: ({ pageParam }: { pageParam: string | null }) => assetsApi.assets(filter(), pageParam),
    initialPageParam: start,
    getNextPageParam: nextOf,
  }))
export const assetQuery = (id: () => string) =>
  createQuery(() => ({ queryKey: assetKeys.asset(id()), queryFn: () => assetsApi.asset(id()) }))
export const assetTypesQuery = () =>
  createQuery(() => ({
    queryKey: [...assetKeys.assets, 'types'],
    queryFn: assetsApi.assetTypes,
  }))
export const documentsQuery = (filter: () => DocumentFilter) =>
  createInfiniteQuery(() => ({
    queryKey: [...assetKeys.documents, 'list', filter()],
    queryFn: ({ pageParam }: { pageParam: string | null }) =>
      assetsApi.documents(filter(), pageParam),
    initialPageParam: start,
    getNextPageParam: nextOf,
  }))
export const documentQuery = (id: () => string) =>
  createQuery(() => ({
    queryKey: assetKeys.document(id()),
    queryFn: () => assetsApi.document(id()),
  }))
export const historyQuery = (kind: () => 'assets' | 'documents', id: () => string) =>
  createInfiniteQuery(() => ({
    queryKey: [kind(), 'one', id(), 'history'],
    queryFn: ({ pageParam }: { pageParam: string | null }) =>
      assetsApi.history(kind(), id(), pageParam),
    initialPageParam: start,
    getNextPageParam: nextOf,
  }))
export const locationsQuery = (enabled: () => boolean = () => true) =>
  createQuery(() => ({
    queryKey: assetKeys.locations,
    queryFn: assetsApi.locations,
    staleTime: 5 * 60_000,
    enabled: enabled(),
  }))
export const watchQuery = () =>
  createQuery(() => ({ queryKey: assetKeys.watch, queryFn: assetsApi.watch }))

export const ticketAssetsQuery = (number: () => number, enabled: () => boolean) =>
  createQuery(() => ({
    queryKey: ['ticket', number(), 'assets'],
    queryFn: () => assetsApi.ofTicket(number()),
    enabled: enabled(),
  }))
export const ticketDocumentsQuery = (number: () => number, enabled: () => boolean) =>
  createQuery(() => ({
    queryKey: ['ticket', number(), 'documents'],
    queryFn: () => assetsApi.documentsOfTicket(number()),
    enabled: enabled(),
  }))
export const confirmationsQuery = (number: () => number, enabled: () => boolean) =>
  createQuery(() => ({
    queryKey: ['ticket', number(), 'confirmations'],
    queryFn: () => assetsApi.confirmations(number()),
    enabled: enabled(),
  }))
