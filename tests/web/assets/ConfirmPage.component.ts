import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConfirmationOffer } from '../../../domain/assets/contract.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import ConfirmPage from '../../../web/src/assets/ConfirmPage.svelte'
import { navigate, useRoutes } from '../../../web/src/navigation/router.ts'
import { fakeApi, kept } from '../support/fake-api.ts'
import { show } from '../support/show.ts'

const SINCE = '2026-11-24T09:00:00.000Z'
const offer = (
  state: ConfirmationOffer['state'],
  recordingSince: string | null = null,
): { body: ConfirmationOffer } => ({
  body: {
    kind: 'handOver',
    state,
    askedBy: 'Ben',
    person: { name: 'Max', email: 'max@client.example' },
    assets: [{ name: 'Laptop 12', type: 'Laptop', serial: '' }],
    text: '',
    expiresAt: '2026-12-24T09:30:00.000Z',
    endedAt: state === 'asked' ? null : SINCE,
    recordingSince,
  },
})
/** Beside the one that changes the page's language. */
const answers = () => screen.queryAllByRole('button', { name: /^(I have received it|No, )/ })
const looking = 'GET /confirmation-links/abc'

beforeEach(async () => {
  keptCommands.belongTo('')
  useRoutes({ '/confirm/:token': ConfirmPage })
  await navigate('/confirm/abc')
})

describe('the page of a confirmation, while no worker answers', () => {
  it('says that the answer is kept, and offers nothing more to press', async () => {
    fakeApi({ [looking]: offer('asked'), 'POST /confirmation-links/abc': kept })
    show(ConfirmPage)
    await screen.findByText('Laptop 12')
    await fireEvent.click(answers()[0]!)
    await screen.findByText(/has kept this/)
    expect(answers()).toEqual([])
  })
  it('still says so when it is opened again, until it is done', async () => {
    let state: ConfirmationOffer['state'] = 'asked'
    fakeApi({ [looking]: () => offer(state, state === 'asked' ? SINCE : null) })
    keptCommands.add(kept.body, {
      method: 'post',
      address: '/confirmation-links/abc',
      fields: ['answer'],
    })
    show(ConfirmPage)
    await screen.findByText(/has kept this/)
    expect(answers()).toEqual([])
    state = 'given'
    await waitFor(() => expect(screen.queryByText(/has kept this/)).toBeNull())
    expect(keptCommands.under('/confirmation-links/abc')).toEqual([])
    expect(screen.getByRole('status').textContent).toBeTruthy()
  })
  it('says in any other browser that an answer is being recorded, until it is', async () => {
    let state: ConfirmationOffer['state'] = 'asked'
    fakeApi({ [looking]: () => offer(state, state === 'asked' ? SINCE : null) })
    show(ConfirmPage)
    await screen.findByText(/An answer was given on 24 Nov 2026/)
    expect(answers()).toEqual([])
    state = 'given'
    await screen.findByText(/Your confirmation was noted/)
  })
  it('that is refused stays open, and says why', async () => {
    fakeApi({ [looking]: offer('asked'), 'POST /confirmation-links/abc': 'no answer' })
    show(ConfirmPage)
    await screen.findByText('Laptop 12')
    await fireEvent.click(answers()[0]!)
    await screen.findByRole('alert')
    expect(answers()).toHaveLength(2)
  })
})
