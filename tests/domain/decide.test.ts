import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { commandNames, readCommand, withoutDefaults } from '../../domain/command-schema.ts'
import { rebuild, unopenedTicket } from '../../domain/apply.ts'
import { decide } from '../../domain/decide.ts'
import type { Premise } from '../../domain/premises.ts'
import type { Ticket } from '../../domain/ticket.ts'
import {
  agent,
  ANNA,
  FINANCE,
  IT,
  NOW,
  opening,
  openedTicket,
  outgoing,
  received,
  requester,
  SAM,
  types,
  uuid,
  when,
} from './given.ts'

describe('a question whose answer has opened its ticket', () => {
  const BO = { email: 'bo@client.example', name: 'Bo' }
  const asked = () => ({ message: received(), question: { subject: 'Jam', requester: ANNA } })
  const answered = (): Ticket =>
    when(
      unopenedTicket(1001),
      'mailReceived',
      {
        message: received({ from: BO }),
        opening: { ...opening, subject: 'Re: Jam', requester: BO },
      },
      requester,
    ).ticket

  it('is what the ticket goes by, and the history says so', () => {
    const { ticket, events } = when(answered(), 'mailReceived', asked(), requester)
    assert.deepEqual([ticket.subject, ticket.requester], ['Jam', ANNA])
    assert.deepEqual(
      events.map(({ type }) => type),
      ['messageReceived', 'questionArrived'],
    )
    const { data } = events[1] as { data: { before: object } }
    assert.deepEqual(data.before, { subject: 'Re: Jam', requester: BO })
  })

  it('leaves the subject that an agent has chosen meanwhile, also the same again', () => {
    const chosen = when(answered(), 'changeSubject', { subject: 'Paper jam' }).ticket
    const { ticket } = when(chosen, 'mailReceived', asked(), requester)
    assert.deepEqual([ticket.subject, ticket.requester], ['Paper jam', ANNA])
    const back = when(chosen, 'changeSubject', { subject: 'Re: Jam' }).ticket
    assert.equal(when(back, 'mailReceived', asked(), requester).ticket.subject, 'Re: Jam')
  })

  const BERLIN = { id: uuid(), name: 'Berlin' }
  const PARIS = { id: uuid(), name: 'Paris' }
  const asksFrom = (location: typeof PARIS | null) => ({
    ...asked(),
    question: { subject: 'Jam', requester: ANNA, location },
    acknowledgement: outgoing({ to: [ANNA.email] }),
  })
  const answeredFrom = (location: typeof BERLIN): Ticket =>
    when(
      unopenedTicket(1001),
      'mailReceived',
      {
        message: received({ from: BO }),
        opening: { ...opening, subject: 'Re: Jam', requester: BO, location },
      },
      requester,
    ).ticket

  it('brings what it would have opened the ticket with: where its requester is, and that they are told', () => {
    for (const location of [PARIS, null]) {
      const { ticket, events } = when(
        answeredFrom(BERLIN),
        'mailReceived',
        asksFrom(location),
        requester,
      )
      assert.deepEqual(ticket.location, location)
      assert.deepEqual(
        events.map(({ type }) => type),
        ['messageReceived', 'questionArrived', 'locationChanged', 'messageQueued'],
      )
    }
  })

  it('leaves the place that somebody has chosen meanwhile, also none, and tells nobody where they work on it', () => {
    const before = answeredFrom(BERLIN)
    const chosen = when(before, 'setLocation', { location: null }).ticket
    for (const held of [chosen, when(chosen, 'setLocation', { location: BERLIN }).ticket]) {
      const decided = when(held, 'mailReceived', asksFrom(PARIS), requester)
      assert.deepEqual(decided.ticket.location, held.location)
      assert.deepEqual(types(decided), ['messageReceived', 'questionArrived'])
    }
  })

  it('is not confirmed to whoever was told that the ticket is there', () => {
    const { question, ...mail } = asksFrom(BERLIN)
    const again = { ...mail, question: { ...question, requester: BO } }
    assert.deepEqual(types(when(answeredFrom(BERLIN), 'mailReceived', again, requester)), [
      'messageReceived',
      'questionArrived',
    ])
  })

  it('changes nothing of a ticket that is merged, or was split off', () => {
    const mergedInto = {
      mergeId: uuid(),
      number: 7,
      at: NOW,
      before: { status: 'new' as const, solvedAt: null, closedAt: null },
    }
    const splitFrom = { splitId: uuid(), number: 7, messageCount: 1, messageIds: [uuid()] }
    for (const held of [{ mergedInto }, { splitFrom }])
      assert.deepEqual(
        types(when({ ...answered(), ...held }, 'mailReceived', asked(), requester)),
        ['messageReceived'],
      )
  })
})

