import type { z } from 'zod'
import type {
  contactChange,
  ContactDetail,
  ContactPage,
} from '../../../domain/contacts/contract.ts'
import { request } from './client.ts'

export interface ContactFilter {
  q?: string
  location?: string
}

const at = (email: string, rest = ''): string => `/contacts/${encodeURIComponent(email)}${rest}`

/** The people who write. */
export const contacts = {
  list: (filter: ContactFilter, cursor: string | null, limit = 50): Promise<ContactPage> =>
    request('GET', '/contacts', { query: { ...filter, cursor, limit } }),
  one: (email: string): Promise<ContactDetail> => request('GET', at(email)),
  save: (email: string, body: z.input<typeof contactChange>): Promise<ContactDetail> =>
    request('PUT', at(email), { body }),
  addAddress: (email: string, address: string): Promise<ContactDetail> =>
    request('POST', at(email, '/addresses'), { body: { address } }),
  removeAddress: (email: string, address: string): Promise<void> =>
    request('DELETE', at(email, `/addresses/${encodeURIComponent(address)}`)),
}
