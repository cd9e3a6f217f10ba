import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cache } from '../../../web/src/api/cache.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import Toasts from '../../../web/src/components/Toasts.svelte'
import Composer from '../../../web/src/conversation/Composer.svelte'
import { dropDraft, keepDraft, readDraft } from '../../../web/src/conversation/drafts.ts'
import { messagesQuery } from '../../../web/src/conversation/queries.ts'
import { takeFilesAgain, writeAgain } from '../../../web/src/conversation/taken-back.ts'
import { resolving } from '../../../web/src/tickets/resolving.svelte.ts'
import { fakeApi, kept, problem, whole } from '../support/fake-api.ts'
import { agent, signInAs } from '../support/people.ts'
import { button, show } from '../support/show.ts'
import { message, ticket } from '../support/tickets.ts'

const reading = {
  'GET /tickets/7/messages': whole([message(1)]),
  'GET /departments': whole([]),
  'GET /templates': whole([]),
}
const sent = message(2, { direction: 'outbound', state: 'queued', text: 'It works again.' })
const field = (): HTMLTextAreaElement => screen.getByRole('textbox', { name: /answer|note|reply/i })
const write = (text: string) => fireEvent.input(field(), { target: { value: text } })
const shownMessages = () => cache.getQueryData(messagesQuery(7).queryKey)?.map(({ text }) => text)

beforeEach(() => signInAs())

describe('an answer that is being written', () => {
  it('goes to the requester, with its words, and stands in the conversation at once', async () => {
    let answer = () => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    const api = fakeApi({
      ...reading,
      'POST /tickets/7/messages': () => answered.then(() => ({ status: 201, body: sent })),
    })
    show(Composer, { ticket, mode: 'reply' })
    await waitFor(() => expect(shownMessages()).toEqual(['Words 1']))
    await write('It works again.')
    await fireEvent.click(button(/^Send/))
    await waitFor(() => expect(shownMessages()).toEqual(['Words 1', 'It works again.']))
    answer()
    await waitFor(() => expect(api.of('POST /tickets/7/messages')).toHaveLength(1))
    expect(api.of('POST /tickets/7/messages')[0]?.body).toMatchObject({
      text: 'It works again.',
      to: ['max@client.example'],
      cc: [],
      holdSeconds: 5,
    })
    expect(readDraft(7, 'reply')).toBeNull()
    expect(button(/^Reply/)).toBeTruthy()
  })
  it('cannot be sent while it is empty', async () => {
    fakeApi(reading)
    show(Composer, { ticket, mode: 'reply' })
    expect(button(/^Send/)).toHaveProperty('disabled', true)
    await write('   ')
    expect(button(/^Send/)).toHaveProperty('disabled', true)
  })
  it('is there again with its recipients when it could not be sent', async () => {
    fakeApi({ ...reading, 'POST /tickets/7/messages': 'no answer' })
    show(Composer, { ticket, mode: 'reply' })
    await waitFor(() => expect(shownMessages()).toEqual(['Words 1']))
    await write('It works again.')
    await fireEvent.click(button(/^Send/))
    await waitFor(() => expect(field().value).toBe('It works again.'))
    expect(readDraft(7, 'reply')).toMatchObject({ text: 'It works again.' })
    expect(shownMessages()).toEqual(['Words 1'])
  })
  it('that is kept for later is remembered as such, and is not there to be sent again', async () => {
    const api = fakeApi({ ...reading, 'POST /tickets/7/messages': kept })
    show(Composer, { ticket, mode: 'reply' })
    await waitFor(() => expect(shownMessages()).toEqual(['Words 1']))
    await write('It works again.')
    await fireEvent.click(button(/^Send/))
    await waitFor(() => expect(api.of('POST /tickets/7/messages')).toHaveLength(1))
    await waitFor(() =>
      expect(keptCommands.under('/tickets/7/messages')[0]?.shown).toMatchObject({
        text: 'It works again.',
        direction: 'outbound',
      }),
    )
    expect(shownMessages()).toEqual(['Words 1'])
    expect(readDraft(7, 'reply')).toBeNull()
    expect(screen.queryByRole('textbox')).toBeNull()
  })
  it('asks why, when the ticket may be solved for a reason only, and goes with that reason', async () => {
    let reason: unknown
    fakeApi({
      ...reading,
      'POST /tickets/7/messages': ({ body }) => {
        reason = (body as { overrideReason?: string }).overrideReason
        return reason ? { status: 201, body: sent } : problem(409, 'tasks-open')
      },
    })
    show(Composer, { ticket, mode: 'reply' })
    await write('It works again.')
    await fireEvent.click(button(/^Send/))
    await waitFor(() => expect(resolving.refused?.number).toBe(7))
    await resolving.refused?.resolve('Max cancelled the order.')
    expect(reason).toBe('Max cancelled the order.')
    resolving.forget()
  })
  it('is kept as a draft for its writer alone, and folded it says so', async () => {
    fakeApi(reading)
    show(Composer, { ticket, mode: 'reply' })
    await write('Half a thou')
    await fireEvent.keyDown(field(), { key: 'Escape' })
    expect(readDraft(7, 'reply')?.text).toBe('Half a thou')
    expect(button(/Continue/)).toBeTruthy()
    await fireEvent.click(button(/Continue/))
    await waitFor(() => expect(field().value).toBe('Half a thou'))
    expect(Object.keys(localStorage).filter((key) => key.includes('draft'))).toEqual([
      'guichet.draft.0192d3a0-0000-7000-8000-000000000001.7.reply',
    ])
  })
  it('and a note beside it are two drafts', async () => {
    fakeApi(reading)
    show(Composer, { ticket, mode: 'reply' })
    await write('To Max')
    await fireEvent.click(button('Internal note'))
    await waitFor(() => expect(field().value).toBe(''))
    await write('Among us')
    expect(readDraft(7, 'reply')?.text).toBe('To Max')
    expect(readDraft(7, 'note')?.text).toBe('Among us')
  })
})

