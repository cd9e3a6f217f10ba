import { fireEvent, screen } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import { ApiError } from '../../../web/src/api/problem.ts'
import DecisionForm from '../../../web/src/approvals/DecisionForm.svelte'
import { button, show } from '../support/show.ts'

const comment = (): HTMLTextAreaElement => screen.getByRole('textbox')
const decide = vi.fn<(decided: { decision: string; comment: string }) => Promise<void>>()

describe('a decision', () => {
  it('to approve needs no words', async () => {
    show(DecisionForm, { ondecide: decide.mockReset().mockResolvedValue() })
    await fireEvent.click(button('Approve'))
    expect(decide).toHaveBeenCalledWith({ decision: 'approved', comment: '' })
  })
  it('to refuse needs a reason: the field says so and is ready to be typed in', async () => {
    show(DecisionForm, { ondecide: decide.mockReset() })
    await fireEvent.click(button('Refuse'))
    expect(decide).not.toHaveBeenCalled()
    expect(comment().getAttribute('aria-invalid')).toBe('true')
    expect(document.activeElement).toBe(comment())
    await fireEvent.input(comment(), { target: { value: '  Too dear.  ' } })
    expect(comment().getAttribute('aria-invalid')).not.toBe('true')
    await fireEvent.click(button('Refuse'))
    expect(decide).toHaveBeenCalledWith({ decision: 'refused', comment: 'Too dear.' })
  })
  it('is sent once: both buttons are off until there is an answer', async () => {
    let answer = () => {}
    show(DecisionForm, {
      ondecide: decide.mockReset().mockReturnValue(
        new Promise((resolve) => {
          answer = resolve
        }),
      ),
    })
    await fireEvent.click(button('Approve'))
    expect(button(/Approve/)).toHaveProperty('disabled', true)
    expect(button(/Refuse/)).toHaveProperty('disabled', true)
    answer()
    await vi.waitFor(() => expect(button('Refuse')).toHaveProperty('disabled', false))
  })
  it('that the API refuses is explained, and the words stay', async () => {
    const late = new ApiError({ status: 409, code: 'approval-over', detail: 'It is decided.' })
    show(DecisionForm, { ondecide: decide.mockReset().mockRejectedValue(late) })
    await fireEvent.input(comment(), { target: { value: 'Fine.' } })
    await fireEvent.click(button('Approve'))
    expect((await screen.findByRole('alert')).textContent).toBeTruthy()
    expect(comment().value).toBe('Fine.')
  })
})
