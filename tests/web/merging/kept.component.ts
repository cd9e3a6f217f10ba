import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import ChildrenDialog from '../../../web/src/merging/ChildrenDialog.svelte'
import MergeDialog from '../../../web/src/merging/MergeDialog.svelte'
import SplitDialog from '../../../web/src/merging/SplitDialog.svelte'
import { fakeApi, kept, problem } from '../support/fake-api.ts'
import { signInAs } from '../support/people.ts'
import { show } from '../support/show.ts'
import { message, ticket } from '../support/tickets.ts'

const submit = () => fireEvent.submit(screen.getByRole('dialog').querySelector('form')!)
const write = (text: string) =>
  fireEvent.input(screen.getByRole('textbox'), { target: { value: text } })
const isClosed = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())

beforeEach(() => signInAs())

describe('while no worker answers', () => {
  it('a merge is kept: its dialog closes, and the page stays where it is', async () => {
    const before = location.href
    const api = fakeApi({ 'POST /tickets/7/merge': kept, 'GET /tickets/8': { body: ticket } })
    show(MergeDialog, { ticket, open: true })
    await write('#8')
    await submit()
    await isClosed()
    expect(api.of('POST /tickets/7/merge')[0]?.body).toEqual({ into: 8 })
    expect(location.href).toBe(before)
  })
  it('a split is kept: its dialog closes', async () => {
    fakeApi({ 'POST /tickets/7/split': kept })
    show(SplitDialog, { ticket, chosen: { message: message(1), onwards: false } })
    await submit()
    await isClosed()
  })
  it('answers to complementary requests are kept, and none is shown as failed', async () => {
    fakeApi({
      'POST /tickets/7/children/solve': { body: { notified: [], kept: [8, 9], failed: [] } },
    })
    show(ChildrenDialog, { ticket, children: [8, 9], open: true })
    await write('It is repaired.')
    await submit()
    await isClosed()
  })
})

it('a merge that is refused stays in its dialog, with the reason', async () => {
  fakeApi({ 'POST /tickets/7/merge': problem(409, 'merge-cycle') })
  show(MergeDialog, { ticket, open: true })
  await write('8')
  await submit()
  await screen.findByText(/That ticket is merged into this one/)
  expect(screen.getByRole('dialog')).toBeTruthy()
})
