import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { toast } from 'svelte-sonner'
import { SvelteSet } from 'svelte/reactivity'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import BulkBar from '../../../web/src/tickets/BulkBar.svelte'
import { fakeApi, whole } from '../support/fake-api.ts'
import { signInAs } from '../support/people.ts'
import { button, show } from '../support/show.ts'
import { summary } from '../support/tickets.ts'

const reading = { 'GET /users': whole([]), 'GET /departments': whole([]) }
const items = [1, 2, 3].map(summary)

beforeEach(() => signInAs())
afterEach(() => vi.restoreAllMocks())

describe('several tickets at once', () => {
  it('are solved together, and nothing stays chosen', async () => {
    const api = fakeApi({
      ...reading,
      'POST /tickets/bulk': { body: { changed: [1, 3], kept: [], failed: [] } },
    })
    const selected = new SvelteSet([1, 3])
    show(BulkBar, { selected, items })
    expect(screen.getByRole('status').textContent).toContain('2')
    await fireEvent.click(button(/solve/i))
    await waitFor(() => expect(selected.size).toBe(0))
    expect(api.of('POST /tickets/bulk')[0]?.body).toEqual({
      numbers: [1, 3],
      change: { status: 'solved' },
    })
  })
  it('that could not be changed stay chosen', async () => {
    fakeApi({
      ...reading,
      'POST /tickets/bulk': {
        body: {
          changed: [1],
          kept: [],
          failed: [{ number: 3, code: 'tasks-open', message: 'Tasks are open.' }],
        },
      },
    })
    const selected = new SvelteSet([1, 3])
    show(BulkBar, { selected, items })
    await fireEvent.click(button(/solve/i))
    await waitFor(() => expect([...selected]).toEqual([3]))
  })
  it('that could not be changed are told with what each lacks, or with what many have in common', async () => {
    const failing = (count: number) =>
      Array.from({ length: count }, (_, at) => ({
        number: at + 1,
        code: 'tasks-open',
        message: 'Tasks are open.',
        values: { tasks: `Task ${at + 1}` },
      }))
    let failed = failing(2)
    fakeApi({
      ...reading,
      'POST /tickets/bulk': () => ({ body: { changed: [], kept: [], failed } }),
    })
    const told = vi.spyOn(toast, 'error')
    show(BulkBar, { selected: new SvelteSet([1, 2, 3, 4]), items })
    await fireEvent.click(button(/solve/i))
    await waitFor(() =>
      expect(told.mock.lastCall?.[0]).toMatch(
        /#1 – Required tasks are open: Task 1\..* #2 – Required tasks are open: Task 2\./,
      ),
    )
    failed = failing(4)
    await fireEvent.click(button(/solve/i))
    await waitFor(() => expect(told.mock.lastCall?.[0]).toMatch(/#1, #2, #3,? (and )?#4 – /))
    expect(told.mock.lastCall?.[0]).not.toMatch(/Task \d/)
  })
  it('whose change is kept for later have not failed: none stays chosen, and it says so', async () => {
    fakeApi({
      ...reading,
      'POST /tickets/bulk': {
        body: {
          changed: [],
          kept: [1, 3].map((ticketNumber) => ({ ticketNumber, commandId: `c${ticketNumber}` })),
          failed: [],
        },
      },
    })
    const [told, failed] = [vi.spyOn(toast, 'info'), vi.spyOn(toast, 'error')]
    const selected = new SvelteSet([1, 3])
    show(BulkBar, { selected, items })
    await fireEvent.click(button(/solve/i))
    await waitFor(() => expect(selected.size).toBe(0))
    expect(told.mock.lastCall?.[0]).toMatch(/^2 changes are kept/)
    expect(failed).not.toHaveBeenCalled()
    expect(keptCommands.under('/tickets/3')).toMatchObject([{ id: 'c3', fields: ['status'] }])
  })
  it('all stay chosen when no answer came', async () => {
    fakeApi({ ...reading, 'POST /tickets/bulk': 'no answer' })
    const selected = new SvelteSet([1, 3])
    show(BulkBar, { selected, items })
    await fireEvent.click(button(/solve/i))
    await waitFor(() => expect(button(/solve/i)).toHaveProperty('disabled', false))
    expect([...selected]).toEqual([1, 3])
  })
  it('are chosen all with one tick, and none with the next', async () => {
    fakeApi(reading)
    const selected = new SvelteSet([1])
    show(BulkBar, { selected, items })
    await fireEvent.click(screen.getByRole('checkbox'))
    expect([...selected].sort()).toEqual([1, 2, 3])
    await fireEvent.click(screen.getByRole('checkbox'))
    expect(selected.size).toBe(0)
  })
})
