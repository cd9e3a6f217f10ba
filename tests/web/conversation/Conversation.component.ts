import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Message, Note } from '../../../domain/conversation/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import Conversation from '../../../web/src/conversation/Conversation.svelte'
import { fakeApi, kept, problem, whole } from '../support/fake-api.ts'
import { signInAs } from '../support/people.ts'
import { button, show } from '../support/show.ts'
import { event, message, note } from '../support/tickets.ts'
import { registerAreas } from '../support/all-areas.ts'

registerAreas()
const nothing = () => undefined
/** What the API has of ticket 7. */
const ticketHas = (messages: Message[], notes: Note[] = [], events: TicketEvent[] = []) =>
  fakeApi({
    'GET /tickets/7/messages': whole(messages),
    'GET /tickets/7/notes': whole(notes),
    'GET /tickets/7/events': whole(events),
  })
/** @returns ids of the messages that are taken back, as they are. */
const showConversation = (): string[] => {
  const undone: string[] = []
  const onundo = (_: unknown, id: string) => undone.push(id)
  show(Conversation, { number: 7, onreply: nothing, onundo, onretry: nothing })
  return undone
}
const place = (text: string): number => (document.body.textContent ?? '').indexOf(text)

beforeEach(() => signInAs())

describe('a conversation', () => {
  it('holds messages, notes and changes in the order in which they happened', async () => {
    ticketHas(
      [message(1), message(4)],
      [note(2, 'Among us')],
      [event(3, 'priorityChanged', { from: 'normal', to: 'urgent' })],
    )
    showConversation()
    await screen.findByText('Words 4')
    const order = ['Words 1', 'Among us', 'Urgent', 'Words 4'].map(place)
    expect(order.every((at) => at >= 0)).toBe(true)
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })
  it('leaves the middle of a long one out until it is asked for', async () => {
    const messages = Array.from({ length: 30 }, (_, i) => message(i + 1))
    ticketHas(messages)
    showConversation()
    await screen.findByText('Words 30')
    expect(screen.queryByText('Words 15')).toBeNull()
    await fireEvent.click(button(/^Show \d+ earlier messages$/))
    await waitFor(() => expect(screen.queryByText(/Words 15/)).not.toBeNull())
  })
  it('holds what is kept for later, marked as such, until it is there', async () => {
    ticketHas([message(1)])
    const ask = (what: string, commandId: string, shown: object) => {
      const asked = { method: 'post', address: `/tickets/7/${what}`, fields: ['text'] }
      keptCommands.add({ ...kept.body, commandId }, asked)
      keptCommands.show(commandId, shown)
    }
    ask('messages', 'c1', message(99, { direction: 'outbound', state: 'sending' }))
    ask('notes', 'c2', note(99, 'Among us'))
    showConversation()
    await screen.findByText('Words 99')
    expect(place('Words 1')).toBeLessThan(place('Words 99'))
    await screen.findByText('Among us')
    expect(screen.getAllByText(/^Kept:/)).toHaveLength(2)
    keptCommands.drop('c1')
    await waitFor(() => expect(screen.queryByText('Words 99')).toBeNull())
    expect(screen.getAllByText(/^Kept:/)).toHaveLength(1)
  })
  it('offers to take back what is kept and would be held back, once the server has told its id, and not twice', async () => {
    ticketHas([])
    const reply = { method: 'post', address: '/tickets/7/messages', fields: ['text'] }
    for (const [commandId, state] of [
      ['c1', 'held'],
      ['c2', 'sending'],
    ] as const) {
      keptCommands.add({ ...kept.body, commandId }, reply)
      keptCommands.show(commandId, message(99, { id: commandId, direction: 'outbound', state }))
    }
    const undone = showConversation()
    await screen.findAllByText('Words 99')
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
    const by = { id: null, name: 'Ann' }
    const at = new Date().toISOString()
    const learn = (id: string, what: 'reply' | 'cancelReply', messageId: string) => ({
      ...{ id, at, by, ticketNumber: 7, subject: null, asked: [{ what }] },
      on: { kind: 'message' as const, id: messageId },
    })
    const told = [learn('c1', 'reply', 'm1'), learn('c2', 'reply', 'm2')]
    keptCommands.learnOwn(told)
    await fireEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    expect(undone).toEqual(['m1'])
    keptCommands.learnOwn([...told, learn('c3', 'cancelReply', 'm1')])
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull())
    screen.getByText('Not sent yet: it is taken back as soon as possible')
    expect(screen.queryByText('Take an answer back')).toBeNull()
    keptCommands.clear()
  })
  it('offers to take back what waits to be sent, and not what is on its way', async () => {
    const outbound = { direction: 'outbound' } as const
    const messages = [
      message(1, { ...outbound, state: 'queued', revocable: true }),
      message(2, { ...outbound, state: 'queued', revocable: false }),
      message(3, { ...outbound, state: 'sending' }),
    ]
    ticketHas(messages)
    const undone = showConversation()
    await screen.findByText('Waits to be sent')
    expect(screen.getAllByText('On its way')).toHaveLength(2)
    await fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    expect(undone).toEqual([messages[0]!.id])
  })
  it('says that it is empty', async () => {
    ticketHas([])
    showConversation()
    await screen.findByText('No messages yet')
  })
  it('offers to try again when it could not be read', async () => {
    let up = false
    fakeApi({
      'GET /tickets/7/messages': () => (up ? whole([message(1)]) : problem(404, 'not-found')),
      'GET /tickets/7/notes': whole([]),
      'GET /tickets/7/events': whole([]),
    })
    showConversation()
    const again = await screen.findByRole('button', { name: /again/i })
    up = true
    await fireEvent.click(again)
    await screen.findByText('Words 1')
  })
})
