import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Decision } from '../../../domain/decide.ts'
import {
  followedKinds,
  notificationLevels,
  notificationKinds,
  notificationTraits,
  channelFor,
} from '../../../domain/notifications.ts'
import { notificationsOf } from '../../../domain/areas.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import {
  agent,
  IT,
  openedTicket,
  outgoing,
  received,
  requester,
  SAM,
  uuid,
  when,
} from '../given.ts'

const IDA = { id: '44444444-4444-4444-8444-444444444444', name: 'Ida', email: 'ida@example.com' }
const followed = openedTicket(
  (t) => when(t, 'changeOwner', { owner: SAM }),
  (t) => when(t, 'addWatcher', { watcher: IDA }),
)
const notified = (
  before: Ticket,
  { ticket: after, events }: Decision,
): [kind: string, who: string][] =>
  notificationsOf({ before, after, events }).map(({ kind, to }) => [
    kind,
    'userId' in to ? to.userId : to.email,
  ])

describe('owner and watchers of a ticket', () => {
  it('hear of the requester’s answer, of answers sent, notes and the end', () => {
    assert.deepEqual(
      notified(followed, when(followed, 'mailReceived', { message: received() }, requester)),
      [
        ['replyArrived', SAM.id],
        ['replyArrived', IDA.id],
      ],
    )
    for (const decision of [
      when(followed, 'reply', outgoing()),
      when(followed, 'addNote', { noteId: uuid(), preview: 'Call her.' }),
      when(followed, 'changeStatus', { status: 'solved', reason: 'agent' }),
    ]) {
      assert.deepEqual(
        notified(followed, decision),
        [['ticketChanged', IDA.id]],
        'and not who did it',
      )
    }
  })

  it('are not notified of the mail that they write themselves', () => {
    assert.deepEqual(
      notified(
        followed,
        when(
          followed,
          'mailReceived',
          { message: received({ from: { email: 'IDA@example.com', name: 'Ida' } }) },
          requester,
        ),
      ),
      [['replyArrived', SAM.id]],
    )
  })

  it('hear nothing of machines, of small steps, and once when they are both', () => {
    assert.deepEqual(
      notified(
        followed,
        when(followed, 'mailReceived', { message: received({ automatic: true }) }, requester),
      ),
      [],
    )
    assert.deepEqual(notified(followed, when(followed, 'changePriority', { priority: 'high' })), [])
    const both = openedTicket(
      (t) => when(t, 'changeOwner', { owner: IDA }),
      (t) => when(t, 'addWatcher', { watcher: IDA }),
    )
    assert.deepEqual(
      notified(both, when(both, 'addNote', { noteId: uuid(), preview: 'x' }, agent)),
      [['ticketChanged', IDA.id]],
    )
    assert.equal(both.department.id, IT.id)
  })
})

describe('what one chooses to hear of a single ticket', () => {
  it('is everything, answers alone, or nothing of what comes of following it', () => {
    assert.deepEqual(
      notificationLevels.map((level) => [
        channelFor('replyArrived', level),
        channelFor('ticketChanged', level),
      ]),
      [
        ['mail', 'mail'],
        ['mail', 'none'],
        ['none', 'none'],
      ],
    )
    assert.deepEqual(followedKinds('all', 'none'), [])
    assert.ok(!followedKinds('replies', 'none').includes('replyArrived'))
    assert.deepEqual(
      followedKinds('none', 'none'),
      notificationKinds.filter((kind) => notificationTraits[kind].followed),
    )
  })

  it('never keeps away what is given to one or asked of one', () => {
    for (const kind of [
      'ticketAssigned',
      'taskAssigned',
      'taskDue',
      'approvalAsked',
      'approvalReminder',
      'approvalWithdrawn',
      'confirmationAsked',
      'snoozeEnded',
    ] as const)
      assert.equal(channelFor(kind, 'none'), undefined)
  })
})
