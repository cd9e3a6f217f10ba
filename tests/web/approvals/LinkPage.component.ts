import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import LinkPage from '../../../web/src/approvals/LinkPage.svelte'
import { navigate, useRoutes } from '../../../web/src/navigation/router.ts'
import { fakeApi, kept, problem } from '../support/fake-api.ts'
import { button, show } from '../support/show.ts'

const asked = {
  subject: 'A monitor',
  text: '',
  amount: null,
  furtherAmounts: [],
  askedBy: 'Ben',
  deadline: null,
  attachments: [],
  approver: 'Ada',
  again: false,
  findsPeople: false,
}
const looking = 'GET /approval-links/abc'
/** Beside the one that changes the page's language. */
const buttons = () => screen.queryAllByRole('button', { name: /Approve|Refuse|Hand on/ })

beforeEach(async () => {
  keptCommands.belongTo('')
  useRoutes({ '/approve/:token': LinkPage })
  await navigate('/approve/abc')
})

describe('the page of a personal link, while no worker answers', () => {
  it('says that a decision is kept, and offers nothing more to press', async () => {
    fakeApi({ [looking]: { body: asked }, 'POST /approval-links/abc/decision': kept })
    show(LinkPage)
    await waitFor(() => expect(button('Approve')).toBeTruthy())
    await fireEvent.click(button('Approve'))
    await screen.findByText(/has kept this/)
    expect(screen.getByRole('heading', { name: 'Your answer is kept' })).toBeTruthy()
    expect(buttons()).toEqual([])
  })
  it('says that handing on is kept', async () => {
    fakeApi({ [looking]: { body: asked }, 'POST /approval-links/abc/delegation': kept })
    show(LinkPage)
    await waitFor(() => expect(button('Hand on')).toBeTruthy())
    await fireEvent.click(button('Hand on'))
    const [address] = screen.getAllByRole('textbox')
    await fireEvent.input(address!, { target: { value: 'cleo@desk.example' } })
    await fireEvent.click(button('Hand on'))
    await screen.findByText(/has kept this/)
    expect(buttons()).toEqual([])
  })
  it('still says so when it is opened again, and gives thanks when it is done', async () => {
    let done = false
    const api = fakeApi({
      [looking]: () => (done ? problem(410, 'approval-link-used') : { body: asked }),
    })
    const address = '/approval-links/abc/decision'
    keptCommands.add(kept.body, { method: 'post', address, fields: [] })
    keptCommands.show('c', { decision: 'approved', comment: '' })
    show(LinkPage)
    await waitFor(() => expect(api.of(looking)).toHaveLength(1))
    expect(screen.getByText(/has kept this/)).toBeTruthy()
    expect(buttons()).toEqual([])
    done = true
    await waitFor(() => expect(screen.queryByText(/has kept this/)).toBeNull())
    expect(keptCommands.under(address)).toEqual([])
    expect(screen.getByRole('status').textContent).toMatch(/Ben/)
  })
  it('says why, when it came too late', async () => {
    fakeApi({ [looking]: problem(410, 'approval-ended', 'It has been refused already.') })
    keptCommands.add(kept.body, {
      method: 'post',
      address: '/approval-links/abc/decision',
      fields: [],
    })
    show(LinkPage)
    await waitFor(() => expect(screen.queryByText(/has kept this/)).toBeNull())
    expect(screen.getByRole('status').textContent).toBeTruthy()
    expect(keptCommands.under('/approval-links/abc')).toEqual([])
  })
})
