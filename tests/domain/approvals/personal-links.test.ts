import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type GivenVote,
  linkEnd,
  linkExpires,
  linkUse,
  type PersonalLink,
} from '../../../domain/approvals/personal-links.ts'
import { slotOf } from '../../../domain/approvals/stages.ts'
import type { Approval, ApproverSlot } from '../../../domain/approvals/state.ts'
import { NOW, openedTicket, uuid, when } from '../given.ts'

const DEADLINE = '2026-11-27T09:00:00.000Z'
const person = (name: string) => ({
  key: `${name.toLowerCase()}@client.example`,
  userId: null,
  email: `${name.toLowerCase()}@client.example`,
  name,
})
const [IDA, MAX, LEA] = [person('Ida'), person('Max'), person('Lea')]

/** Ida is asked first, Max after her. */
const waiting: Approval = openedTicket((t) =>
  when(t, 'askApproval', {
    approvalId: uuid(),
    textId: uuid(),
    subject: 'A laptop',
    preview: '',
    amount: null,
    stages: [IDA, MAX].map((one) => ({ rule: { kind: 'any' }, approvers: [one] })),
    deputy: null,
    deadline: null,
    remindHoursBefore: [],
    blocks: { resolution: false, taskIds: [] },
    attachmentIds: [],
  }),
).approvals[0]!

const link = (over: Partial<PersonalLink> = {}): PersonalLink => ({
  ticket: '1001',
  approval: waiting.id,
  round: '1',
  approver: IDA.key,
  ...over,
})
const first = (...slots: ApproverSlot[]): Approval => ({
  ...waiting,
  stages: waiting.stages.map((stage, i) => (i === 0 ? { ...stage, slots } : stage)),
})
const used = (
  approval: Partial<Approval> = {},
  { of = link(), active = true }: { of?: PersonalLink; active?: boolean } = {},
): string => {
  const use = linkUse(of, { ticketNumber: 1001, approval: { ...waiting, ...approval } }, active)
  return 'code' in use ? use.code : use.name
}

describe('a personal link', () => {
  it('is good for whoever is asked now', () => {
    assert.equal(used(), 'Ida')
  })

  it('is good for one round of one approval of one ticket, and for somebody who is named', () => {
    for (const of of [link({ ticket: '1002' }), link({ round: '2' }), link({ approver: LEA.key })])
      assert.equal(used({}, { of }), 'approval-link-revoked')
  })

  it('is not good before its stage is asked, nor after what was asked is withdrawn', () => {
    assert.equal(used({}, { of: link({ approver: MAX.key }) }), 'approval-link-revoked')
    assert.equal(used({ state: 'withdrawn' }), 'approval-link-revoked')
  })

  it('is over with the account of whoever it was sent to', () => {
    assert.equal(used({}, { active: false }), 'approval-link-revoked')
  })

  it('works once, and not after the end', () => {
    const voted = first(slotOf(IDA, { vote: 'approved', votedAt: NOW }))
    assert.equal(used(voted), 'approval-link-used')
    assert.equal(used({ state: 'refused' }), 'approval-ended')
  })

  it('is over when the decision is handed on, which it says by name', () => {
    const handedOn = first(
      slotOf(IDA, { delegatedTo: LEA.key }),
      slotOf(LEA, { standsFor: IDA.key }),
    )
    assert.equal(used(handedOn), 'approval-link-delegated')
    assert.equal(used(handedOn, { of: link({ approver: LEA.key }) }), 'Lea')
    const use = linkUse(link(), { ticketNumber: 1001, approval: handedOn }, true)
    assert.match('code' in use ? use.message : '', /handed this decision on to Lea/)
  })

  it('ends a week after the deadline, or after thirty days', () => {
    assert.equal(linkExpires({ deadline: DEADLINE }, NOW), '2026-12-04T09:00:00.000Z')
    assert.equal(linkExpires({ deadline: NOW }, DEADLINE), '2026-12-04T09:00:00.000Z')
    assert.equal(linkExpires({ deadline: null }, NOW), '2026-12-24T09:00:00.000Z')
  })
})

describe('the end of what a personal link asked', () => {
  const LATER = '2026-11-25T09:00:00.000Z'
  const vote = (over: Partial<GivenVote>): GivenVote => ({
    round: 1,
    key: IDA.key,
    name: 'Ida',
    decision: 'approved',
    at: NOW,
    ...over,
  })
  const end = (approval: Partial<Approval>, votes: GivenVote[] = [], of = link()) =>
    linkEnd(of, { ticketNumber: 1001, approval: { ...waiting, ...approval } }, votes)

  it('says one’s own word, and that others are awaited', () => {
    const { state, subject, own, by } = end({ stage: 1 }, [vote({})])
    assert.deepEqual(
      [state, subject, own, by],
      ['waiting', 'A laptop', { decision: 'approved', at: NOW }, null],
    )
  })

  it('says who decided it and when, by their address where that is all', () => {
    const refused = vote({ key: MAX.key, name: '', decision: 'refused', at: LATER })
    const { state, own, by, at } = end({ stage: 1, state: 'refused', endedAt: LATER }, [
      vote({}),
      refused,
    ])
    assert.deepEqual(
      [state, own?.decision, by, at],
      ['refused', 'approved', 'max@client.example', LATER],
    )
  })

  it('says that it was withdrawn, and to whom it was handed on', () => {
    const withdrawn = end({ state: 'withdrawn', endedAt: LATER })
    assert.deepEqual(
      [withdrawn.state, withdrawn.at, withdrawn.own, withdrawn.by],
      ['withdrawn', LATER, null, null],
    )
    const handedOn = end(
      first(slotOf(IDA, { delegatedTo: LEA.key }), slotOf(LEA, { standsFor: IDA.key })),
    )
    assert.deepEqual([handedOn.state, handedOn.delegatedTo], ['delegated', 'Lea'])
  })

  it('tells nothing of a later round, of another ticket, or to whom is not asked yet', () => {
    const ended = { subject: 'Ten laptops', round: 2, state: 'approved' as const, endedAt: LATER }
    const votes = [vote({}), vote({ round: 2, key: LEA.key, name: 'Lea' })]
    assert.deepEqual(end(ended, votes), {
      state: 'changed',
      subject: '',
      own: { decision: 'approved', at: NOW },
      by: null,
      at: null,
      delegatedTo: null,
    })
    for (const of of [link({ ticket: '1002' }), link({ approver: MAX.key })])
      assert.deepEqual(end({}, [], of).subject, '')
  })
})