describe('a mail', () => {
  it('opens a ticket with its sender as the requester', () => {
    const { ticket, events } = when(
      unopenedTicket(1001),
      'mailReceived',
      { message: received(), opening },
      requester,
    )
    assert.deepEqual(
      events.map((e) => [e.no, e.type]),
      [
        [1, 'ticketOpened'],
        [2, 'messageReceived'],
      ],
    )
    assert.equal(ticket.status, 'new')
    assert.deepEqual(ticket.requester, ANNA)
    assert.deepEqual(ticket.department, IT)
    assert.equal(ticket.messageCount, 1)
  })

  it('is refused by a ticket that does not exist, when it opens none', () => {
    const { rejection, events } = when(unopenedTicket(1001), 'mailReceived', {
      message: received(),
    })
    assert.equal(rejection?.code, 'ticket-not-opened')
    assert.deepEqual(events, [])
  })

  it('from a participant reopens a solved, closed or waiting ticket', () => {
    for (const status of ['solved', 'closed', 'waiting'] as const) {
      const ticket = openedTicket((t) => when(t, 'changeStatus', { status, reason: 'agent' }))
      const decision = when(ticket, 'mailReceived', { message: received() }, requester)
      assert.deepEqual(types(decision), ['messageReceived', 'statusChanged'])
      assert.equal(decision.ticket.status, 'open')
      assert.equal(decision.ticket.solvedAt, null)
      assert.equal(decision.ticket.closedAt, null)
    }
  })

  it('from a stranger or a machine moves no status', () => {
    const ticket = openedTicket((t) =>
      when(t, 'changeStatus', { status: 'solved', reason: 'agent' }),
    )
    for (const message of [received({ stranger: true }), received({ automatic: true })]) {
      assert.equal(when(ticket, 'mailReceived', { message }).ticket.status, 'solved')
    }
  })

  it('leaves a new or open ticket as it is', () => {
    assert.deepEqual(types(when(openedTicket(), 'mailReceived', { message: received() })), [
      'messageReceived',
    ])
  })

  it('may bring an acknowledgement, which is no part of the exchange', () => {
    const { ticket } = when(unopenedTicket(1), 'mailReceived', {
      message: received(),
      opening,
      acknowledgement: outgoing(),
    })
    assert.equal(ticket.pending.length, 1)
    assert.equal(ticket.messageCount, 1)
    assert.equal(ticket.lastDirection, 'inbound')
  })

  it('that answers a closed ticket too late opens one linked to it', () => {
    const { ticket } = when(unopenedTicket(2), 'mailReceived', {
      message: received(),
      opening: { ...opening, link: { number: 1, kind: 'followUpOf', subject: 'Printer' } },
    })
    assert.deepEqual(ticket.links, [{ number: 1, kind: 'followUpOf' }])
  })
})

