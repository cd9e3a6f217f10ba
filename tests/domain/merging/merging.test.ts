import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jobsAfter } from '../../../domain/ticket-jobs.ts'
import { SYSTEM } from '../../../domain/vocabulary.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import { rebuild, unopenedTicket } from '../../../domain/apply.ts'
import {
  ANNA,
  IT,
  NOW,
  openedTicket,
  opening,
  outgoing,
  received,
  requester,
  SAM,
  types,
  uuid,
  when,
} from '../given.ts'

const MERGE = '44444444-4444-4444-8444-444444444444'
const LATER = '2026-11-25T09:00:00.000Z'
const into = (number: number, mergeId = MERGE) => ({
  mergeId,
  into: number,
  subject: 'The network is down',
})
const other = (number: number): Ticket =>
  when(unopenedTicket(number), 'mailReceived', { message: received(), opening }, requester).ticket
const taking = (mergeId = MERGE, number = 1001, watchers = [SAM]) => ({
  mergeId,
  number,
  subject: 'Printer',
  messageCount: 2,
  watchers,
})

/** Apart from where in its history it is. */
const asOf = (ticket: Ticket, { version, lastCommandId }: Ticket): Ticket => ({
  ...ticket,
  version,
  lastCommandId,
})

describe('a ticket merged into another', () => {
  it('is closed and says where it goes on', () => {
    const decision = when(openedTicket(), 'mergeInto', into(1002))
    assert.deepEqual(types(decision), ['ticketMerged', 'statusChanged'])
    assert.equal(decision.ticket.status, 'closed')
    assert.deepEqual(decision.ticket.mergedInto, {
      mergeId: MERGE,
      number: 1002,
      at: NOW,
      before: { status: 'new', solvedAt: null, closedAt: null },
    })
  })

  it('is merged once, however often it is asked', () => {
    const merged = openedTicket((t) => when(t, 'mergeInto', into(1002)))
    assert.deepEqual(when(merged, 'mergeInto', into(1002)).events, [])
    assert.equal(
      when(merged, 'mergeInto', into(1003, uuid())).rejection?.code,
      'ticket-already-merged',
    )
  })

  it('cannot be merged into itself, or into one that is merged into it', () => {
    assert.equal(when(openedTicket(), 'mergeInto', into(1001)).rejection?.code, 'merge-into-itself')
    const holding = openedTicket((t) => when(t, 'acceptMerge', taking(MERGE, 1002)))
    assert.equal(when(holding, 'mergeInto', into(1002)).rejection?.code, 'merge-cycle')
  })

  it('is not worked on any more, and a mail that was on its way does not reopen it', () => {
    const merged = openedTicket((t) => when(t, 'mergeInto', into(1002)))
    for (const decision of [
      when(merged, 'reply', outgoing()),
      when(merged, 'changeStatus', { status: 'open', reason: 'agent' }),
      when(merged, 'addNote', { noteId: uuid(), preview: 'x' }),
    ]) {
      assert.equal(decision.rejection?.code, 'ticket-merged')
      assert.match(decision.rejection?.message ?? '', /#1002/)
    }
    assert.deepEqual(types(when(merged, 'mailReceived', { message: received() }, requester)), [
      'messageReceived',
    ])
  })

  it('is as it was when the merge is undone, whatever it was', () => {
    const start = openedTicket((t) => when(t, 'changeOwner', { owner: SAM }))
    for (const status of ['new', 'open', 'waiting', 'solved', 'closed'] as const) {
      const before = when(start, 'changeStatus', { status, reason: 'agent' }).ticket
      const merged = when(before, 'mergeInto', into(1002), undefined, LATER).ticket
      const { ticket } = when(
        merged,
        'undoMerge',
        { mergeId: MERGE, refused: false },
        undefined,
        LATER,
      )
      // Reminders to a requester who is waited for begin anew.
      const waiting = before.waiting && { ...before.waiting, since: LATER }
      assert.deepEqual(
        { ...asOf(ticket, before), updatedAt: before.updatedAt },
        { ...before, waiting },
      )
      assert.deepEqual(
        when(ticket, 'undoMerge', { mergeId: MERGE, refused: false }).events,
        [],
        'twice is once',
      )
    }
  })
})

describe('a ticket of a thread that goes on in another', () => {
  const joining = (over: object = {}) => ({
    ...into(1002),
    departmentId: IT.id,
    locationId: null,
    ...over,
  })

  it('is merged by Guichet when nobody has worked on it, once', () => {
    const decision = when(openedTicket(), 'joinThread', joining(), SYSTEM)
    assert.deepEqual(types(decision), ['ticketMerged', 'statusChanged'])
    assert.deepEqual(when(decision.ticket, 'joinThread', joining(), SYSTEM).events, [])
    const holding = openedTicket((t) => when(t, 'acceptMerge', taking(MERGE, 1002), SYSTEM))
    assert.deepEqual(when(holding, 'joinThread', joining(), SYSTEM).events, [])
  })

  it('stays when somebody has worked on it, when it is elsewhere, and leaves no line of that', () => {
    const note = { noteId: uuid(), preview: 'I look at it.' }
    const worked = openedTicket((t) => when(t, 'addNote', note))
    const merged = openedTicket((t) => when(t, 'mergeInto', into(1003)))
    for (const [ticket, over] of [
      [worked, {}],
      [merged, {}],
      [openedTicket(), { into: 1001 }],
      [openedTicket(), { departmentId: uuid() }],
      [openedTicket(), { locationId: uuid() }],
    ] as const) {
      const { rejection, events } = when(ticket, 'joinThread', joining(over), SYSTEM)
      assert.ok(rejection)
      assert.deepEqual(events, [])
    }
    const mail = openedTicket((t) => when(t, 'mailReceived', { message: received() }, requester))
    assert.equal(mail.handled, undefined, 'a mail is nobody’s work')
  })

  it('is said by the mail that shows it: to be merged, or linked where this one takes none in', () => {
    const said = {
      message: received({ automatic: true }),
      sameThread: [{ number: 1002, subject: 'Re: Printer', mergeId: MERGE }],
    }
    const found = when(openedTicket(), 'mailReceived', said, requester)
    assert.deepEqual(types(found), ['messageReceived', 'threadFound'])
    assert.deepEqual(jobsAfter(found.events), [{ kind: 'mergeStep', eventNo: 4 }])
    const closed = openedTicket((t) =>
      when(t, 'changeStatus', { status: 'closed', reason: 'agent' }),
    )
    assert.deepEqual(types(when(closed, 'mailReceived', said, requester)), [
      'messageReceived',
      'ticketLinked',
    ])
    const holding = openedTicket((t) => when(t, 'acceptMerge', taking(MERGE, 1002)))
    assert.deepEqual(types(when(holding, 'mailReceived', said, requester)), ['messageReceived'])
  })
})

describe('a ticket that takes another in', () => {
  it('counts its messages and gains its watchers', () => {
    const { ticket, events } = when(openedTicket(), 'acceptMerge', taking())
    assert.deepEqual(
      events.map((e) => e.type),
      ['mergeAccepted', 'watcherAdded'],
    )
    assert.equal(ticket.messageCount, 3)
    assert.deepEqual(ticket.watchers, [SAM])
    assert.deepEqual(when(ticket, 'acceptMerge', taking()).events, [], 'twice is once')
  })

  it('lets it go with everything that came with it, and keeps who watched before', () => {
    const before = openedTicket()
    const after = when(when(before, 'acceptMerge', taking()).ticket, 'revertMerge', {
      mergeId: MERGE,
    }).ticket
    assert.deepEqual(asOf(after, before), { ...before, handled: true })
    const watched = openedTicket(
      (t) => when(t, 'addWatcher', { watcher: SAM }),
      (t) => when(t, 'acceptMerge', taking()),
      (t) => when(t, 'revertMerge', { mergeId: MERGE }),
    )
    assert.deepEqual(watched.watchers, [SAM])
  })

  it('refuses when it is itself merged, or closed', () => {
    const merged = openedTicket((t) => when(t, 'mergeInto', into(1002)))
    assert.equal(
      when(merged, 'acceptMerge', taking(uuid(), 1003)).rejection?.code,
      'merge-into-merged',
    )
    const closed = openedTicket((t) =>
      when(t, 'changeStatus', { status: 'closed', reason: 'agent' }),
    )
    assert.equal(when(closed, 'acceptMerge', taking()).rejection?.code, 'merge-into-closed')
  })

  it('breaks a cycle that three merges at once would make: the last to be taken in is refused', () => {
    const [a, b, c] = [1001, 1002, 1003].map(other) as [Ticket, Ticket, Ticket]
    const merged = [
      when(a, 'mergeInto', into(1002, uuid())),
      when(b, 'mergeInto', into(1003, uuid())),
      when(c, 'mergeInto', into(1001, uuid())),
    ].map((d) => d.ticket)
    for (const ticket of merged)
      assert.equal(
        when(ticket, 'acceptMerge', taking(uuid(), 999)).rejection?.code,
        'merge-into-merged',
      )
  })
})

describe('a split', () => {
  const SPLIT = '55555555-5555-4555-8555-555555555555'
  const messages = [uuid(), uuid()]
  const opens = {
    splitId: SPLIT,
    from: 1001,
    fromSubject: 'Printer',
    subject: 'And the scanner',
    requester: ANNA,
    department: IT,
    priority: 'normal' as const,
    messageIds: messages,
    preview: 'The scanner, too.',
    hasAttachments: false,
    lastMessageAt: NOW,
    lastDirection: 'inbound' as const,
  }
  const conversation = (): Ticket =>
    openedTicket(
      (t) => when(t, 'mailReceived', { message: received() }),
      (t) => when(t, 'mailReceived', { message: received() }),
    )

  it('takes messages out, and opens a ticket of them that is linked to where they came from', () => {
    const source = when(conversation(), 'splitOff', {
      splitId: SPLIT,
      into: 1002,
      subject: 'And the scanner',
      messageIds: messages,
    }).ticket
    assert.equal(source.messageCount, 1)
    const made = when(unopenedTicket(1002), 'openSplit', opens)
    assert.deepEqual(types(made), ['ticketOpened', 'splitOpened', 'ticketLinked'])
    assert.equal(made.ticket.messageCount, 2)
    assert.deepEqual(made.ticket.links, [{ number: 1001, kind: 'relates' }])
    assert.deepEqual(when(made.ticket, 'openSplit', opens).events, [], 'twice is once')
  })

  it('can be undone: the messages are back, and the ticket made of them goes on there', () => {
    const before = conversation()
    const split = when(before, 'splitOff', {
      splitId: SPLIT,
      into: 1002,
      subject: 'And the scanner',
      messageIds: messages,
    }).ticket
    const back = when(split, 'returnMessages', { splitId: SPLIT }).ticket
    assert.deepEqual(asOf(back, before), before)
    const made = when(unopenedTicket(1002), 'openSplit', opens).ticket
    const undone = when(made, 'undoSplit', { splitId: SPLIT, subject: 'Printer' })
    assert.deepEqual(types(undone), ['splitUndone', 'ticketMerged', 'statusChanged'])
    assert.equal(undone.ticket.mergedInto?.number, 1001)
    assert.equal(undone.ticket.messageCount, 0)
    assert.deepEqual(
      when(undone.ticket, 'undoSplit', { splitId: SPLIT, subject: 'Printer' }).events,
      [],
    )
  })
})

describe('the event log', () => {
  it('rebuilds a merged and unmerged ticket', () => {
    const steps = [
      () => when(unopenedTicket(1001), 'mailReceived', { message: received(), opening }, requester),
    ]
    let ticket = steps[0]!().ticket
    const log = [
      ...when(unopenedTicket(1001), 'mailReceived', { message: received(), opening }, requester)
        .events,
    ]
    for (const step of [
      (t: Ticket) => when(t, 'acceptMerge', taking(uuid(), 1005)),
      (t: Ticket) => when(t, 'mergeInto', into(1002)),
      (t: Ticket) => when(t, 'undoMerge', { mergeId: MERGE, refused: false }),
    ]) {
      const decision = step(ticket)
      log.push(...decision.events)
      ticket = decision.ticket
    }
    const { preview: _one, ...rebuilt } = rebuild(1001, log)
    const { preview: _other, ...kept } = ticket
    assert.deepEqual(rebuilt, kept)
  })
})
