import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
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