describe('a reply', () => {
  it('is on its way until the mail server took it, and opens a new ticket', () => {
    const message = outgoing()
    const queued = when(openedTicket(), 'reply', message)
    assert.equal(queued.ticket.status, 'open')
    assert.deepEqual(
      queued.ticket.pending.map((p) => p.messageId),
      [message.messageId],
    )
    const sent = when(queued.ticket, 'recordDelivery', {
      messageId: message.messageId,
      outcome: 'sent',
      detail: '250 OK',
      attempt: 1,
    })
    assert.deepEqual(types(sent), ['messageSent'])
    assert.deepEqual(sent.ticket.pending, [])
  })

  it('sets the status that the agent chose with it', () => {
    assert.equal(
      when(openedTicket(), 'reply', outgoing({ status: 'waiting' })).ticket.status,
      'waiting',
    )
    assert.equal(
      when(openedTicket(), 'reply', outgoing({ status: 'solved' })).ticket.status,
      'solved',
    )
  })

  it('needs a recipient', () => {
    assert.equal(
      when(openedTicket(), 'reply', outgoing({ to: [] })).rejection?.code,
      'reply-without-recipient',
    )
  })

  it('can be taken back until something has begun to send it, held or not', () => {
    for (const holdMs of [0, 10_000]) {
      const message = outgoing({ holdMs })
      const { messageId } = message
      const queued = openedTicket((t) => when(t, 'reply', message))
      const takenBack = (t: Ticket, untrue: Premise[] = []) =>
        decide(
          t,
          'cancelReply',
          { id: 'back', actor: agent, payload: { messageId } },
          '2026-11-24T19:00:00.000Z',
          untrue,
        )
      const back = takenBack(queued)
      assert.deepEqual(types(back), ['messageCancelled'])
      assert.deepEqual([back.ticket.pending, back.ticket.messageCount], [[], 1])
      const left: Premise[] = [{ kind: 'unsent', id: messageId }]
      assert.equal(takenBack(queued, left).rejection?.code, 'message-already-left')
      const tried = (outcome: 'sent' | 'failed' | 'doubtful' | 'parked') =>
        when(queued, 'recordDelivery', { messageId, outcome, detail: '', attempt: 1 }).ticket
      for (const outcome of ['sent', 'failed', 'doubtful', 'parked'] as const)
        assert.equal(takenBack(tried(outcome)).rejection?.code, 'message-already-left', outcome)
      const again = when(tried('failed'), 'retryMessage', { messageId })
      assert.equal(takenBack(again.ticket).rejection?.code, 'message-already-left')
    }
  })

  it('is not Guichet’s own to be taken back', () => {
    const { status: _none, ...acknowledgement } = outgoing()
    const { messageId } = acknowledgement
    const ticket = when(unopenedTicket(1042), 'openTicket', { ...opening, acknowledgement }).ticket
    assert.equal(ticket.pending.length, 1)
    assert.equal(when(ticket, 'cancelReply', { messageId }).rejection?.code, 'message-already-left')
  })

  it('that failed, was parked or bounced marks the ticket until it is sent again', () => {
    const message = outgoing()
    const { messageId } = message
    const sent = openedTicket((t) => when(t, 'reply', message))
    const failed = when(sent, 'recordDelivery', {
      messageId,
      outcome: 'failed',
      detail: '550 no such user',
      attempt: 1,
    }).ticket
    const parked = when(sent, 'recordDelivery', {
      messageId,
      outcome: 'parked',
      detail: 'lost',
      attempt: 2,
    }).ticket
    const delivered = when(sent, 'recordDelivery', {
      messageId,
      outcome: 'sent',
      detail: '250',
      attempt: 1,
    }).ticket
    const bounced = when(delivered, 'deliveryReported', {
      messageId,
      recipient: ANNA.email,
      action: 'failed',
      status: '5.1.1',
      detail: 'unknown',
    }).ticket
    for (const undelivered of [failed, parked, bounced]) {
      assert.deepEqual(undelivered.undelivered, [messageId])
      const retried = when(undelivered, 'retryMessage', { messageId }).ticket
      assert.deepEqual(retried.undelivered, [])
      assert.deepEqual(
        retried.pending.map((p) => p.messageId),
        [messageId],
      )
    }
  })

  it('whose end is already known takes no second one', () => {
    const message = outgoing()
    const ticket = openedTicket((t) => when(t, 'reply', message))
    const sent = when(ticket, 'recordDelivery', {
      messageId: message.messageId,
      outcome: 'sent',
      detail: '',
      attempt: 1,
    }).ticket
    assert.deepEqual(
      types(
        when(sent, 'recordDelivery', {
          messageId: message.messageId,
          outcome: 'failed',
          detail: '',
          attempt: 1,
        }),
      ),
      [],
    )
  })

  it('lost between DATA and the answer stays on its way for one more try', () => {
    const message = outgoing()
    const ticket = openedTicket((t) => when(t, 'reply', message))
    const doubtful = when(ticket, 'recordDelivery', {
      messageId: message.messageId,
      outcome: 'doubtful',
      detail: 'lost',
      attempt: 1,
    })
    assert.deepEqual(types(doubtful), ['messageDoubtful'])
    assert.equal(doubtful.ticket.pending.length, 1)
  })
})

