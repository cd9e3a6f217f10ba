import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blockedByApproval } from '../../../domain/approvals/blocking.ts'
import { refusedVote } from '../../../domain/approvals/deciding.ts'
import { slotsAsked, slotsAwaited } from '../../../domain/approvals/stages.ts'
import { askableStages } from '../../../domain/approvals/askable-stages.ts'
import type { Approver, Decision, StageRule } from '../../../domain/approvals/vocabulary.ts'
import type { Command, CommandPayload } from '../../../domain/commands.ts'
import { decide, type Decision as Outcome, refusalLines } from '../../../domain/decide.ts'
import { notificationsOf } from '../../../domain/areas.ts'
import { ticketDetails } from '../../../domain/tickets/current-details.ts'
import type { Ticket } from '../../../domain/ticket.ts'
import { plannedTimers } from '../../../domain/areas.ts'
import { type Actor, SYSTEM } from '../../../domain/vocabulary.ts'
import { agent, NOW, openedTicket, outgoing, SAM, types, uuid, when } from '../given.ts'

const person = (name: string, n: number): Approver => {
  const userId = `44444444-4444-4444-8444-00000000000${n}`
  return { key: userId, userId, email: `${name.toLowerCase()}@example.com`, name }
}
const IDA = person('Ida', 1)
const MAX = person('Max', 2)
const LEA = person('Lea', 3)
const DEPUTY = person('Dora', 4)
const BOSS: Approver = {
  key: 'boss@client.example',
  userId: null,
  email: 'boss@client.example',
  name: 'Boss',
}
const BY_LINK = { via: 'link' as const, ip: '192.0.2.7' }
const DEADLINE = '2026-11-27T09:00:00.000Z'

const as = ({ userId, email, name }: Approver): Actor =>
  userId === null ? { kind: 'correspondent', email, name } : { kind: 'agent', id: userId, name }
const stage = (rule: StageRule['kind'] | number, ...approvers: Approver[]) => ({
  rule:
    typeof rule === 'number'
      ? { kind: 'count' as const, count: rule }
      : ({ kind: rule } as StageRule),
  approvers,
})

const request = (
  over: Partial<CommandPayload<'askApproval'>> = {},
): CommandPayload<'askApproval'> => ({
  approvalId: uuid(),
  subject: 'A laptop for Anna',
  textId: uuid(),
  preview: 'The old one is broken.',
  amount: null,
  stages: [stage('any', IDA, MAX)],
  deputy: null,
  deadline: null,
  remindHoursBefore: [],
  blocks: { resolution: false, taskIds: [] },
  attachmentIds: [],
  ...over,
})

/** A ticket on which an agent has asked. */
const asked = (over: Partial<CommandPayload<'askApproval'>> = {}): Ticket =>
  openedTicket((t) => accepted(when(t, 'askApproval', request(over))))
const accepted = (decision: Outcome): Outcome => {
  assert.equal(decision.rejection, null, decision.rejection?.message)
  return decision
}
const the = (ticket: Ticket) => ticket.approvals[0]!
const says = (
  ticket: Ticket,
  who: Approver,
  decision: Decision,
  {
    comment = decision === 'refused' ? 'Too expensive.' : '',
    via = 'signed-in' as 'signed-in' | 'link',
    by = as(who),
    round = the(ticket).round,
  } = {},
): Outcome =>
  when(
    ticket,
    'decideApproval',
    {
      approvalId: the(ticket).id,
      round,
      approver: who.key,
      decision,
      comment,
      from: { via, ip: '192.0.2.7' },
    },
    by,
  )
const after = (ticket: Ticket, ...words: [Approver, Decision][]): Ticket =>
  words.reduce((t, [who, decision]) => accepted(says(t, who, decision)).ticket, ticket)
const refusedWith = (decision: Outcome, code: string): void => {
  assert.equal(decision.rejection?.code, code)
  assert.deepEqual(decision.events, [])
}

