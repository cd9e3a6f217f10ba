// What a desk under load needs: a department with a watched account, one with the receiver's address,
// both with a sender, and a token for whoever works there.
import type { Department } from '../../domain/people/contract.ts'
import type { Mailbox } from '../../domain/mail-in/contract.ts'
import { ApiClient } from '../../tests/harness/api-client.ts'
import { eventually } from '../../tests/harness/eventually.ts'
import { IMAP, SMTP } from './mail-servers.ts'
import { ADMIN, type Site } from './site.ts'

export const ADDRESSES = { imap: 'it@desk.test', smtp: 'hr@desk.test' } as const

export interface FaultedDesk {
  /** For `Authorization: Bearer`. */
  token: string
  departmentId: string
}

export async function openDesk(site: Site): Promise<FaultedDesk> {
  const api = new ApiClient(site.apis[0] ?? '')
  await api.signIn(ADMIN.email, ADMIN.password)
  const { token } = await api.post<{ token: string }>('/tokens', { name: 'faults' })
  const { imap, smtp } = site.ways
  if (!imap || !smtp) throw new Error('A site has a way to its IMAP and to its SMTP server.')
  const [it, hr] = [await department(api, 'IT'), await department(api, 'HR')]
  for (const [id, from] of [
    [it, `IT <${ADDRESSES.imap}>`],
    [hr, `HR <${ADDRESSES.smtp}>`],
  ] as const)
    await api.put(`/departments/${id}/sender`, {
      from,
      smtp: { host: smtp.host, port: smtp.port, secure: false, ...SMTP },
    })
  await api.post('/mailboxes', {
    address: ADDRESSES.imap,
    departmentId: it,
    imap: { host: imap.host, port: imap.port, secure: false, ...IMAP },
  })
  await api.post('/mailboxes', { address: ADDRESSES.smtp, departmentId: hr })
  await eventually('the mailbox is watched', async () => {
    const found = await api.get<Mailbox[] | { items: Mailbox[] }>('/mailboxes')
    const all = Array.isArray(found) ? found : found.items
    return all.some(({ status }) => status === 'watching')
  })
  return { token, departmentId: it }
}

// Acknowledgements are off: what arrives at the peer is what somebody wrote.
const department = async (api: ApiClient, name: string): Promise<string> =>
  (await api.post<Department>('/departments', { name, acknowledge: false })).id
