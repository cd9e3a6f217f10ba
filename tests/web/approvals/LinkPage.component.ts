import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import type { LinkedApproval, LinkEnd } from '../../../domain/approvals/contract.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import LinkPage from '../../../web/src/approvals/LinkPage.svelte'
import { navigate, useRoutes } from '../../../web/src/navigation/router.ts'
import { fakeApi, kept, problem } from '../support/fake-api.ts'
import { button, show } from '../support/show.ts'

const AT = '2026-11-24T09:00:00.000Z'
const asked: LinkedApproval = {
  subject: 'A monitor',
  text: '',
  amount: null,
  lines: [],
  furtherAmounts: [],
  askedBy: 'Ben',
  deadline: null,
  attachments: [],
  approver: 'Ada',
  again: false,
  findsPeople: false,
  recording: null,
}
/** What became of it. */
const over = (of: Partial<LinkEnd>): LinkEnd => ({
  state: 'approved',
  subject: 'A monitor',
  own: null,
  by: null,
  at: AT,
  delegatedTo: null,
  mayRevise: false,
  ...of,
})
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
    const recording = { what: 'decision', by: 'Ada', at: AT }
    const api = fakeApi({
      [looking]: () =>
        done ? problem(410, 'approval-link-used') : { body: { ...asked, recording } },
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
  it.each([
    ['decision', /^ ?Ada decided on 24 Nov 2026/],
    ['delegation', /^ ?Ada handed the decision on, on 24 Nov 2026/],
  ])('says in any other browser that a %s is being recorded, until it is', async (what, text) => {
    let done = false
    const recording = { what, by: 'Ada', at: AT }
    fakeApi({
      [looking]: () =>
        done ? problem(410, 'approval-link-used') : { body: { ...asked, recording } },
      'GET /approval-links/abc/end': {
        body: over({ own: { decision: 'approved', at: AT } }),
      },
    })
    show(LinkPage)
    await waitFor(() => expect(screen.getByRole('status').textContent).toMatch(text))
    expect(screen.getByRole('heading').textContent).toBe('An answer was given')
    expect(buttons()).toEqual([])
    done = true
    await screen.findByText(/You approved “A monitor”/)
  })
  it('offers to decide again, when what was kept came to nothing and the link has not ended', async () => {
    const api = fakeApi({ [looking]: { body: asked } })
    const address = '/approval-links/abc/decision'
    keptCommands.add(kept.body, { method: 'post', address, fields: [] })
    show(LinkPage)
    await waitFor(() => expect(button('Approve')).toBeTruthy())
    expect(api.of(looking)).toHaveLength(1)
    expect(keptCommands.under(address)).toEqual([])
  })
  it('says why, when it came too late, and who decided it when', async () => {
    fakeApi({
      [looking]: problem(410, 'approval-ended', 'It has been refused already.'),
      'GET /approval-links/abc/end': { body: over({ state: 'refused', by: 'Cleo' }) },
    })
    keptCommands.add(kept.body, {
      method: 'post',
      address: '/approval-links/abc/decision',
      fields: [],
    })
    keptCommands.show('c', { decision: 'approved', comment: '' })
    show(LinkPage)
    await screen.findByText(/“A monitor” was refused by Cleo on 24 Nov 2026/)
    expect(screen.getByText(/came too late: it does not count/)).toBeTruthy()
    expect(screen.queryByText(/has kept this/)).toBeNull()
    expect(keptCommands.under('/approval-links/abc')).toEqual([])
  })
})

describe('the page of a personal link that is over', () => {
  const opened = async (end: Partial<LinkEnd>, code = 'approval-link-used') => {
    fakeApi({ [looking]: problem(410, code), 'GET /approval-links/abc/end': { body: over(end) } })
    show(LinkPage)
    await waitFor(() => expect(screen.getByRole('heading').textContent).toBe('What became of it'))
    return screen.getByRole('status').textContent?.replace(/\s+/g, ' ') ?? ''
  }

  it('says one’s own word alone, where it was the last one', async () => {
    const own = { decision: 'approved' as const, at: AT }
    expect(await opened({ state: 'approved', own, by: 'Ada' })).toMatch(
      /^ ?You approved “A monitor” on 24 Nov 2026[^.]*\. ?$/,
    )
    expect(screen.queryByRole('link')).toBeNull()
  })
  it('says that it was withdrawn', async () => {
    expect(await opened({ state: 'withdrawn' }, 'approval-link-revoked')).toMatch(/was withdrawn/)
  })
  it('offers whoever has an account to change their word, while others are awaited', async () => {
    const own = { decision: 'refused' as const, at: AT }
    await opened({ state: 'waiting', at: null, own, mayRevise: true })
    expect(screen.getByRole('link').getAttribute('href')).toBe('/approvals')
  })
  it('says why it cannot be used, where no more is to be known', async () => {
    fakeApi({ [looking]: problem(410, 'approval-link-revoked') })
    show(LinkPage)
    await screen.findByText(/withdrawn or changed/)
  })
})