describe('an answer that the server has not answered yet', () => {
  const posted = 'POST /tickets/7/messages'
  const stored = () =>
    Object.entries({ ...localStorage }).filter(([name]) => name.startsWith('guichet.sent.'))

  /** Sends it; `answer` lets the server answer. */
  async function sendSlowly(status = 201) {
    let answer = () => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    const api = fakeApi({
      ...reading,
      [posted]: () =>
        answered.then(() => (status === 201 ? { status, body: sent } : problem(status, 'no'))),
    })
    show(Composer, { ticket, mode: 'reply' })
    await waitFor(() => expect(shownMessages()).toEqual(['Words 1']))
    await write('It works again.')
    await fireEvent.click(button(/^Send/))
    await waitFor(() => expect(api.of(posted)).toHaveLength(1))
    return { answer, id: api.of(posted)[0]!.headers.get('idempotency-key') }
  }
  /** Ends the page while the request is under way; only what the browser stores is left of it. */
  async function leave(how: 'closed' | 'crashed'): Promise<string | null> {
    const { answer, id } = await sendSlowly()
    if (how === 'closed') window.dispatchEvent(new Event('pagehide'))
    const left = stored()
    expect(left).toHaveLength(1)
    answer()
    await waitFor(() => expect(stored()).toEqual([]))
    cleanup()
    for (const [name, value] of left) localStorage.setItem(name, value)
    return id
  }
  afterEach(() => vi.restoreAllMocks())

  it('stays in the store until then, and is not there to be sent again', async () => {
    const { answer } = await sendSlowly()
    expect(stored()[0]?.[1]).toContain('It works again.')
    await fireEvent.click(button(/^Reply/))
    await waitFor(() => expect(field().value).toBe(''))
    expect(readDraft(7, 'reply')).toBeNull()
    answer()
    await waitFor(() => expect(stored()).toEqual([]))
    expect(readDraft(7, 'reply')).toBeNull()
  })
  it('is a draft again after its page was closed, says so, and goes under the same id', async () => {
    const id = await leave('closed')
    const api = fakeApi({ ...reading, [posted]: { status: 201, body: sent } })
    show(Composer, { ticket, mode: 'reply' })
    await waitFor(() => expect(field().value).toBe('It works again.'))
    expect(screen.getByText(/Perhaps this was sent already/)).toBeTruthy()
    await fireEvent.click(button(/^Send/))
    await waitFor(() => expect(api.of(posted)).toHaveLength(1))
    expect(api.of(posted)[0]!.headers.get('idempotency-key')).toBe(id)
    await waitFor(() => expect(stored()).toEqual([]))
    expect(readDraft(7, 'reply')).toBeNull()
  })
  it('is another when other words are sent then', async () => {
    const id = await leave('closed')
    const api = fakeApi({ ...reading, [posted]: { status: 201, body: sent } })
    show(Composer, { ticket, mode: 'reply' })
    await waitFor(() => expect(field().value).toBe('It works again.'))
    await write('It works again. Does it?')
    await fireEvent.click(button(/^Send/))
    await waitFor(() => expect(api.of(posted)).toHaveLength(1))
    expect(api.of(posted)[0]!.headers.get('idempotency-key')).not.toBe(id)
  })
  it('is left to another page that may still wait, and is a draft once that cannot be', async () => {
    await leave('crashed')
    fakeApi(reading)
    show(Composer, { ticket, mode: 'reply' })
    expect(field().value).toBe('')
    cleanup()
    const now = Date.now()
    vi.spyOn(Date, 'now').mockReturnValue(now + 90_000)
    show(Composer, { ticket, mode: null })
    await fireEvent.click(button(/Continue reply/))
    expect(readDraft(7, 'reply')?.text).toBe('It works again.')
    expect(stored()).toEqual([])
  })
  it('and is refused at last stands below what is written by then', async () => {
    const { answer } = await sendSlowly(409)
    await fireEvent.click(button(/^Reply/))
    await waitFor(() => expect(field().value).toBe(''))
    await write('And then?')
    answer()
    await waitFor(() => expect(field().value).toBe('And then?\n\nIt works again.'))
    expect(screen.queryByText(/Perhaps this was sent already/)).toBeNull()
    expect(stored()).toEqual([])
  })
})