describe('properties', () => {
  it('set to what they are already change nothing', () => {
    const ticket = openedTicket()
    assert.deepEqual(types(when(ticket, 'changePriority', { priority: 'normal' })), [])
    assert.deepEqual(types(when(ticket, 'changeOwner', { owner: null })), [])
    assert.deepEqual(types(when(ticket, 'changeDepartment', { department: IT })), [])
    assert.deepEqual(types(when(ticket, 'changeStatus', { status: 'new', reason: 'agent' })), [])
  })

  it('keep the value before and after, with the names of that time', () => {
    const owner = when(openedTicket(), 'changeOwner', { owner: SAM })
    assert.deepEqual(owner.events[0]?.data, { from: null, to: SAM })
    const moved = when(owner.ticket, 'changeDepartment', { department: FINANCE })
    assert.deepEqual(moved.events[0]?.data, { from: IT, to: FINANCE })
  })

  it('solve with a resolution in one command', () => {
    const decision = when(openedTicket(), 'changeStatus', {
      status: 'solved',
      resolution: 'workaround',
      reason: 'agent',
    })
    assert.deepEqual(types(decision), ['resolutionChanged', 'statusChanged'])
    assert.equal(decision.ticket.solvedAt, NOW)
  })

  it('never make a worked ticket new again', () => {
    const ticket = openedTicket((t) => when(t, 'changeStatus', { status: 'open', reason: 'agent' }))
    assert.equal(
      when(ticket, 'changeStatus', { status: 'new', reason: 'agent' }).rejection?.code,
      'status-not-new-again',
    )
  })
})

describe('people and tickets around a ticket', () => {
  it('watch once and leave', () => {
    const watched = when(openedTicket(), 'addWatcher', { watcher: SAM }).ticket
    assert.deepEqual(types(when(watched, 'addWatcher', { watcher: SAM })), [])
    assert.deepEqual(when(watched, 'removeWatcher', { watcher: SAM }).ticket.watchers, [])
  })

  it('link to another ticket, never to itself', () => {
    assert.equal(
      when(openedTicket(), 'linkTicket', { number: 1001, kind: 'relates', subject: '' }).rejection
        ?.code,
      'link-to-itself',
    )
    const linked = when(openedTicket(), 'linkTicket', {
      number: 1002,
      kind: 'relates',
      subject: '',
    }).ticket
    assert.deepEqual(
      when(linked, 'unlinkTicket', { number: 1002, kind: 'relates' }).ticket.links,
      [],
    )
  })
})

describe('the event log', () => {
  it('rebuilds the ticket it came from', () => {
    const message = outgoing()
    const steps = [
      (t: Parameters<typeof when>[0]) =>
        when(t, 'mailReceived', { message: received(), opening }, requester),
      (t: Parameters<typeof when>[0]) => when(t, 'reply', message),
      (t: Parameters<typeof when>[0]) =>
        when(t, 'recordDelivery', {
          messageId: message.messageId,
          outcome: 'failed' as const,
          detail: '',
          attempt: 1,
        }),
      (t: Parameters<typeof when>[0]) => when(t, 'addWatcher', { watcher: SAM }),
      (t: Parameters<typeof when>[0]) =>
        when(t, 'changeStatus', { status: 'closed' as const, reason: 'agent' as const }),
      (t: Parameters<typeof when>[0]) =>
        when(t, 'mailReceived', { message: received({ hasAttachments: true }) }, requester),
    ]
    let ticket = unopenedTicket(1001)
    const log = steps.flatMap((step) => {
      const decision = step(ticket)
      ticket = decision.ticket
      return decision.events
    })
    assert.deepEqual(
      log.map((e) => e.no),
      log.map((_, i) => i + 1),
    )
    assert.deepEqual(rebuild(1001, JSON.parse(JSON.stringify(log)) as typeof log), ticket)
  })
})

describe('the table of commands', () => {
  it('checks every envelope: an id, an actor and its own payload', () => {
    for (const name of commandNames) {
      assert.ok('code' in readCommand(name, { id: '', actor: agent, payload: {} }), name)
      assert.ok(
        'code' in readCommand(name, { id: uuid(), actor: { kind: 'nobody' }, payload: {} }),
        name,
      )
    }
    const id = uuid()
    const command = { id, actor: agent, payload: { priority: 'high' } }
    assert.deepEqual(readCommand('changePriority', command), command)
  })

  it('is sent without what a schema fills in by itself, at every depth', () => {
    const ids = { id: uuid(), actor: requester }
    const { messageId, from, preview, ...filledIn } = received()
    assert.deepEqual(
      withoutDefaults('mailReceived', {
        ...ids,
        payload: { message: { messageId, from, preview, ...filledIn } },
      }).payload,
      { message: { messageId, from, preview } },
    )
    assert.deepEqual(
      withoutDefaults('addTask', {
        ...ids,
        payload: {
          taskId: messageId,
          title: 'Call',
          assignee: null,
          dueAt: null,
          required: true,
          after: [],
          checklist: [],
          template: null,
        },
      }).payload,
      { taskId: messageId, title: 'Call', required: true },
    )
  })
})