describe('who has to approve', () => {
  it('any: the first approval decides', () =>
    assert.equal(the(after(asked(), [MAX, 'approved'])).state, 'approved'))

  it('all: the last approval decides', () => {
    const ticket = asked({ stages: [stage('all', IDA, MAX, BOSS)] })
    const two = after(ticket, [IDA, 'approved'], [BOSS, 'approved'])
    assert.equal(the(two).state, 'waiting')
    assert.deepEqual(
      slotsAwaited(the(two)).map((s) => s.name),
      ['Max'],
    )
    assert.equal(the(after(two, [MAX, 'approved'])).state, 'approved')
  })

  it('two of three: the second approval decides, whoever gives it', () => {
    const ticket = asked({ stages: [stage(2, IDA, MAX, LEA)] })
    assert.equal(the(after(ticket, [LEA, 'approved'])).state, 'waiting')
    assert.equal(
      the(after(ticket, [LEA, 'approved'], [LEA, 'approved'])).state,
      'waiting',
      'the same person twice is one',
    )
    assert.equal(the(after(ticket, [LEA, 'approved'], [IDA, 'approved'])).state, 'approved')
  })

  it('stages: the next is asked when the one before has approved', () => {
    const ticket = asked({ stages: [stage('all', IDA, MAX), stage('any', LEA)] })
    assert.deepEqual(
      slotsAsked(the(ticket)).map((s) => s.name),
      ['Ida', 'Max'],
    )
    refusedWith(says(ticket, LEA, 'approved'), 'approval-not-your-turn')
    const reached = says(after(ticket, [IDA, 'approved']), MAX, 'approved')
    assert.deepEqual(types(reached), ['approvalVoted', 'approvalStageReached'])
    assert.equal(the(reached.ticket).state, 'waiting')
    assert.equal(the(after(reached.ticket, [LEA, 'approved'])).state, 'approved')
  })

  it('cannot be asked so that nobody could ever decide it', () => {
    const ticket = openedTicket()
    refusedWith(
      when(ticket, 'askApproval', request({ stages: [stage(3, IDA, MAX)] })),
      'approval-rule-impossible',
    )
    refusedWith(
      when(ticket, 'askApproval', request({ stages: [stage('any', IDA), stage('any', IDA)] })),
      'approver-twice',
    )
    refusedWith(when(ticket, 'askApproval', request({ deadline: NOW })), 'deadline-passed')
    refusedWith(when(ticket, 'askApproval', request({ deputy: IDA })), 'deputy-is-approver')
    refusedWith(when(ticket, 'askApproval', request(), as(IDA)), 'approver-asks-himself')
    refusedWith(
      when(
        when(ticket, 'changeStatus', { status: 'solved', reason: 'agent' }).ticket,
        'askApproval',
        request(),
      ),
      'ticket-ended',
    )
  })

  it('asked twice by one command id changes nothing', () => {
    const payload = request()
    const ticket = openedTicket((t) => when(t, 'askApproval', payload))
    assert.deepEqual(when(ticket, 'askApproval', payload).events, [])
  })
})

