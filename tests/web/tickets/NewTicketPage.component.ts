import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, expect, it } from 'vitest'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import { navigate, useRoutes } from '../../../web/src/navigation/router.ts'
import NewTicketPage from '../../../web/src/tickets/NewTicketPage.svelte'
import TicketsPage from '../../../web/src/tickets/TicketsPage.svelte'
import { fakeApi, kept, problem, whole } from '../support/fake-api.ts'
import { agent, signInAs } from '../support/people.ts'
import { button, show } from '../support/show.ts'

const departments = whole([{ id: 'd1', name: 'IT' }])
const fill = (label: RegExp, value: string) =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } })

beforeEach(async () => {
  await signInAs({ ...agent, departmentIds: ['d1'] })
  useRoutes({ '/tickets/new': NewTicketPage, '/tickets': TicketsPage })
  await navigate('/tickets/new')
})

it('a new ticket that is kept leaves the form for the list, and is remembered', async () => {
  const api = fakeApi({ 'GET /departments': departments, 'POST /tickets': kept })
  show(NewTicketPage)
  await waitFor(() => expect(screen.getByRole('option', { name: 'IT' })).toBeTruthy())
  await fill(/e-?mail/i, 'max@client.example')
  await fill(/subject/i, 'Printer')
  await fireEvent.submit(screen.getByRole('main').querySelector('form')!)
  await waitFor(() => expect(location.pathname).toBe('/tickets'))
  expect(api.of('POST /tickets')).toHaveLength(1)
  expect(keptCommands.own).toMatchObject([{ number: 7, address: '/tickets' }])
})

it('a new ticket that is refused stays in the form, with the reason at its field', async () => {
  fakeApi({
    'GET /departments': departments,
    'POST /tickets': problem(422, 'invalid', 'Look at the fields.', [
      { pointer: '/subject', message: 'must not be empty' },
    ]),
  })
  show(NewTicketPage)
  await waitFor(() => expect(screen.getByRole('option', { name: 'IT' })).toBeTruthy())
  await fireEvent.click(button('Create ticket'))
  await waitFor(() =>
    expect(screen.getByLabelText(/subject/i).getAttribute('aria-invalid')).toBe('true'),
  )
  expect(location.pathname).toBe('/tickets/new')
})
