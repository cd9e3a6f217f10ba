import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { createRawSnippet } from 'svelte'
import { describe, expect, it, vi } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { ApiError } from '../../../web/src/api/problem.ts'
import FormDialog from '../../../web/src/components/FormDialog.svelte'
import { button, show } from '../support/show.ts'

const children = createRawSnippet(() => ({ render: () => '<p>fields</p>' }))
const refused = new ApiError({ status: 409, code: 'department-name-taken', detail: '' })
const dialog = (given: Record<string, unknown>) => {
  const onclose = vi.fn()
  show(FormDialog, {
    title: 'A template',
    children,
    onclose,
    save: () => Promise.resolve(),
    ...given,
  })
  return onclose
}

describe('a dialog with a form', () => {
  it('closes when it is saved, and what it changes is asked anew', async () => {
    cache.setQueryData(['templates', {}], [])
    const onclose = dialog({ changes: ['templates'] })
    await fireEvent.click(button('Save'))
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce())
    expect(cache.getQueryState(['templates', {}])?.isInvalidated).toBe(true)
  })
  it('stays open with the reason when the API refuses', async () => {
    const onclose = dialog({ save: () => Promise.reject(refused) })
    await fireEvent.click(button('Save'))
    expect((await screen.findByRole('alert')).textContent).toContain(
      'There is a department of this name already.',
    )
    expect(onclose).not.toHaveBeenCalled()
  })
  it('closes when what was asked is kept for later', async () => {
    const later = new ApiError({ status: 202, code: 'command-kept', detail: 'Kept.' })
    const onclose = dialog({ save: () => Promise.reject(later) })
    await fireEvent.click(button('Save'))
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce())
  })
  it('cannot be saved before there is enough', () => {
    dialog({ ready: false })
    expect(button('Save')).toHaveProperty('disabled', true)
  })
  it('asks before it removes something', async () => {
    const run = vi.fn(() => Promise.resolve())
    const onclose = dialog({ remove: { title: 'Remove it?', text: 'It is gone then.', run } })
    await fireEvent.click(button('Remove'))
    await screen.findByText('Remove it?')
    expect(run).not.toHaveBeenCalled()
    await fireEvent.click(screen.getAllByRole('button', { name: 'Remove' }).at(-1)!)
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce())
    expect(run).toHaveBeenCalledOnce()
  })
})