describe('a refusal', () => {
  it('ends it at once, under every rule, whoever approved before', () => {
    for (const rule of ['any', 'all', 2] as const) {
      const ticket = asked({ stages: [stage(rule, IDA, MAX, LEA), stage('any', BOSS)] })
      assert.equal(
        the(after(ticket, [IDA, 'approved'], [MAX, 'refused'])).state,
        'refused',
        String(rule),
      )
    }
  })

  it('of an earlier stage’s approver still counts while the next stage is asked', () => {
    const ticket = after(asked({ stages: [stage('any', IDA, MAX), stage('any', LEA)] }), [
      IDA,
      'approved',
    ])
    assert.equal(the(after(ticket, [MAX, 'refused'])).state, 'refused')
  })

  it('takes back one’s own approval; both words are in the history', () => {
    const ticket = asked({ stages: [stage('all', IDA, MAX)] })
    const first = says(ticket, IDA, 'approved')
    const second = says(first.ticket, IDA, 'refused')
    assert.deepEqual(
      [...types(first), ...types(second)],
      ['approvalVoted', 'approvalVoted', 'approvalEnded'],
    )
    assert.equal(the(second.ticket).state, 'refused')
  })

  it('needs a reason', () => {
    refusedWith(says(asked(), IDA, 'refused', { comment: '' }), 'approval-comment-needed')
  })

  it('after the end is rejected and says so, and so is an approval', () => {
    refusedWith(says(after(asked(), [IDA, 'approved']), MAX, 'refused'), 'approval-ended')
    refusedWith(says(after(asked(), [IDA, 'refused']), MAX, 'approved'), 'approval-ended')
  })

  it('after the end is in the history, unless it only repeats what the person said before', () => {
    const ended = the(after(asked(), [IDA, 'approved']))
    const by = (approver: Approver, decision: Decision, comment = '') =>
      refusedVote(
        ended,
        { round: ended.round, approver: approver.key, decision, comment, from: BY_LINK },
        { code: 'approval-ended', message: 'It has been approved already.' },
      )?.map(({ type }) => type)
    assert.deepEqual(by(MAX, 'approved'), ['approvalVoteRefused'])
    assert.deepEqual(by(IDA, 'refused', 'I have changed my mind.'), ['approvalVoteRefused'])
    assert.deepEqual(by(IDA, 'approved', 'Do hurry.'), ['approvalVoteRefused'])
    assert.equal(by(IDA, 'approved'), undefined)
  })
})

describe('a decision that was kept and comes too late', () => {
  const ended = after(asked({ stages: [stage('any', IDA, BOSS)] }), [IDA, 'approved'])
  const late = (who: Approver, decision: Decision, ticket = ended, comment = 'Too dear.') => {
    const command = {
      id: 'kept-vote',
      actor: as(who),
      payload: {
        approvalId: the(ticket).id,
        round: the(ticket).round,
        approver: who.key,
        decision,
        comment,
        from: BY_LINK,
      },
      answerBy: 0,
    } as Command
    const { rejection } = decide(ticket, 'decideApproval', command, NOW)
    assert.ok(rejection)
    const events = refusalLines(ticket, 'decideApproval', command, rejection, NOW)
    return { events, told: notificationsOf({ before: ticket, after: ticket, events }) }
  }

  it('is one line of the history', () => {
    const { events } = late(BOSS, 'refused')
    assert.deepEqual(
      events.map(({ type }) => type),
      ['approvalVoteRefused'],
    )
  })

  it('is told to its voter, by address too, once nobody waits; and to whoever asked', () => {
    assert.deepEqual(
      late(BOSS, 'refused').told.map(({ kind, to, unlessHeard }) => [kind, to, unlessHeard]),
      [
        ['commandRefused', { userId: SAM.id }, undefined],
        ['voteRefused', { email: BOSS.email, name: 'Boss' }, 'kept-vote'],
      ],
    )
  })

  it('says nothing where it only repeats what counts already: a button that was pressed twice', () => {
    assert.deepEqual(late(IDA, 'approved', ended, '').events, [])
    const byLink = after(asked({ stages: [stage('any', BOSS)] }), [BOSS, 'approved'])
    assert.deepEqual(late(BOSS, 'approved', byLink, '').events, [])
  })
})

it('the last approval of somebody without account and name is told by their address', () => {
  const ticket = asked({ stages: [stage('any', { ...BOSS, name: '' })] })
  const { events, ticket: decided } = says(ticket, { ...BOSS, name: '' }, 'approved')
  const told = notificationsOf({ before: ticket, after: decided, events })
  assert.deepEqual(
    told.map(({ kind, data }) => [kind, data['by']]),
    [['approvalDecided', BOSS.email]],
  )
})

