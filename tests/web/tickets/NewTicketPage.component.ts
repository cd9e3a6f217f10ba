import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte'
import { tick } from 'svelte'
import { beforeEach, expect, it } from 'vitest'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import { navigate, useRoutes } from '../../../web/src/navigation/router.ts'
import { keepNewTicket, readNewTicket } from '../../../web/src/tickets/new-ticket-draft.ts'
import NewTicketPage from '../../../web/src/tickets/NewTicketPage.svelte'
import TicketsPage from '../../../web/src/tickets/TicketsPage.svelte'
import { fakeApi, kept, problem, whole } from '../support/fake-api.ts'
import { agent, signInAs } from '../support/people.ts'
import { button, show } from '../support/show.ts'

const departments = whole([{ id: 'd1', name: 'IT' }])
const fill = (label: RegExp, value: string) =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } })
const valueOf = (label: RegExp) => (screen.getByLabelText(label) as HTMLInputElement).value

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

it('a new ticket that was begun is there again whole, for its writer alone, until it is created', async () => {
  fakeApi({ 'GET /departments': departments })
  show(NewTicketPage)
  await fill(/e-?mail/i, 'max@client.example')
  await fill(/subject/i, 'Printer')
  await fill(/^request$/i, 'It jams.')
  await tick()
  expect(screen.queryByText(/began this ticket/)).toBeNull()
  cleanup()

  await signInAs({ ...agent, id: 'somebody-else', departmentIds: ['d1'] })
  show(NewTicketPage)
  expect(valueOf(/subject/i)).toBe('')
  cleanup()

  await signInAs({ ...agent, departmentIds: ['d1'] })
  let fails = true
  const api = fakeApi({
    'GET /departments': departments,
    'POST /tickets': () =>
      fails ? problem(422, 'invalid', 'Look.') : { status: 201, body: { number: 9 } },
    'GET /tickets': whole([]),
  })
  show(NewTicketPage)
  screen.getByText(/began this ticket/)
  expect([/e-?mail/i, /subject/i, /^request$/i].map(valueOf)).toEqual([
    'max@client.example',
    'Printer',
    'It jams.',
  ])
  await waitFor(() => expect(screen.getByRole('option', { name: 'IT' })).toBeTruthy())
  const create = () => fireEvent.submit(screen.getByRole('main').querySelector('form')!)
  await create()
  await waitFor(() => expect(api.of('POST /tickets')).toHaveLength(1))
  await waitFor(() => expect(button('Create ticket')).toHaveProperty('disabled', false))
  expect(readNewTicket('.')).toMatchObject({ subject: 'Printer' })
  fails = false
  await create()
  await waitFor(() => expect(location.pathname).toBe('/tickets/9'))
  expect(readNewTicket('.')).toBeNull()
})

it('a new ticket that was begun is thrown away when one starts afresh', async () => {
  fakeApi({ 'GET /departments': departments })
  keepNewTicket('.', {
    ...{ email: '', name: '', subject: 'Old', text: '', priority: 'high', departmentId: '' },
    attachments: [],
  })
  show(NewTicketPage)
  await fireEvent.click(button('Start afresh'))
  expect(valueOf(/subject/i)).toBe('')
  expect(readNewTicket('.')).toBeNull()
})

it('a new ticket that is kept is a row above the list until it is there', async () => {
  fakeApi({ 'GET /tickets': whole([]) })
  await navigate('/tickets')
  show(TicketsPage)
  keptCommands.learnOwn([
    {
      ...{ id: 'c1', at: new Date().toISOString(), by: { id: null, name: 'Ann' }, on: null },
      ...{ ticketNumber: 12, subject: 'Lamp', asked: [{ what: 'openTicket', name: 'Lamp' }] },
    },
  ])
  const row = await screen.findByRole('link', { name: /Lamp.*#12|#12.*Lamp/s })
  expect(row.textContent).toMatch(/Kept/)
  keptCommands.learnOwn([])
  await waitFor(() => expect(screen.queryByRole('link', { name: /Lamp/ })).toBeNull())
})
