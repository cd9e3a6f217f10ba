import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { tasksQuery } from '../../../web/src/tasks/queries.ts'
import { finishTask } from '../../../web/src/tasks/task-actions.ts'
import TicketPane from '../../../web/src/tickets/TicketPane.svelte'
import Links from '../../../web/src/tickets/Links.svelte'
import { setWatching } from '../../../web/src/tickets/actions.ts'
import { ticketQuery } from '../../../web/src/tickets/queries.ts'
import { registerAreas } from '../support/all-areas.ts'
import { fakeApi, kept, problem, whole } from '../support/fake-api.ts'
import { agent, signInAs } from '../support/people.ts'
import { button, show } from '../support/show.ts'
import { ticket } from '../support/tickets.ts'

const watchers = () => cache.getQueryData(ticketQuery(7).queryKey)?.watchers.map(({ id }) => id)

beforeEach(() => signInAs())

describe('while no worker answers, what is asked of a ticket is kept', () => {
  it('a link: its dialog closes', async () => {
    fakeApi({ 'POST /tickets/7/links': kept })
    show(Links, { ticket })
    await fireEvent.click(button(/link/i))
    await fireEvent.input(screen.getByRole('textbox'), { target: { value: '8' } })
    await fireEvent.submit(screen.getByRole('dialog').querySelector('form')!)
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })
  it('a watcher: stays shown', async () => {
    fakeApi({ 'POST /tickets/7/watchers': kept, 'GET /tickets/7': { body: ticket } })
    cache.setQueryData(ticketQuery(7).queryKey, ticket)
    await setWatching(ticket, agent, true)
    expect(watchers()).toEqual([agent.id])
  })
  it('a task that is done: stays shown as done', async () => {
    const task = { id: 'k1', ticketNumber: 7, status: 'open' }
    const list = { items: [task] } as never
    const status = () => cache.getQueryData(tasksQuery(7).queryKey)?.items[0]?.status
    fakeApi({ 'PATCH /tickets/7/tasks/k1': kept, 'GET /tickets/7/tasks': { body: list } })
    cache.setQueryData(tasksQuery(7).queryKey, list)
    expect(await finishTask(task)).toBe(true)
    expect(status()).toBe('done')
  })
})

it('a link that is refused stays in its dialog, with the reason', async () => {
  fakeApi({
    'POST /tickets/7/links': problem(404, 'not-found', 'There is no ticket #8.', [
      { pointer: '/number', message: 'There is no ticket #8.' },
    ]),
  })
  show(Links, { ticket })
  await fireEvent.click(button(/link/i))
  await fireEvent.input(screen.getByRole('textbox'), { target: { value: '8' } })
  await fireEvent.submit(screen.getByRole('dialog').querySelector('form')!)
  await waitFor(() => expect(screen.getByRole('textbox').getAttribute('aria-invalid')).toBe('true'))
})

it('a ticket that is kept itself: its page says so by its subject, and is the ticket once it is open', async () => {
  registerAreas()
  let isOpen = false
  const opening = {
    id: 'new',
    at: new Date().toISOString(),
    by: { id: 'max', name: 'Max' },
    asked: [{ what: 'openTicket', name: 'No heating' }],
    on: null,
  }
  fakeApi({
    'GET /tickets/7': () => (isOpen ? { body: ticket } : problem(404, 'not-found')),
    'GET /tickets/7/commands': () => whole(isOpen ? [] : [opening]),
  })
  show(TicketPane, { number: 7, filter: {}, onclose: () => {}, onstep: () => {} })
  await screen.findByText('“No heating” is kept')
  expect(screen.getByText(/^Ticket #7 will be opened as soon as possible/)).toBeTruthy()
  expect(screen.queryByRole('alert')).toBeNull()
  isOpen = true
  await waitFor(() => expect(screen.queryByText('“No heating” is kept')).toBeNull())
  await waitFor(() => expect(screen.getAllByText(ticket.subject)).not.toHaveLength(0))
})