describe('who may decide', () => {
  it('is the person who was asked: nobody else, no operator, no requester, not Guichet itself', () => {
    const ticket = asked({ stages: [stage('any', IDA, BOSS)] })
    const others: Actor[] = [
      agent,
      as(MAX),
      { kind: 'operator', name: 'Root' },
      SYSTEM,
      { kind: 'requester', email: BOSS.email, name: '' },
      { kind: 'correspondent', email: IDA.email, name: 'Ida' },
    ]
    for (const by of others)
      for (const who of [IDA, BOSS])
        refusedWith(says(ticket, who, 'approved', { by }), 'approval-not-yours')
    refusedWith(says(ticket, LEA, 'approved'), 'approval-not-yours')
  })

  it('is written down with time, reason and from where', () => {
    const ticket = asked()
    const [voted] = says(ticket, IDA, 'approved', { comment: 'Fine.', via: 'link' }).events
    assert.equal(voted?.type, 'approvalVoted')
    assert.equal(voted?.at, NOW)
    assert.deepEqual(voted?.actor, as(IDA))
    assert.deepEqual(voted?.data, {
      approvalId: the(ticket).id,
      subject: 'A laptop for Anna',
      round: 1,
      approver: IDA,
      decision: 'approved',
      comment: 'Fine.',
      from: { via: 'link', ip: '192.0.2.7' },
    })
  })

  it('uses a personal link once; signed in, a word can be changed while it is open', () => {
    const ticket = accepted(
      says(asked({ stages: [stage('all', IDA, MAX)] }), IDA, 'approved', { via: 'link' }),
    ).ticket
    refusedWith(says(ticket, IDA, 'refused', { via: 'link' }), 'approval-link-used')
    assert.equal(the(after(ticket, [IDA, 'refused'])).state, 'refused')
  })
})

describe('what was asked changes', () => {
  const change = (ticket: Ticket, payload: Partial<CommandPayload<'changeApproval'>>): Outcome =>
    when(ticket, 'changeApproval', { approvalId: the(ticket).id, ...payload })

  it('the votes begin again in a new round, and an answer to the earlier one is not taken', () => {
    const ticket = after(asked({ stages: [stage('all', IDA, MAX)] }), [IDA, 'approved'])
    for (const payload of [
      { subject: 'Two laptops' },
      { textId: uuid() },
      { amount: { amount: '900.00', currency: 'EUR' } },
    ]) {
      const changed = accepted(change(ticket, payload))
      assert.deepEqual(types(changed), ['approvalRestarted'])
      assert.equal(the(changed.ticket).round, 2)
      assert.deepEqual(
        slotsAwaited(the(changed.ticket)).map((s) => s.name),
        ['Ida', 'Max'],
      )
      refusedWith(says(changed.ticket, MAX, 'approved', { round: 1 }), 'approval-changed')
      assert.equal(
        the(after(changed.ticket, [IDA, 'approved'], [MAX, 'approved'])).state,
        'approved',
      )
    }
  })

  it('changes nothing when nothing is different', () =>
    assert.deepEqual(types(accepted(change(asked(), { subject: 'A laptop for Anna' }))), []))

  it('is asked once more after a refusal or a withdrawal; what was approved is not approved any more', () => {
    const refused = after(asked(), [IDA, 'refused'])
    assert.equal(the(accepted(change(refused, {})).ticket).state, 'waiting')
    const approved = after(asked(), [IDA, 'approved'])
    assert.equal(
      the(accepted(change(approved, { subject: 'A bigger laptop' })).ticket).state,
      'waiting',
    )
    assert.equal(the(approved).round, 1)
  })
})

