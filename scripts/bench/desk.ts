import { ApiClient } from '../../tests/harness/api-client.ts'
import type { MailAccount } from './mail-server.ts'
import { ADMIN, type Guichet } from './servers.ts'

/** A signed-in admin and what the bench sets up through the API, as a person would. */
export interface Desk {
  api: ApiClient
  /** For `Authorization: Bearer`. */
  token: string
  openDepartment: (name: string) => Promise<string>
  /**
   * From its answer on, the mailbox is watched.
   * @returns its id.
   */
  openMailbox: (address: string, departmentId: string, account: MailAccount) => Promise<string>
  disableMailbox: (id: string) => Promise<void>
}

export async function openDesk({ base }: Guichet): Promise<Desk> {
  const api = new ApiClient(base)
  await api.signIn(ADMIN.email, ADMIN.password)
  const { token } = await api.post<{ token: string }>('/tokens', { name: 'bench' })
  return {
    api,
    token,
    // Acknowledgements are off: the bench's limit sends none either.
    openDepartment: async (name) =>
      (await api.post<{ id: string }>('/departments', { name, acknowledge: false })).id,
    openMailbox: async (address, departmentId, { imap }) =>
      (await api.post<{ id: string }>('/mailboxes', { address, departmentId, imap })).id,
    disableMailbox: async (id) => {
      await api.patch(`/mailboxes/${id}`, { enabled: false })
    },
  }
}
