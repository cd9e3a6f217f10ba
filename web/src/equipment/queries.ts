import { createInfiniteQuery, createQuery } from '@tanstack/svelte-query'
import { type AssetFilter, type DocumentFilter, equipment } from '../api/equipment.ts'

/**
 * The names of what is cached of this area. What hangs on a ticket is below the ticket's name, so
 * that its changes make it stale.
 */
export const equipmentKeys = {
  assets: ['assets'] as const,
  asset: (id: string) => ['assets', 'one', id] as const,
  documents: ['documents'] as const,
  document: (id: string) => ['documents', 'one', id] as const,
  places: ['places'] as const,
  watch: ['warranty-watch'] as const,
}

const start = null as string | null
const nextOf = (last: { next: string | null }) => last.next ?? undefined

export const assetsQuery = (filter: () => AssetFilter) =>
  createInfiniteQuery(() => ({
    queryKey: [...equipmentKeys.assets, 'list', filter()],
    queryFn: ({ pageParam }: { pageParam: string | null }) => equipment.assets(filter(), pageParam),
    initialPageParam: start,
    getNextPageParam: nextOf,
  }))
export const assetQuery = (id: () => string) =>
  createQuery(() => ({ queryKey: equipmentKeys.asset(id()), queryFn: () => equipment.asset(id()) }))
export const assetTypesQuery = () =>
  createQuery(() => ({
    queryKey: [...equipmentKeys.assets, 'types'],
    queryFn: equipment.assetTypes,
  }))
export const documentsQuery = (filter: () => DocumentFilter) =>
  createInfiniteQuery(() => ({
    queryKey: [...equipmentKeys.documents, 'list', filter()],
    queryFn: ({ pageParam }: { pageParam: string | null }) =>
      equipment.documents(filter(), pageParam),
    initialPageParam: start,
    getNextPageParam: nextOf,
  }))
export const documentQuery = (id: () => string) =>
  createQuery(() => ({
    queryKey: equipmentKeys.document(id()),
    queryFn: () => equipment.document(id()),
  }))
export const historyQuery = (kind: () => 'assets' | 'documents', id: () => string) =>
  createInfiniteQuery(() => ({
    queryKey: [kind(), 'one', id(), 'history'],
    queryFn: ({ pageParam }: { pageParam: string | null }) =>
      equipment.history(kind(), id(), pageParam),
    initialPageParam: start,
    getNextPageParam: nextOf,
  }))
export const placesQuery = (enabled: () => boolean = () => true) =>
  createQuery(() => ({
    queryKey: equipmentKeys.places,
    queryFn: equipment.places,
    staleTime: 5 * 60_000,
    enabled: enabled(),
  }))
export const watchQuery = () =>
  createQuery(() => ({ queryKey: equipmentKeys.watch, queryFn: equipment.watch }))

export const ticketAssetsQuery = (number: () => number, enabled: () => boolean) =>
  createQuery(() => ({
    queryKey: ['ticket', number(), 'assets'],
    queryFn: () => equipment.ofTicket(number()),
    enabled: enabled(),
  }))
export const ticketDocumentsQuery = (number: () => number, enabled: () => boolean) =>
  createQuery(() => ({
    queryKey: ['ticket', number(), 'documents'],
    queryFn: () => equipment.documentsOfTicket(number()),
    enabled: enabled(),
  }))
export const confirmationsQuery = (number: () => number, enabled: () => boolean) =>
  createQuery(() => ({
    queryKey: ['ticket', number(), 'confirmations'],
    queryFn: () => equipment.confirmations(number()),
    enabled: enabled(),
  }))