describe('withdrawal and delegation', () => {
  const delegate = (ticket: Ticket, from: Approver, to: Approver, by = as(from)): Outcome =>
    when(
      ticket,
      'delegateApproval',
      {
        approvalId: the(ticket).id,
        round: the(ticket).round,
        from: from.key,
        to,
        reason: 'On leave.',
      },
      by,
    )

  it('withdrawn: decisions are rejected, withdrawing again changes nothing', () => {
    const ticket = asked()
    const withdrawn = accepted(
      when(ticket, 'withdrawApproval', { approvalId: the(ticket).id, reason: 'Not needed.' }),
    ).ticket
    assert.equal(the(withdrawn).state, 'withdrawn')
    refusedWith(says(withdrawn, IDA, 'approved'), 'approval-withdrawn')
    assert.deepEqual(
      when(withdrawn, 'withdrawApproval', { approvalId: the(ticket).id, reason: '' }).events,
      [],
    )
    refusedWith(
      when(after(asked(), [IDA, 'approved']), 'withdrawApproval', {
        approvalId: uuid(),
        reason: '',
      }),
      'approval-unknown',
    )
  })

  it('a delegate decides in the approver’s place, the approver no more', () => {
    const ticket = accepted(delegate(asked({ stages: [stage('all', IDA, MAX)] }), IDA, LEA)).ticket
    refusedWith(says(ticket, IDA, 'approved'), 'approval-delegated')
    assert.equal(the(after(ticket, [LEA, 'approved'])).state, 'waiting')
    assert.equal(the(after(ticket, [LEA, 'approved'], [MAX, 'approved'])).state, 'approved')
    const further = accepted(delegate(ticket, LEA, BOSS)).ticket
    assert.equal(the(after(further, [MAX, 'approved'], [BOSS, 'approved'])).state, 'approved')
    assert.equal(the(after(further, [BOSS, 'refused'])).state, 'refused')
  })

  it('nobody hands on what is not theirs, what they have decided, to whom asked or who decides anyway', () => {
    const ticket = asked({ stages: [stage('all', IDA, MAX)] })
    refusedWith(delegate(ticket, IDA, LEA, as(MAX)), 'approval-not-yours')
    refusedWith(delegate(ticket, IDA, MAX), 'approver-twice')
    refusedWith(
      delegate(ticket, IDA, { key: SAM.id, userId: SAM.id, email: SAM.email, name: SAM.name }),
      'approver-asks-himself',
    )
    refusedWith(delegate(after(ticket, [IDA, 'approved']), IDA, LEA), 'approval-already-decided')
  })
})

