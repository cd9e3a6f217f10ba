import { screen, waitFor } from '@testing-library/svelte'
import { expect, it } from 'vitest'
import { navigate, useRoutes } from '../../../web/src/navigation/router.ts'
import TicketsPage from '../../../web/src/tickets/TicketsPage.svelte'
import { registerAreas } from '../support/all-areas.ts'
import { fakeApi, whole } from '../support/fake-api.ts'
import { signInAs } from '../support/people.ts'
import { show } from '../support/show.ts'
import { ticket } from '../support/tickets.ts'

it('a ticket has one address: its number with zeros in front opens none', async () => {
  await signInAs()
  registerAreas()
  useRoutes({ '/tickets/:number': TicketsPage })
  const api = fakeApi({ 'GET /tickets': whole([]), 'GET /tickets/7': { body: ticket } })
  await navigate('/tickets/007')
  show(TicketsPage)
  const pane = () => screen.queryAllByLabelText('Ticket', { selector: 'section' })
  await waitFor(() => expect(api.of('GET /tickets')).not.toEqual([]))
  expect(pane()).toEqual([])
  await navigate('/tickets/7')
  await waitFor(() => expect(api.of('GET /tickets/7')).not.toEqual([]))
  expect(pane()).toHaveLength(1)
})