describe('an answer of which nobody knows whether it was sent', () => {
  const posted = 'POST /tickets/7/messages'
  const perhaps = /Perhaps this was sent already/
  const composer = () => within(screen.getByRole('region', { name: 'Write' }))

  async function sendInto(
    answer: 'no answer' | ReturnType<typeof problem>,
    conversation = whole([message(1)]),
  ) {
    let shown = conversation
    fakeApi({ ...reading, 'GET /tickets/7/messages': () => shown, [posted]: answer })
    show(Toasts)
    show(Composer, { ticket, mode: 'reply' })
    await waitFor(() => expect(shownMessages()).toEqual(['Words 1']))
    await write('It works again.')
    await fireEvent.click(button(/^Send/))
    await waitFor(() => expect(field().value).toBe('It works again.'))
    return (next: typeof conversation) => {
      shown = next
      return cache.invalidateQueries({ queryKey: messagesQuery(7).queryKey })
    }
  }
  const ofMine = (text: string) =>
    message(2, { direction: 'outbound', state: 'sent', text, textVisible: text, author: agent })

  for (const code of ['database-unreachable', 'database-not-writable', 'too-busy'])
    it(`is nothing but a draft when the server says that nothing was changed: ${code}`, async () => {
      await sendInto(problem(503, code))
      await screen.findByText(/Nothing was changed/)
      expect(composer().queryByText(perhaps)).toBeNull()
    })
  for (const [name, answer] of [
    ['no answer came', 'no answer'],
    ['a proxy answered', problem(502, 'http-502')],
    ['the server failed', problem(500, 'server-error')],
  ] as const)
    it(`is said so, in the same words where it is written and where it is told: ${name}`, async () => {
      await sendInto(answer)
      await waitFor(() => expect(screen.getAllByText(perhaps).length).toBeGreaterThan(1))
      expect(composer().getByText(perhaps)).toBeTruthy()
    })
  it('is a draft no more once the conversation shows it', async () => {
    const load = await sendInto('no answer')
    await load(whole([message(1), ofMine('It works again.')]))
    await screen.findByText(/It was sent and stands in the conversation/)
    await waitFor(() => expect(readDraft(7, 'reply')).toBeNull())
    expect(button(/^Reply/)).toBeTruthy()
  })
  it('stays in doubt while the conversation shows other messages only', async () => {
    const load = await sendInto('no answer')
    await load(whole([message(1), ofMine('Something else.')]))
    await waitFor(() => expect(shownMessages()).toHaveLength(2))
    expect(composer().getByText(perhaps)).toBeTruthy()
    expect(field().value).toBe('It works again.')
  })
  it('is a draft like any other once it would have come, and has not', async () => {
    await sendInto('no answer')
    const { sent: mark, ...draft } = readDraft(7, 'reply')!
    cleanup()
    keepDraft(7, 'reply', { ...draft, sent: { ...mark!, at: Date.now() - 130_000 } })
    show(Composer, { ticket, mode: 'reply' })
    await waitFor(() => expect(composer().queryByText(perhaps)).toBeNull())
    expect(field().value).toBe('It works again.')
    await waitFor(() => expect(readDraft(7, 'reply')?.sent).toBeUndefined())
  })
})

