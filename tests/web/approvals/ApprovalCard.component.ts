import { fireEvent, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Approval } from '../../../domain/approvals/contract.ts'
import { keptCommands } from '../../../web/src/api/kept.svelte.ts'
import ApprovalCard from '../../../web/src/approvals/ApprovalCard.svelte'
import { fakeApi, kept } from '../support/fake-api.ts'
import { agent, signInAs } from '../support/people.ts'
import { button, show } from '../support/show.ts'

const approval: Approval = {
  id: 'a1',
  ticketNumber: 7,
  subject: 'A monitor',
  text: '',
  state: 'waiting',
  round: 1,
  amount: null,
  lines: [],
  furtherAmounts: [],
  askedBy: { id: 'b', name: 'Ben' },
  askedAt: '2026-11-24T09:30:00.000Z',
  deputy: null,
  deadline: null,
  remindHoursBefore: [],
  escalatedAt: null,
  endedAt: null,
  attachments: [],
  blocks: { resolution: false, taskIds: [] },
  purchaseId: null,
  rule: null,
  mayDecide: true,
  stage: 0,
  votes: [],
  stages: [
    {
      rule: { kind: 'all' },
      needed: 1,
      people: [
        {
          key: agent.id,
          userId: agent.id,
          name: agent.name,
          email: agent.email,
          awaited: true,
          vote: null,
          votedAt: null,
          delegatedTo: null,
          standsFor: null,
          deputy: false,
        },
      ],
    },
  ],
}
const decision = 'POST /tickets/7/approvals/a1/decision'

beforeEach(() => signInAs())

describe('while no worker answers, a vote', () => {
  it('is marked as kept, and neither voting nor handing on is to be pressed any more', async () => {
    fakeApi({ [decision]: kept })
    show(ApprovalCard, { approval, onchange: () => undefined })
    expect(button('Hand on')).toBeTruthy()
    await fireEvent.click(button('Approve'))
    await screen.findByText(/^Kept:/)
    expect(screen.queryAllByRole('button')).toEqual([])
  })
  it('is marked also after a reload, until it is done', async () => {
    fakeApi({})
    keptCommands.add(kept.body, {
      method: 'post',
      address: '/tickets/7/approvals/a1/decision',
      fields: [],
    })
    show(ApprovalCard, { approval })
    expect(screen.getByText(/^Kept:/)).toBeTruthy()
    expect(screen.queryAllByRole('button')).toEqual([])
    keptCommands.drop('c')
    await waitFor(() => expect(button('Approve')).toBeTruthy())
  })
  it('of another approval changes nothing here', () => {
    fakeApi({})
    keptCommands.add(kept.body, {
      method: 'post',
      address: '/tickets/7/approvals/a10/decision',
      fields: [],
    })
    show(ApprovalCard, { approval })
    expect(button('Approve')).toBeTruthy()
    expect(button('Hand on')).toBeTruthy()
  })
})
