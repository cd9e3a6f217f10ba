import type { Me } from '../../../domain/people/contract.ts'
import { session } from '../../../web/src/people/session.svelte.ts'
import { fakeApi } from './fake-api.ts'

export const agent: Me = {
  id: '0192d3a0-0000-7000-8000-000000000001',
  name: 'Ada Agent',
  email: 'ada@desk.example',
  role: 'agent',
  active: true,
  departmentIds: [],
  preferences: {},
  rights: ['ticket.read', 'ticket.work', 'approval.decide'],
}

/** The page is hers from now on. */
export async function signInAs(me: Me = agent): Promise<void> {
  fakeApi({ 'GET /me': { body: me } })
  await session.ask()
}
