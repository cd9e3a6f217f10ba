import type { z } from 'zod'
import type { newLocation, Location } from '../../../domain/locations/contract.ts'
import type {
  AssetDetail,
  AssetImportResult,
  assetChange,
  assetPage,
  Confirmation,
  ConfirmationOffer,
  confirmationAnswer,
  documentChange,
  DocumentDetail,
  documentPage,
  AssetHistoryEntry,
  newAsset,
  newConfirmation,
  newDocument,
  TicketAssets,
  TicketDocuments,
  WarrantyWatch,
} from '../../../domain/assets/contract.ts'
import { allPages, type Page, request } from './client.ts'

export type NewAsset = z.input<typeof newAsset>
export type NewDocument = z.input<typeof newDocument>
export type AssetPage = z.infer<typeof assetPage>
export type DocumentPage = z.infer<typeof documentPage>
export interface AssetFilter {
  q?: string
  type?: string
  status?: string
  location?: string
  user?: string
}
export interface DocumentFilter {
  q?: string
  kind?: string
}

const of = (number: number, rest: string): string => `/tickets/${number}/${rest}`

/** Assets, documents, locations and confirmations. */
export const assetsApi = {
  assets: (filter: AssetFilter, cursor: string | null, limit = 50): Promise<AssetPage> =>
    request('GET', '/assets', { query: { ...filter, cursor, limit } }),
  asset: (id: string): Promise<AssetDetail> => request('GET', `/assets/${id}`),
  createAsset: (body: NewAsset): Promise<AssetDetail> => request('POST', '/assets', { body }),
  changeAsset: (id: string, body: z.input<typeof assetChange>): Promise<AssetDetail> =>
    request('PATCH', `/assets/${id}`, { body }),
  removeAsset: (id: string): Promise<void> => request('DELETE', `/assets/${id}`),
  assetTypes: (): Promise<string[]> => allPages('/assets/types'),
  importAssets: (base64: string, preview: boolean): Promise<AssetImportResult> =>
    request('POST', '/assets/import', { body: { base64, preview } }),
  linkDocument: (assetId: string, documentId: string): Promise<AssetDetail> =>
    request('POST', `/assets/${assetId}/documents`, { body: { documentId } }),
  unlinkDocument: (assetId: string, documentId: string): Promise<void> =>
    request('DELETE', `/assets/${assetId}/documents/${documentId}`),

  documents: (filter: DocumentFilter, cursor: string | null, limit = 50): Promise<DocumentPage> =>
    request('GET', '/documents', { query: { ...filter, cursor, limit } }),
  document: (id: string): Promise<DocumentDetail> => request('GET', `/documents/${id}`),
  createDocument: (body: NewDocument): Promise<DocumentDetail> =>
    request('POST', '/documents', { body }),
  changeDocument: (id: string, body: z.input<typeof documentChange>): Promise<DocumentDetail> =>
    request('PATCH', `/documents/${id}`, { body }),
  removeDocument: (id: string): Promise<void> => request('DELETE', `/documents/${id}`),
  addFiles: (id: string, attachmentIds: string[]): Promise<DocumentDetail> =>
    request('POST', `/documents/${id}/files`, { body: { attachmentIds } }),
  removeFile: (id: string, attachmentId: string): Promise<void> =>
    request('DELETE', `/documents/${id}/files/${attachmentId}`),
  relateDocuments: (id: string, documentId: string): Promise<DocumentDetail> =>
    request('POST', `/documents/${id}/links`, { body: { documentId } }),
  separateDocuments: (id: string, documentId: string): Promise<void> =>
    request('DELETE', `/documents/${id}/links/${documentId}`),

  history: (
    kind: 'assets' | 'documents',
    id: string,
    cursor: string | null,
  ): Promise<Page<AssetHistoryEntry>> =>
    request('GET', `/${kind}/${id}/history`, { query: { cursor } }),

  ofTicket: (number: number): Promise<TicketAssets> => request('GET', of(number, 'assets')),
  link: (number: number, assetId: string): Promise<unknown> =>
    request('POST', of(number, 'assets'), { body: { assetId } }),
  unlink: (number: number, assetId: string): Promise<void> =>
    request('DELETE', of(number, `assets/${assetId}`)),
  documentsOfTicket: (number: number): Promise<TicketDocuments> =>
    request('GET', of(number, 'documents')),
  attach: (number: number, documentId: string): Promise<unknown> =>
    request('POST', of(number, 'documents'), { body: { documentId } }),
  detach: (number: number, documentId: string): Promise<void> =>
    request('DELETE', of(number, `documents/${documentId}`)),

  confirmations: (number: number): Promise<Confirmation[]> => allPages(of(number, 'confirmations')),
  askConfirmation: (number: number, body: z.input<typeof newConfirmation>): Promise<Confirmation> =>
    request('POST', of(number, 'confirmations'), { body }),
  revokeConfirmation: (number: number, id: string): Promise<void> =>
    request('DELETE', of(number, `confirmations/${id}`)),
  offer: (token: string): Promise<ConfirmationOffer> =>
    request('GET', `/confirmation-links/${encodeURIComponent(token)}`),
  answer: (token: string, body: z.input<typeof confirmationAnswer>): Promise<ConfirmationOffer> =>
    request('POST', `/confirmation-links/${encodeURIComponent(token)}`, { body }),

  locations: (): Promise<Location[]> => allPages('/locations'),
  createLocation: (body: z.input<typeof newLocation>): Promise<Location> =>
    request('POST', '/locations', { body }),
  changeLocation: (id: string, body: Partial<z.input<typeof newLocation>>): Promise<Location> =>
    request('PATCH', `/locations/${id}`, { body }),
  removeLocation: (id: string): Promise<void> => request('DELETE', `/locations/${id}`),
  locationsOfUser: async (id: string): Promise<string[]> =>
    (await request<{ locationIds: string[] }>('GET', `/users/${id}/locations`)).locationIds,
  limitUser: (id: string, locationIds: string[]): Promise<unknown> =>
    request('PUT', `/users/${id}/locations`, { body: { locationIds } }),
  watch: (): Promise<WarrantyWatch> => request('GET', '/settings/warranty-watch'),
  saveWatch: (body: WarrantyWatch): Promise<WarrantyWatch> =>
    request('PUT', '/settings/warranty-watch', { body }),
}
