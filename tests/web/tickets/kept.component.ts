import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { tasksQuery } from '../../../web/src/tasks/queries.ts'
import { finishTask } from '../../../web/src/tasks/task-actions.ts'
import Links from '../../../web/src/tickets/Links.svelte'
import { setWatching } from '../../../web/src/tickets/actions.ts'
import { ticketQuery } from '../../../web/src/tickets/queries.ts'
import { fakeApi, kept, problem } from '../support/fake-api.ts'
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