describe('an answer to a mail that went to more than an answer can', () => {
  const many = Array.from({ length: 51 }, (_, at) => ({ address: `c${at}@many.example`, name: '' }))
  const answering = (cc: typeof many) =>
    fakeApi({
      ...reading,
      'GET /tickets/7/messages': whole([message(1, { cc })]),
      'POST /tickets/7/messages': { status: 201, body: sent },
    })

  it('goes to the sender alone, and says so before it is sent', async () => {
    const api = answering(many)
    show(Composer, { ticket, mode: 'reply' })
    await screen.findByText(/had 51 others in copy/)
    await write('Hello')
    await fireEvent.click(button(/^Send/))
    await waitFor(() => expect(api.of('POST /tickets/7/messages')).toHaveLength(1))
    expect(api.of('POST /tickets/7/messages')[0]?.body).toMatchObject({
      to: ['max@client.example'],
      cc: [],
    })
  })
  it('cannot be sent to more, and says so', async () => {
    answering([])
    const to = many.map(({ address }) => address)
    keepDraft(7, 'reply', { text: 'Hello', to, cc: [], attachments: [] })
    show(Composer, { ticket, mode: 'reply' })
    await screen.findByText(/at most 50 people/)
    expect(button(/^Send/)).toHaveProperty('disabled', true)
    await fireEvent.click(button('Remove c7@many.example'))
    expect(button(/^Send/)).toHaveProperty('disabled', false)
    dropDraft(7, 'reply')
  })
})

describe('a note', () => {
  it('is added to the ticket, and nobody is written to', async () => {
    const api = fakeApi({
      ...reading,
      'GET /tickets/7/notes': whole([]),
      'POST /tickets/7/notes': { status: 201, body: { id: 'n1', text: 'Among us' } },
    })
    show(Composer, { ticket, mode: 'note' })
    await write('Among us')
    await fireEvent.click(button(/^Add note/))
    await waitFor(() => expect(api.of('POST /tickets/7/notes')).toHaveLength(1))
    expect(api.of('POST /tickets/7/notes')[0]?.body).toMatchObject({ text: 'Among us' })
    expect(api.of('POST /tickets/7/messages')).toHaveLength(0)
  })
})

describe('an answer taken back', () => {
  it('that came from elsewhere is a draft of what the message says', () => {
    writeAgain(7, 'm9', { text: 'Sorry', to: ['max@client.example'], cc: [] })
    expect(readDraft(7, 'reply')).toMatchObject({ text: 'Sorry', to: ['max@client.example'] })
    expect(takeFilesAgain(7)).toEqual([])
  })
  it('stands below what is being written by then', () => {
    const begun = { text: 'And then?', to: [], cc: [], attachments: [] }
    keepDraft(7, 'reply', begun)
    writeAgain(7, 'm9', { text: 'Sorry', to: ['max@client.example'], cc: [] })
    expect(readDraft(7, 'reply')).toMatchObject({
      text: 'And then?\n\nSorry',
      to: ['max@client.example'],
    })
    dropDraft(7, 'reply')
  })
})