describe('time', () => {
  const timed = (over: Partial<CommandPayload<'askApproval'>> = {}) =>
    asked({
      stages: [stage('all', IDA, MAX)],
      deadline: DEADLINE,
      remindHoursBefore: [24, 2, 1000],
      deputy: DEPUTY,
      ...over,
    })
  const late = (ticket: Ticket): Outcome =>
    when(
      ticket,
      'escalateApproval',
      { approvalId: the(ticket).id, round: the(ticket).round, deadline: DEADLINE },
      SYSTEM,
      DEADLINE,
    )

  it('plans the deadline and the reminders that are still to come', () => {
    assert.deepEqual(
      plannedTimers(timed()).map(({ at, command }) => [at, command.name]),
      [
        [DEADLINE, 'escalateApproval'],
        ['2026-11-26T09:00:00.000Z', 'remindApproval'],
        ['2026-11-27T07:00:00.000Z', 'remindApproval'],
      ],
    )
    assert.match(plannedTimers(timed())[0]!.summary, /Dora.*“.+”/)
    assert.deepEqual(
      plannedTimers(after(timed(), [IDA, 'approved'])).map(({ summary }) => summary),
      plannedTimers(timed()).map(({ summary }) => summary),
      'a running timer keeps its words',
    )
    assert.deepEqual(plannedTimers(after(timed(), [IDA, 'refused'])), [])
    assert.deepEqual(plannedTimers(asked()), [])
  })

  it('a reminder reaches those who have not decided, once', () => {
    const ticket = after(timed(), [IDA, 'approved'])
    const payload = { approvalId: the(ticket).id, round: 1, at: '2026-11-26T09:00:00.000Z' }
    const reminded = when(ticket, 'remindApproval', payload, SYSTEM)
    assert.deepEqual(
      notificationsOf({ before: ticket, after: reminded.ticket, events: reminded.events }).map(
        ({ kind, to }) => [kind, to],
      ),
      [['approvalReminder', { userId: MAX.userId }]],
    )
    assert.deepEqual(when(reminded.ticket, 'remindApproval', payload, SYSTEM).events, [])
    assert.equal(plannedTimers(reminded.ticket).length, 2)
  })

  it('at the deadline the deputy is asked too and told why, and speaks for those who are silent', () => {
    const ticket = after(timed(), [IDA, 'approved'])
    const escalated = late(ticket)
    assert.deepEqual(types(escalated), ['approvalEscalated'])
    const notifications = notificationsOf({
      before: ticket,
      after: escalated.ticket,
      events: escalated.events,
    })
    assert.deepEqual(
      notifications.map(({ kind, to, data }) => [
        kind,
        to,
        data['reason'] ?? data['overdue'],
        data['waitingFor'],
      ]),
      [
        ['approvalAsked', { userId: DEPUTY.userId }, 'deputy', ['Max']],
        ['approvalReminder', { userId: SAM.id }, true, ['Max']],
      ],
    )
    assert.equal(the(after(escalated.ticket, [DEPUTY, 'approved'])).state, 'approved')
    assert.equal(the(after(escalated.ticket, [MAX, 'approved'])).state, 'approved')
    assert.equal(the(after(escalated.ticket, [DEPUTY, 'refused'])).state, 'refused')
    assert.deepEqual(late(escalated.ticket).events, [], 'once')
  })

  it('a deputy is not asked before the deadline, and without one it goes on waiting', () => {
    refusedWith(says(timed(), DEPUTY, 'approved'), 'approval-not-yours')
    assert.equal(the(late(timed({ deputy: null })).ticket).state, 'waiting')
  })

  it('a timer of an earlier round or of an approval that has ended changes nothing', () => {
    const changed = when(timed(), 'changeApproval', { approvalId: the(timed()).id })
    assert.equal(changed.rejection?.code, 'approval-unknown')
    assert.deepEqual(late(after(timed(), [IDA, 'refused'])).events, [])
    const ticket = timed()
    const restarted = when(ticket, 'changeApproval', {
      approvalId: the(ticket).id,
      subject: 'Other',
    }).ticket
    assert.deepEqual(
      when(
        restarted,
        'escalateApproval',
        { approvalId: the(ticket).id, round: 1, deadline: DEADLINE },
        SYSTEM,
        DEADLINE,
      ).events,
      [],
    )
  })

  it('shows operators who is waited for and until when', () => {
    assert.match(
      ticketDetails(timed(), null),
      /- Approval: A laptop for Anna waiting for Ida, Max until 2026-11-27T09:00:00.000Z/,
    )
  })
})

describe('work that waits', () => {
  const TASK = '55555555-5555-4555-8555-000000000001'
  const solve = (ticket: Ticket) =>
    when(ticket, 'changeStatus', { status: 'solved', reason: 'agent' })

  it('the ticket is not solved while an approval that blocks it is undecided', () => {
    const ticket = asked({ blocks: { resolution: true, taskIds: [] } })
    for (const decision of [
      solve(ticket),
      when(ticket, 'changeStatus', { status: 'closed', reason: 'agent' }),
      when(ticket, 'reply', outgoing({ status: 'solved' })),
    ]) {
      refusedWith(decision, 'approval-waiting')
      assert.match(decision.rejection!.message, /“A laptop for Anna”.*Ida, Max/)
    }
    assert.equal(when(ticket, 'reply', outgoing()).rejection, null)
    assert.equal(solve(asked()).rejection, null, 'others block nothing')
    for (const word of ['approved', 'refused'] as const)
      assert.equal(solve(after(ticket, [IDA, word])).rejection, null)
    assert.equal(
      solve(when(ticket, 'withdrawApproval', { approvalId: the(ticket).id, reason: '' }).ticket)
        .rejection,
      null,
    )
  })

  it('a task waits for the approval, and stays blocked when it is refused', () => {
    const ticket = asked({ blocks: { resolution: false, taskIds: [TASK] } })
    assert.equal(blockedByApproval(ticket, TASK)?.id, the(ticket).id)
    assert.equal(blockedByApproval(ticket), null)
    assert.equal(blockedByApproval(ticket, uuid()), null)
    assert.notEqual(blockedByApproval(after(ticket, [IDA, 'refused']), TASK), null)
    assert.equal(blockedByApproval(after(ticket, [IDA, 'approved']), TASK), null)
  })
})

