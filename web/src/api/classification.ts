import type { z } from 'zod'
import type {
  newResolution,
  ResolutionEntry,
  resolutionChange,
  StatusNames,
  statusNames,
} from '../../../domain/classification/contract.ts'
import { allPages, request } from './client.ts'

export type NewResolution = z.input<typeof newResolution>

/** What statuses are called, and why tickets are solved. */
export const classification = {
  statusNames: (): Promise<StatusNames> => request('GET', '/status-names'),
  setStatusNames: (body: z.input<typeof statusNames>): Promise<StatusNames> =>
    request('PUT', '/status-names', { body }),

  resolutions: (): Promise<ResolutionEntry[]> => allPages('/resolutions'),
  createResolution: (body: NewResolution): Promise<ResolutionEntry> =>
    request('POST', '/resolutions', { body }),
  changeResolution: (
    key: string,
    body: z.input<typeof resolutionChange>,
  ): Promise<ResolutionEntry> => request('PATCH', `/resolutions/${key}`, { body }),
  orderResolutions: (keys: readonly string[]): Promise<unknown> =>
    request('PUT', '/resolutions/order', { body: { keys } }),
  removeResolution: (key: string): Promise<void> => request('DELETE', `/resolutions/${key}`),
}
