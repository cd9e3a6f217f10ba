import type { z } from 'zod'
import type {
  apiToken,
  Colleague,
  createdToken,
  createdUser,
  credentials,
  Me,
  newToken,
  newUser,
  Preferences,
  setupAnswer,
  setupOffer,
  User,
  userChange,
} from '../../../domain/people/contract.ts'
import { allPages, request } from './client.ts'

export type ApiToken = z.infer<typeof apiToken>
export type NewUser = z.input<typeof newUser>
export type CreatedUser = z.infer<typeof createdUser>
export type SetupOffer = z.infer<typeof setupOffer>

/** Sessions, users and what belongs to oneself. */
export const people = {
  me: (): Promise<Me> => request('GET', '/me'),
  signIn: (body: z.input<typeof credentials>): Promise<Me> => request('POST', '/session', { body }),
  signOut: (): Promise<void> => request('DELETE', '/session'),
  setPreferences: (body: Preferences): Promise<unknown> =>
    request('PATCH', '/me/preferences', { body }),
  changePassword: (body: { current: string; password: string }): Promise<void> =>
    request('POST', '/me/password', { body }),

  offer: (token: string): Promise<SetupOffer> =>
    request('GET', `/setup/${encodeURIComponent(token)}`),
  setUp: (token: string, body: z.input<typeof setupAnswer>): Promise<unknown> =>
    request('POST', `/setup/${encodeURIComponent(token)}`, { body }),

  /** Everybody; or who may own a ticket of a department. */
  list: (department?: string): Promise<Colleague[]> => allPages('/users', { department }),
  create: (body: NewUser): Promise<CreatedUser> => request('POST', '/users', { body }),
  change: (id: string, body: z.input<typeof userChange>): Promise<User> =>
    request('PATCH', `/users/${id}`, { body }),
  resetLink: (id: string): Promise<{ setupUrl: string }> =>
    request('POST', `/users/${id}/setup-link`),

  tokens: (): Promise<ApiToken[]> => allPages('/tokens'),
  createToken: (body: z.input<typeof newToken>): Promise<z.infer<typeof createdToken>> =>
    request('POST', '/tokens', { body }),
  revokeToken: (id: string): Promise<void> => request('DELETE', `/tokens/${id}`),
}