describe('notifications', () => {
  const notified = (before: Ticket, { ticket, events }: Outcome) =>
    notificationsOf({ before, after: ticket, events })
      .filter(({ kind }) => kind.startsWith('approval'))
      .map(({ kind, to }) => [kind, 'userId' in to ? to.userId : to.email])

  it('go to the stage that is asked, to people with and without account', () => {
    const before = openedTicket()
    const decision = when(
      before,
      'askApproval',
      request({ stages: [stage('all', IDA, BOSS), stage('any', LEA)] }),
    )
    assert.deepEqual(notified(before, decision), [
      ['approvalAsked', IDA.userId],
      ['approvalAsked', BOSS.email],
    ])
    const one = after(decision.ticket, [IDA, 'approved'])
    assert.deepEqual(notified(one, says(one, BOSS, 'approved')), [['approvalAsked', LEA.userId]])
  })

  it('tell the asking agent what came of it, and those who were asked when it is withdrawn', () => {
    const ticket = asked()
    assert.deepEqual(notified(ticket, says(ticket, IDA, 'refused')), [['approvalDecided', SAM.id]])
    assert.deepEqual(
      notified(
        ticket,
        when(ticket, 'withdrawApproval', { approvalId: the(ticket).id, reason: '' }),
      ),
      [
        ['approvalWithdrawn', IDA.userId],
        ['approvalWithdrawn', MAX.userId],
      ],
    )
  })

  it('tell who withdraws what was decided, that there is nothing left to withdraw', () => {
    const ticket = says(asked(), IDA, 'refused').ticket
    const late = when(ticket, 'withdrawApproval', { approvalId: the(ticket).id, reason: '' })
    refusedWith(late, 'approval-nothing-to-withdraw')
    assert.deepEqual(late.rejection?.values, { subject: the(ticket).subject, context: 'refused' })
  })

  it('tell who is left out of a new round, and ask everybody else again', () => {
    const ticket = asked()
    const changed = when(ticket, 'changeApproval', {
      approvalId: the(ticket).id,
      stages: [stage('any', IDA)],
    })
    assert.deepEqual(notified(ticket, changed), [
      ['approvalAsked', IDA.userId],
      ['approvalWithdrawn', MAX.userId],
    ])
    const { events, ticket: asksOthers } = changed
    const told = notificationsOf({ before: ticket, after: asksOthers, events })
    assert.equal(told.find(({ kind }) => kind === 'approvalWithdrawn')?.data['askedOthers'], true)
  })
})

describe('the stages of a rule', () => {
  const but =
    (...out: Approver[]) =>
    (one: Approver): boolean =>
      !out.includes(one)
  const names = (found: ReturnType<typeof askableStages>) =>
    found?.map(({ rule, approvers }) => [
      rule.kind === 'count' ? rule.count : rule.kind,
      ...approvers.map(({ name }) => name),
    ])

  it('are asked without those who may not be asked, and never need more than are left', () => {
    assert.deepEqual(
      names(askableStages([stage(2, IDA, MAX, LEA), stage('any', BOSS)], but(IDA), [])),
      [
        ['all', 'Max', 'Lea'],
        ['any', 'Boss'],
      ],
    )
  })

  it('are put to a substitute where nobody is left, to each person once', () => {
    const stages = [stage('any', IDA), stage('all', LEA)]
    assert.deepEqual(names(askableStages(stages, but(IDA), [[DEPUTY], [MAX]])), [
      ['any', 'Dora'],
      ['all', 'Lea'],
    ])
    assert.deepEqual(names(askableStages(stages, but(IDA), [[LEA], [MAX, BOSS]])), [
      ['any', 'Max', 'Boss'],
      ['all', 'Lea'],
    ])
    assert.equal(
      askableStages(stages, but(IDA), [[LEA], [IDA]]),
      null,
      'nobody at all is no approval',
    )
  })
})
