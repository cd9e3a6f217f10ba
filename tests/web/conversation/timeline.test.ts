import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Message, Note } from '../../../domain/conversation/contract.ts'
import type { TicketEvent } from '../../../domain/events.ts'
import { rows, timeline, type TimelineRow } from '../../../web/src/conversation/timeline.ts'

const message = (
  eventNo: number,
  direction: 'inbound' | 'outbound',
  state: Message['state'] = direction === 'inbound' ? 'received' : 'sent',
) => ({ id: `m${eventNo}`, eventNo, direction, state }) as Message
const note = (eventNo: number) => ({ id: `n${eventNo}`, eventNo }) as Note
const event = (no: number, type: TicketEvent['type']) => ({ no, type }) as TicketEvent
const nothing = new Set<string>()
const described = (all: TimelineRow[]): string[] =>
  all.map((row) =>
    row.kind === 'item'
      ? `${row.item.id}${row.folded ? ' folded' : ''}`
      : `${row.kind} ${row.count}`,
  )

describe('the conversation of a ticket', () => {
  it('is in the order of the history, without lines for what messages and notes show themselves', () => {
    const items = timeline(
      [message(2, 'inbound'), message(7, 'outbound')],
      [note(5)],
      [
        event(1, 'ticketOpened'),
        event(2, 'messageReceived'),
        event(4, 'ownerChanged'),
        event(5, 'noteAdded'),
        event(8, 'statusChanged'),
      ],
    )
    assert.deepEqual(
      items.map(({ id }) => id),
      ['m2', 'event-4', 'n5', 'm7', 'event-8'],
    )
  })

  it('puts a question that its answer has overtaken just before it, with its own answers left', () => {
    const mail = (eventNo: number, internetId: string, inReplyTo: string | null): Message => ({
      ...message(eventNo, 'inbound'),
      internetId,
      inReplyTo,
    })
    const items = timeline(
      [
        mail(2, 'b', 'a'),
        { ...mail(5, 'ours', 'b'), direction: 'outbound' },
        mail(7, 'a', 'root'),
        mail(9, 'root', null),
        mail(10, 'c', 'root'),
      ],
      [note(1), note(4)],
      [event(3, 'ownerChanged'), event(8, 'statusChanged')],
    )
    assert.deepEqual(
      items.map(({ id }) => id),
      ['n1', 'm9', 'm7', 'm2', 'event-3', 'n4', 'm5', 'event-8', 'm10'],
    )
  })

  it('puts what came from another ticket where its time is', () => {
    const at = (minute: number): string => `2026-11-24T09:0${minute}:00.000Z`
    const own = { ...message(2, 'inbound'), ticketNumber: 7, createdAt: at(1) }
    const merged = [
      { ...message(2, 'inbound'), id: 'early', ticketNumber: 8, createdAt: at(0) },
      { ...message(9, 'inbound'), id: 'late', ticketNumber: 8, createdAt: at(5) },
      { ...message(4, 'inbound'), id: 'between', ticketNumber: 8, createdAt: at(2) },
    ]
    const history = [
      { ...event(1, 'ticketOpened'), at: at(1) },
      { ...event(2, 'messageReceived'), at: at(1) },
      { ...event(3, 'ownerChanged'), at: at(3) },
    ] as TicketEvent[]
    assert.deepEqual(
      timeline([own, ...merged], [], history, 7).map(({ id }) => id),
      ['early', 'm2', 'between', 'event-3', 'late'],
    )
  })

  it('stands open while it is short', () => {
    const items = timeline(
      [1, 2, 3, 4, 5, 6].map((no) => message(no, 'inbound')),
      [],
      [],
    )
    assert.ok(rows(items, false, nothing).every((row) => row.kind === 'item' && !row.folded))
  })

  it('folds what is older than the last answer from outside, and a hundred lines into a gap', () => {
    const items = timeline(
      Array.from({ length: 100 }, (_, i) => message(i + 1, i % 2 ? 'outbound' : 'inbound')),
      [],
      [],
    )
    assert.deepEqual(described(rows(items, false, nothing)), [
      'm1 folded',
      'gap 93',
      'm95 folded',
      'm96 folded',
      'm97 folded',
      'm98',
      'm99',
      'm100',
    ])
    assert.equal(rows(items, true, nothing).length, 100)
  })

  it('never folds a message that needs somebody', () => {
    const items = timeline(
      [
        message(1, 'inbound'),
        message(2, 'outbound', 'failed'),
        ...[3, 4, 5, 6, 7, 8].map((no) => message(no, 'inbound')),
      ],
      [],
      [],
    )
    assert.deepEqual(described(rows(items, false, nothing)).slice(0, 3), [
      'm1 folded',
      'm2',
      'm3 folded',
    ])
  })

  it('shows the latest of many changes in a row, and all of them when asked', () => {
    const items = timeline(
      [message(1, 'inbound')],
      [],
      [2, 3, 4, 5, 6, 7].map((no) => event(no, 'priorityChanged')),
    )
    assert.deepEqual(described(rows(items, false, nothing)), [
      'm1',
      'changes 4',
      'event-6',
      'event-7',
    ])
    assert.equal(rows(items, false, new Set(['event-2'])).length, 7)
  })
})
