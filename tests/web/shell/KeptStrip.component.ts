import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import KeptStrip from '../../../web/src/shell/KeptStrip.svelte'
import { composing } from '../../../web/src/conversation/composing.svelte.ts'
import { dropDraft, keepDraft, readDraft } from '../../../web/src/conversation/drafts.ts'
import { keptWords } from '../../../web/src/shell/kept-words.ts'
import Toasts from '../../../web/src/components/Toasts.svelte'
import { fakeApi, kept, problem, whole } from '../support/fake-api.ts'
import { agent, signInAs } from '../support/people.ts'
import { button, show } from '../support/show.ts'

const ask = (method: string, address: string, fields: string[] = [], commandId = 'c') =>
  keptCommands.add({ ...kept.body, commandId }, { method, address, fields })
const words = (method: string, address: string, fields: string[] = []) =>
  keptWords({ method, address, fields, id: 'c', number: 7, at: 0, owner: '' })

/** A ticket that the person opened, as the server tells of it until it is open. */
const opening = (id: string) => ({
  id,
  at: new Date().toISOString(),
  by: { id: agent.id, name: agent.name },
  asked: [{ what: 'openTicket', name: 'No heating' }],
  on: null,
  ticketNumber: 1039,
  subject: 'No heating',
})

beforeEach(() => signInAs())

