import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ChangeFacts, stepsOfChange } from '../../../domain/tickets/change-steps.ts'
import type { TicketChange } from '../../../domain/tickets/contract.ts'
import { FINANCE, openedTicket, SAM, types, uuid, when } from '../given.ts'

const NETWORK = { id: uuid(), name: 'Network' }
const BERLIN = { id: uuid(), name: 'Berlin' }
const task = {
  taskId: uuid(),
  title: 'Look',
  required: false,
  checklist: [],
  assignee: null,
  dueAt: null,
  after: [],
  template: null,
}
const approval = {
  approvalId: uuid(),
  textId: uuid(),
  subject: 'Access',
  preview: '',
  amount: null,
  stages: [
    {
      rule: { kind: 'any' as const },
      approvers: [{ key: 'ida@x.example', userId: null, email: 'ida@x.example', name: 'Ida' }],
    },
  ],
  deputy: null,
  deadline: null,
  remindHoursBefore: [],
  blocks: { resolution: true, taskIds: [] },
  attachmentIds: [],
}
const nothing: ChangeFacts = {
  department: undefined,
  location: undefined,
  category: undefined,
  tasks: [],
  approvals: [],
  owner: undefined,
  resolution: undefined,
  ending: {},
}
const steps = (change: TicketChange, facts: Partial<ChangeFacts> = {}) =>
  stepsOfChange(change, { ...nothing, ...facts })
const names = (...asked: Parameters<typeof steps>): string[] =>
  steps(...asked).map(({ name }) => name)

describe('the commands of a change', () => {
  it('are one for each thing that it names, and none for what it leaves', () => {
    assert.deepEqual(steps({}), [])
    assert.deepEqual(names({ subject: 'VPN' }), ['changeSubject'])
    assert.deepEqual(steps({}, { owner: null }), [
      { name: 'changeOwner', payload: { owner: null } },
    ])
  })

  it('stand in an order in which each finds what it needs: the place before the tasks, the approvals before the end', () => {
    const change = { subject: 'VPN', priority: 'high' as const, status: 'solved' as const }
    const facts = {
      department: FINANCE,
      location: BERLIN,
      category: NETWORK,
      tasks: [task],
      approvals: [approval],
      owner: SAM,
    }
    assert.deepEqual(names(change, facts), [
      'changeDepartment',
      'changeSubject',
      'changePriority',
      'setLocation',
      'changeCategory',
      'addTask',
      'askApproval',
      'changeOwner',
      'changeStatus',
    ])
  })

  it('carry a resolution with the status, or alone', () => {
    const resolution = { resolution: 'fixed' as const }
    assert.deepEqual(
      steps(
        { status: 'solved', overrideReason: 'Late.' },
        { resolution, ending: { blockers: [] } },
      ),
      [
        {
          name: 'changeStatus',
          payload: {
            status: 'solved',
            reason: 'agent',
            resolution: 'fixed',
            blockers: [],
            overrideReason: 'Late.',
          },
        },
      ],
    )
    assert.deepEqual(names({}, { resolution }), ['changeResolution'])
  })

  it('do not solve a ticket past the approval that a rule wants in the same change', () => {
    const change = steps({ status: 'solved' }, { category: NETWORK, approvals: [approval] })
    const refused = when(openedTicket(), 'changeProperties', { steps: change })
    assert.equal(refused.rejection?.code, 'approval-waiting')
    assert.deepEqual(refused.events, [], 'all of it, or nothing')
  })

  it('set a category although a task that comes with it cannot be added', () => {
    const again = openedTicket((t) => when(t, 'addTask', task))
    const change = steps({}, { category: NETWORK, tasks: [task], approvals: [approval] })
    const done = when(again, 'changeProperties', { steps: change })
    assert.deepEqual(types(done), ['categoryChanged', 'approvalAsked'])
    assert.equal(done.events[1]?.actor.kind, 'system')
  })
})