describe('what is kept', () => {
  it('is named on every page, with a way to its ticket', () => {
    fakeApi({})
    ask('post', '/tickets/7/messages')
    show(KeptStrip)
    const link = screen.getByRole('link', { name: '#7 Answer' })
    expect(link.getAttribute('href')).toBe('/tickets/7?view=all')
  })
  it('is named with who asked it and since when, as the server knows it of the ticket that is open', () => {
    fakeApi({})
    const at = new Date(Date.now() - 5 * 60_000).toISOString()
    const asked = [{ what: 'finishTask' as const, name: 'Order the cable' }]
    keptCommands.learn(7, [
      { id: 'x', at, by: { id: 'max', name: 'Max' }, asked, on: null },
      {
        id: 'y',
        at,
        by: { id: agent.id, name: agent.name },
        asked: [{ what: 'setStatus', value: 'solved' }],
        on: null,
      },
    ])
    show(KeptStrip)
    expect(screen.getByRole('link', { name: '#7 Finish the task “Order the cable”' })).toBeTruthy()
    expect(screen.getByRole('link', { name: '#7 Set the status to “Solved”' })).toBeTruthy()
    const told = screen.getByRole('status').textContent?.replace(/\s+/g, ' ')
    expect(told).toMatch(/Max · 5 min/)
    expect(told).not.toContain(agent.name)
    keptCommands.learn(7, [])
  })
  it('is all named, when it is more than a line holds and the rest is asked for', async () => {
    fakeApi({})
    const numbers = Array.from({ length: 19 }, (_, at) => at + 1)
    for (const number of numbers)
      keptCommands.add(
        { ticketNumber: number, commandId: `many-${number}` },
        { method: 'post', address: `/tickets/${number}/notes`, fields: [] },
      )
    show(KeptStrip)
    const named = () => screen.getAllByRole('link').map((link) => link.textContent)
    const line = named().length
    const more = button(`and ${19 - line} more`)
    expect(more.getAttribute('aria-expanded')).toBe('false')
    await fireEvent.click(more)
    expect(named()).toEqual(numbers.map((number) => `#${number} Note`))
    expect(screen.getByRole('list').getAttribute('tabindex')).toBe('0')
    expect(more.getAttribute('aria-controls')).toBe(screen.getByRole('list').id)
    await fireEvent.click(button('Show fewer'))
    expect(named()).toHaveLength(line)
    keptCommands.clear()
  })
  it('is called by what it changes of a ticket, or what on it', () => {
    expect(words('patch', '/tickets/7', ['priority', 'ownerId'])).toBe('Priority, Owner')
    expect(words('post', '/tickets')).toBe('New ticket')
    expect(words('post', '/tickets/7/approvals/a/decision')).toBe('Approval')
    expect(words('delete', '/time/t')).toBe('Time')
    expect(words('post', '/tickets/7/something-new')).toBe('Change')
  })
  it('is named also when it was asked in another browser: a new ticket by its subject, until it is open', async () => {
    let items: object[] = [opening('new')]
    const api = fakeApi({ 'GET /me/commands': () => whole(items) })
    show(KeptStrip)
    const link = await screen.findByRole('link', { name: '#1039 Open the ticket “No heating”' })
    expect(link.getAttribute('href')).toBe('/tickets/1039?view=all')
    items = []
    await waitFor(() => expect(screen.queryByRole('link')).toBeNull())
    expect(api.of('GET /tickets/1039/commands/new')).toEqual([])
  })
  it('is asked for when something is kept, so that its words are whole', async () => {
    let items: object[] = []
    const api = fakeApi({
      'GET /me/commands': () => whole(items),
      'GET /tickets/1039/commands/c': { body: { state: 'waiting', code: null, detail: null } },
    })
    show(KeptStrip)
    await waitFor(() => expect(api.of('GET /me/commands')).toHaveLength(1))
    items = [opening('c')]
    keptCommands.add(
      { ticketNumber: 1039, commandId: 'c' },
      { method: 'post', address: '/tickets', fields: [] },
    )
    await screen.findByRole('link', { name: '#1039 Open the ticket “No heating”' })
    expect(screen.getAllByRole('link')).toHaveLength(1)
  })
  it('stays named while it waits, and goes when it is done', async () => {
    let state = 'waiting'
    const api = fakeApi({
      'GET /tickets/7/commands/c': () => ({ body: { state, code: null, detail: null } }),
    })
    ask('post', '/tickets/7/notes')
    show(KeptStrip)
    await waitFor(() => expect(api.of('GET /tickets/7/commands/c')).toHaveLength(1))
    expect(screen.getByRole('link', { name: '#7 Note' })).toBeTruthy()
    state = 'done'
    await waitFor(() => expect(screen.queryByRole('link')).toBeNull())
    expect(keptCommands.own).toEqual([])
  })
  it('gives a refused reply back as a draft, below what was written meanwhile', async () => {
    const attachment = { id: 'a', filename: 'jam.txt' }
    fakeApi({
      'GET /tickets/7/commands/c': {
        body: {
          state: 'refused',
          code: 'tasks-open',
          detail: '',
          written: { texts: [{ field: 'text', text: 'Dear Anna' }], attachments: [attachment] },
        },
      },
    })
    const other = { text: 'And then?', to: ['eva@client.example'], cc: [], attachments: [] }
    keepDraft(7, 'reply', other)
    ask('post', '/tickets/7/messages')
    show(KeptStrip)
    await waitFor(() => expect(readDraft(7, 'reply')?.text).toBe('And then?\n\nDear Anna'))
    expect(readDraft(7, 'reply')?.to).toEqual(other.to)
    expect(readDraft(7, 'reply')?.attachments).toEqual([attachment])
    expect(readDraft(7, 'note')).toBeNull()
    dropDraft(7, 'reply')
    composing.end()
  })
  it('that was taken back and is refused later is no draft a second time, and nothing is said of either', async () => {
    let state = 'waiting'
    const api = fakeApi({
      'GET /tickets/7/commands/c': () => ({
        body: {
          ...{ state, code: 'reply-without-recipient', detail: '' },
          written: { texts: [{ field: 'text', text: 'Dear Anna' }], attachments: [] },
        },
      }),
      'GET /tickets/7/commands/d': {
        body: { state: 'refused', code: 'message-already-left', detail: '' },
      },
    })
    const shown = { id: 'kept-c' }
    ask('post', '/tickets/7/messages')
    keptCommands.show('c', shown)
    ask('post', '/messages/m1/cancel', [], 'd')
    keptCommands.takeBack(shown, 'm1')
    show(Toasts)
    show(KeptStrip)
    await waitFor(() => expect(api.of('GET /tickets/7/commands/d').length).toBeGreaterThan(0))
    expect(keptCommands.own).toHaveLength(2)
    state = 'refused'
    await cache.invalidateQueries()
    await waitFor(() => expect(keptCommands.own).toEqual([]))
    expect(readDraft(7, 'reply')).toBeNull()
    expect(screen.queryByText(/recipient|handed to the mail server/i)).toBeNull()
  })
  it('that was taken back too late is told so', async () => {
    fakeApi({
      'GET /tickets/7/commands/c': { body: { state: 'done', code: null, detail: null } },
      'GET /tickets/7/commands/d': {
        body: { state: 'refused', code: 'message-already-left', detail: '' },
      },
    })
    const shown = { id: 'kept-c' }
    ask('post', '/tickets/7/messages')
    keptCommands.show('c', shown)
    ask('post', '/messages/m1/cancel', [], 'd')
    keptCommands.takeBack(shown, 'm1')
    show(Toasts)
    show(KeptStrip)
    await screen.findByText(/already (left|been handed)/i)
    expect(keptCommands.own).toEqual([])
  })
  it('is said to be refused, when it is', async () => {
    fakeApi({
      'GET /tickets/7/commands/c': {
        body: { state: 'refused', code: 'status-not-new-again', detail: '' },
      },
      'GET /tickets/7/commands/d': {
        body: { state: 'refused', code: 'tasks-open', detail: '', values: { tasks: 'Order' } },
      },
    })
    ask('post', '/tickets/7/notes')
    ask('patch', '/tickets/7', ['status'], 'd')
    show(Toasts)
    show(KeptStrip)
    await screen.findByText('A ticket that was worked on cannot become new again.')
    await screen.findByText(/^Required tasks are open: Order\./)
    expect(keptCommands.own).toEqual([])
  })
  it('is forgotten, when nobody knows it any more', async () => {
    fakeApi({ 'GET /tickets/7/commands/c': problem(404, 'not-found') })
    ask('post', '/tickets/7/notes')
    show(KeptStrip)
    await waitFor(() => expect(keptCommands.own).toEqual([]))
  })
})
